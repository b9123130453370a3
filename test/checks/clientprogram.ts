// A small program against the client that client.test.ts generates from openapi.yaml: all it knows of the API are the generated types.
// It is type-checked there and then run; it creates, lists, patches, scales and deletes a Deployment, and joins a cluster as an agent does.
import type { ApiResponse, DataType } from "@oazapfts/runtime";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import * as api from "../../dist/openapi/client.ts";

const web: api.IoK8SApiAppsV1Deployment = {
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "web" },
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: "web" } },
    template: {
      metadata: { labels: { app: "web" } },
      spec: { containers: [{ name: "web", image: "tomcat:11", ports: [{ containerPort: 8080 }] }] },
    },
  },
};

function as(type: "merge-patch+json" | "json-patch+json" | "apply-patch+yaml") {
  return { headers: { "Content-Type": `application/${type}` } };
}

/** What a call answered with this status, which must be one that the document has. */
async function expected<S extends A["status"], A extends ApiResponse>(
  status: S,
  call: Promise<A>,
): Promise<DataType<A, S>> {
  const answer = await call;
  if (answer.status !== status) throw new Error(`${status} expected: ${JSON.stringify(answer)}`);
  return answer.data;
}

export async function deploymentLife(): Promise<string[]> {
  const told: string[] = [];
  const made = await expected(201, api.createAppsV1NamespacedDeployment("default", web));
  told.push(`created ${made.metadata?.name} of ${made.spec?.replicas}`);
  const { items } = await expected(200, api.listAppsV1NamespacedDeployment("default", { labelSelector: "" }));
  told.push(`listed ${items.map((item) => item.metadata?.name).join()}`);
  const part = { spec: { replicas: 3 } };
  const merged = api.patchAppsV1NamespacedDeployment("web", "default", part, {}, as("merge-patch+json"));
  told.push(`patched to ${(await expected(200, merged)).spec?.replicas}`);
  const operations = [{ op: "replace", path: "/spec/replicas", value: 4 }];
  const patched = api.patchAppsV1NamespacedDeployment("web", "default", operations, {}, as("json-patch+json"));
  told.push(`patched to ${(await expected(200, patched)).spec?.replicas}`);
  const labels = { apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "web", labels: { tier: "front" } } };
  const manager = { fieldManager: "program" };
  const applied = api.patchAppsV1NamespacedDeployment("web", "default", labels, manager, as("apply-patch+yaml"));
  told.push(`applied ${(await expected(200, applied)).metadata?.labels?.tier}`);
  const scale = await expected(200, api.readAppsV1NamespacedDeploymentScale("web", "default"));
  const wider = { ...scale, spec: { replicas: 5 } };
  told.push(
    `scaled to ${(await expected(200, api.replaceAppsV1NamespacedDeploymentScale("web", "default", wider))).spec?.replicas}`,
  );
  await expected(200, api.deleteAppsV1NamespacedDeployment("web", "default"));
  const gone = await expected(404, api.readAppsV1NamespacedDeployment("web", "default"));
  told.push(`deleted: ${gone.reason}`);
  return told;
}

export async function agentLife(): Promise<string[]> {
  const told: string[] = [];
  const cluster = await expected(
    201,
    api.createHanseDevV1Alpha1Cluster({ metadata: { name: "paris" }, spec: { unschedulable: true } }),
  );
  told.push(`created ${cluster.metadata?.name}, cordoned ${cluster.spec?.unschedulable}`);
  const { status } = await expected(
    201,
    api.createHanseDevV1Alpha1ClusterJointoken("paris", { spec: { expirationSeconds: 60 } }),
  );
  const { publicKey, privateKey } = await generateKeyPair("EdDSA", { extractable: true });
  const { x } = await exportJWK(publicKey);
  const identity = await expected(
    201,
    api.createHanseV1Registration({
      token: status.token,
      publicKey: { kty: "OKP", crv: "Ed25519", x: x! },
      agentVersion: "program",
    }),
  );
  told.push(`registered as ${identity.cluster}`);
  const jwt = await new SignJWT()
    .setProtectedHeader({ alg: "EdDSA" })
    .setIssuer("paris")
    .setSubject("paris")
    .setAudience("hanse")
    .setIssuedAt()
    .setExpirationTime("60s")
    .sign(privateKey);
  const agent = { headers: { authorization: `Bearer ${jwt}` } };
  const changes = await expected(200, api.listHanseV1ClusterChanges("paris", { after: "", limit: 10 }, agent));
  told.push(`${changes.items.length} changes, complete ${changes.complete}`);
  const answer = await expected(
    200,
    api.createHanseV1ClusterReports("paris", { items: [{ uid: "x", generation: 1 }] }, agent),
  );
  told.push(`unknown ${answer.unknown.join()}`);
  const view = await expected(
    200,
    api.listGroupVersionNamespacedViewObjects("paris", "apps", "v1", "default", "deployments"),
  );
  told.push(`${view.items.length} objects in the view`);
  return told;
}
