// Turns of ownership that random sequences do not take: conflicts and their texts, forgotten managedFields, the cap of ten updaters,
// kubectl's move from client-side apply, the status subresource. Judged by a real kube-apiserver.
import { afterAll, beforeAll, expect, it } from "vitest";
import { schemaOf } from "../../kinds/facts/schema.ts";
import type { JsonObject, KubeObject, ManagedFieldsEntry } from "../../kinds/object.ts";
import { type ControlPlane, startControlPlane } from "../../test/real/controlplane.ts";
import { describeReal } from "../../test/real/describe.ts";
import { applyServerSide } from "./apply/apply.ts";
import { conflictMessage } from "./apply/conflict.ts";
import { trackUpdate } from "./apply/update.ts";
import { config, containers, deployment, owners } from "./testing/deployment.ts";

const NOW = "2026-01-01T00:00:00Z";
const DEPLOYMENTS = "/apis/apps/v1/namespaces/default/deployments";
const APPLY = "application/apply-patch+yaml";
const schema = schemaOf("io.k8s.api.apps.v1.Deployment");
const writer = { apiVersion: "apps/v1", now: NOW, reset: [["status"]], schema };

describeReal("ownership as a real kube-apiserver has it", () => {
  let plane: ControlPlane;
  let serial = 0;
  beforeAll(async () => {
    plane = await startControlPlane({ name: "ownership" });
  }, 120_000);
  afterAll(async () => {
    await plane?.stop();
  });

  async function created(query = "?fieldManager=maker", over: JsonObject = {}): Promise<KubeObject> {
    const { status, body } = await plane.call("POST", DEPLOYMENTS + query, deployment(`d${++serial}`, over));
    expect({ status, body }).toMatchObject({ status: 201 });
    return body as KubeObject;
  }

  const patch = (live: KubeObject, body: unknown, type: string, query = ""): Promise<{ status: number; body: any }> =>
    plane.call("PATCH", `${DEPLOYMENTS}/${live.metadata.name}${query}`, body, type);

  async function applied(
    live: KubeObject | undefined,
    body: JsonObject,
    manager: string,
    force = false,
  ): Promise<KubeObject> {
    const name = live?.metadata.name ?? `d${++serial}`;
    const ours = applyServerSide({ ...writer, live, config: body as unknown as KubeObject, manager, force });
    const real = await plane.call(
      "PATCH",
      `${DEPLOYMENTS}/${name}?fieldManager=${manager}&force=${force}`,
      body,
      APPLY,
    );
    if (!ours.ok) throw new Error(JSON.stringify({ ours, real: real.body }));
    expect(real).toMatchObject({ status: live === undefined ? 201 : 200 });
    expect(owners(ours.object.metadata.managedFields)).toEqual(owners(real.body.metadata.managedFields));
    expect(ours.object.metadata.annotations).toEqual(real.body.metadata.annotations);
    return real.body as KubeObject;
  }

  it("conflicts name their managers", async () => {
    let live = await applied(undefined, { ...deployment(`d${serial + 1}`) }, "one");
    live = await applied(live, config({ minReadySeconds: 5 }), "two");
    const { body: updated } = await patch(
      live,
      { spec: { paused: true } },
      "application/merge-patch+json",
      "?fieldManager=three",
    );
    await plane.call(
      "PATCH",
      `${DEPLOYMENTS}/${live.metadata.name}/status?fieldManager=four`,
      { metadata: { annotations: { a: "1" } }, status: { replicas: 1 } },
      "application/merge-patch+json",
    );
    live = (await plane.call("GET", `${DEPLOYMENTS}/${updated.metadata.name}`)).body as KubeObject;
    const wanted: Record<string, JsonObject> = {
      "an applier": config({ replicas: 2 }),
      "an updater": config({ paused: false }),
      "a subresource": config({}, { annotations: { a: "2" } }),
      "a list item": containers({ name: "c", image: "nginx:2", ports: [{ containerPort: 80, name: "x" }] }),
      several: config(
        {
          replicas: 2,
          paused: false,
          minReadySeconds: 6,
          template: { spec: { containers: [{ name: "c", image: "nginx:2" }] } },
        },
        { annotations: { a: "3" } },
      ),
      "one with two fields": config({
        replicas: 2,
        template: { spec: { containers: [{ name: "c", image: "nginx:2" }] } },
      }),
    };
    for (const [what, body] of Object.entries(wanted)) {
      const ours = applyServerSide({
        ...writer,
        live,
        config: body as unknown as KubeObject,
        manager: "m",
        force: false,
      });
      const real = await patch(live, body, APPLY, "?fieldManager=m");
      if (ours.ok || !("conflicts" in ours)) {
        expect([what, real.status]).toEqual([what, 200]);
        continue;
      }
      const { message, causes } = conflictMessage(ours.conflicts);
      expect([what, real.body.message]).toEqual([what, message]);
      expect(new Set(real.body.details.causes)).toEqual(new Set(causes));
    }
  });

  it.each([
    ["[]", []],
    ["[{}]", [{}]],
    ["an invalid list", [{ operation: "Frob" }]],
    ["null", null],
    [
      "one of its own",
      [
        {
          manager: "z",
          operation: "Update",
          apiVersion: "apps/v1",
          fieldsType: "FieldsV1",
          fieldsV1: { "f:spec": { "f:replicas": {} } },
        },
      ],
    ],
  ])("managedFields set to %s", async (_, sent) => {
    const live = await created();
    const real = await patch(
      live,
      { metadata: { managedFields: sent }, spec: { minReadySeconds: 7 } },
      "application/merge-patch+json",
      "?fieldManager=u",
    );
    const metadata = { ...live.metadata, managedFields: (sent ?? undefined) as ManagedFieldsEntry[] };
    const next: KubeObject = { ...live, metadata, spec: { ...live.spec, minReadySeconds: 7 } };
    expect(owners(trackUpdate({ ...writer, old: live, next, manager: "u" }))).toEqual(
      owners(real.body.metadata.managedFields),
    );
  });

  it("an object nobody manages: updates do not begin, an apply does", async () => {
    let live = await created();
    live = (await patch(live, { metadata: { managedFields: [] } }, "application/merge-patch+json")).body as KubeObject;
    expect(live.metadata.managedFields).toBeUndefined();
    const real = await patch(live, { spec: { replicas: 2 } }, "application/merge-patch+json");
    const next: KubeObject = { ...live, spec: { ...live.spec, replicas: 2 } };
    expect(trackUpdate({ ...writer, old: live, next, manager: "u" })).toBe(real.body.metadata.managedFields);
    await applied(real.body as KubeObject, config({ replicas: 2 }), "first");
  });

  it("the twelfth updater makes ancient-changes", async () => {
    let live = await created();
    for (let i = 0; i < 13; i++) {
      const annotations = { ...live.metadata.annotations, [`a${i}`]: "1" };
      const real = await patch(
        live,
        { metadata: { annotations } },
        "application/merge-patch+json",
        `?fieldManager=u${String(i).padStart(2, "0")}`,
      );
      const next: KubeObject = { ...live, metadata: { ...live.metadata, annotations } };
      const ours = trackUpdate({
        ...writer,
        old: live,
        next,
        manager: `u${String(i).padStart(2, "0")}`,
        now: real.body.metadata.managedFields.at(-1).time,
      });
      expect(owners(ours)).toEqual(owners(real.body.metadata.managedFields));
      live = real.body as KubeObject;
    }
  });

  it("kubectl moves from client-side to server-side apply without conflicts on what it applied", async () => {
    const last = { ...deployment("x"), metadata: { name: "x" } };
    const annotations = { "kubectl.kubernetes.io/last-applied-configuration": `${JSON.stringify(last)}\n` };
    const live = await created("?fieldManager=kubectl-client-side-apply", {
      metadata: { name: `d${serial + 1}`, annotations },
    });
    const body = { ...deployment(live.metadata.name), spec: { ...deployment("").spec, replicas: 3 } };
    const moved = await applied(live, body as unknown as JsonObject, "kubectl");
    const again = { ...body, metadata: { name: live.metadata.name, annotations: { "e.io/html": "<&> é" } } };
    const twice = await applied(moved, again as unknown as JsonObject, "kubectl");
    expect(twice.metadata.annotations?.["kubectl.kubernetes.io/last-applied-configuration"]).toContain(
      "\\u003c\\u0026\\u003e",
    );
    const other = { ...config({ progressDeadlineSeconds: 601, replicas: 3 }) };
    const ours = applyServerSide({
      ...writer,
      live: twice,
      config: other as unknown as KubeObject,
      manager: "kubectl",
      force: false,
    });
    const real = await patch(twice, other, APPLY, "?fieldManager=kubectl");
    expect(!ours.ok && "conflicts" in ours && conflictMessage(ours.conflicts).message).toBe(real.body.message);
  });

  it("status has owners of its own", async () => {
    const live = await created();
    const reset = [["spec"], ["metadata", "labels"]];
    const body = {
      metadata: { annotations: { s: "1" } },
      status: {
        replicas: 3,
        conditions: [
          {
            type: "Available",
            status: "True",
            reason: "r",
            message: "m",
            lastTransitionTime: NOW,
            lastUpdateTime: NOW,
          },
        ],
      },
    };
    const real = await plane.call(
      "PATCH",
      `${DEPLOYMENTS}/${live.metadata.name}/status?fieldManager=ctl`,
      body,
      "application/merge-patch+json",
    );
    const next: KubeObject = { ...live, metadata: { ...live.metadata, annotations: { s: "1" } }, status: body.status };
    const ours = trackUpdate({ ...writer, reset, old: live, next, manager: "ctl", subresource: "status" });
    expect(owners(ours)).toEqual(owners(real.body.metadata.managedFields));
    const apply = {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { labels: { no: "no" } },
      spec: { replicas: 9 },
      status: { readyReplicas: 2 },
    };
    const second = await plane.call(
      "PATCH",
      `${DEPLOYMENTS}/${live.metadata.name}/status?fieldManager=ctl2`,
      apply,
      APPLY,
    );
    const result = applyServerSide({
      ...writer,
      reset,
      live: real.body,
      config: apply as unknown as KubeObject,
      manager: "ctl2",
      subresource: "status",
      force: false,
    });
    expect(result.ok && owners(result.object.metadata.managedFields)).toEqual(
      owners(second.body.metadata.managedFields),
    );
  });
});
