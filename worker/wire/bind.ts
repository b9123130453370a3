// POST of a v1 Binding to pods/…/binding: what a scheduler says, once. A pod that has a node, goes away or is gated is refused with 409
// (kk:pkg/registry/core/pod/storage BindingREST).
import type { KubeObject, Loose } from "../../kinds/object.ts";
import { objectRefs } from "../../kinds/rules/owners.ts";
import { readAs } from "./body.ts";
import { setCondition } from "./conditions.ts";
import { type Exchange, keyOf, sendCreated } from "./exchange.ts";
import { parseRow, storedText } from "./splice.ts";
import { type ApiError, badRequest, conflict, notFound, unclassified } from "./status.ts";
import { committer, settleNamespace, timestamp } from "./write.ts";
import { writeOptionsOf } from "./writeoptions.ts";

const BINDING = { kind: "Binding", apiVersion: "v1", schema: "io.k8s.api.core.v1.Binding" };

/** @throws ApiError 500: field errors that upstream does not put into a Status. */
function checkTarget({ kind = "", name = "" }: { kind?: string; name?: string }): void {
  const errors: string[] = [];
  if (kind !== "" && kind !== "Node") {
    errors.push(`target.kind: Unsupported value: ${JSON.stringify(kind)}: supported values: "Node", "<empty>"`);
  }
  if (name === "") errors.push("target.name: Required value");
  if (errors.length > 0) throw unclassified(errors.length === 1 ? errors[0]! : `[${errors.join(", ")}]`);
}

function refusal(x: Exchange, { metadata, spec }: KubeObject): ApiError | undefined {
  const { name } = metadata;
  const fail = (why: string) => conflict({ group: "", resource: `${x.target.kind.resource}/binding` }, name, why);
  if (metadata.deletionTimestamp !== undefined)
    return fail(`pod ${name} is being deleted, cannot be assigned to a host`);
  if (spec.nodeName) return fail(`pod ${name} is already assigned to node ${JSON.stringify(spec.nodeName)}`);
  if (spec.schedulingGates?.length > 0) return fail(`pod ${name} has non-empty .spec.schedulingGates`);
  return undefined;
}

/** @throws ApiError 409 */
function checkPreconditions(x: Exchange, binding: KubeObject, pod: KubeObject): void {
  const { uid, resourceVersion } = binding.metadata;
  const fail = (what: string, asked: string, found: string | undefined) =>
    conflict(
      x.target.kind,
      pod.metadata.name,
      `Precondition failed: ${what} in precondition: ${asked}, ${what} in object meta: ${found}`,
    );
  if (uid && uid !== pod.metadata.uid) throw fail("UID", uid, pod.metadata.uid);
  if (resourceVersion && resourceVersion !== pod.metadata.resourceVersion)
    throw fail("ResourceVersion", resourceVersion, pod.metadata.resourceVersion);
}

export async function bind(x: Exchange): Promise<Response> {
  const options = writeOptionsOf(x, "CreateOptions");
  const binding = await readAs(x, BINDING, options.validation);
  const { kind, name } = x.target;
  settleNamespace(x, binding);
  if (binding.metadata.name !== name) throw badRequest("name in URL does not match name in Binding object");
  const target: Loose = binding["target"] ?? {};
  checkTarget(target);
  const key = keyOf(x.target);
  for (;;) {
    const row = await x.reader.get(key);
    if (row === undefined) throw notFound(kind, name);
    const pod = parseRow(row.value, row.version);
    checkPreconditions(x, binding, pod);
    const refused = refusal(x, pod);
    if (refused !== undefined) throw refused;
    const { metadata } = pod;
    const { annotations, labels } = binding.metadata;
    if (annotations !== undefined) metadata.annotations = { ...metadata.annotations, ...annotations };
    if (labels !== undefined) metadata.labels = { ...metadata.labels, ...labels };
    pod.spec.nodeName = target.name;
    const { nominatedNodeName: _done, ...status } = pod.status ?? {};
    const scheduled = { type: "PodScheduled", status: "True", lastProbeTime: null };
    pod.status = { ...status, conditions: setCondition(status.conditions, scheduled, timestamp(x.options.clock())) };
    if (options.dryRun) break;
    const value = storedText(pod);
    const op = { op: "update" as const, key, value, expect: row.version, refs: objectRefs(pod) };
    if ((await committer(x)({ ops: [op] })).ok) break;
  }
  return sendCreated(x);
}
