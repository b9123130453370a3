// CustomResourceDefinitions: one gets its names and is established at once, or is told who has them; one that is being deleted takes its objects
// along first (apiextensions-apiserver pkg/controller/{status,establish,finalizer}). What is established is served as soon as the commit is
// seen (worker/store/livekinds.ts); this loop itself follows such kinds from that very version on (loop.ts).
import type { KubeObject } from "../../kinds/object.ts";
import {
  CLEANUP_FINALIZER,
  customResourceDefinition,
  DEFINITIONS,
  storageResource,
} from "../../kinds/customresourcedefinition.ts";
import { type Condition, judgeNames, takenBy, withCondition } from "../../core/definitions/names.ts";
import { isReleased, removal } from "../../core/garbage/removal.ts";
import { equalJson } from "../../core/schedule/canonical.ts";
import type { Event, Op } from "../store/store.ts";
import { commit } from "./commit.ts";
import { rfc3339, type Context, type Controller } from "./context.ts";
import { parsed } from "./parsed.ts";
import type { World } from "./world.ts";
import { readObject, writeObject, type Stored } from "./rows.ts";
import { eachRow } from "./scan.ts";
import { writeStatus } from "./status.ts";

const DELETES_PER_COMMIT = 200;

export const definitionsController: Controller = {
  name: "definitions",
  concurrency: 1,
  *wakes(event: Event, { world }: Context) {
    if (event.resource !== DEFINITIONS) {
      // The last of its objects is gone: it may follow.
      if (event.type === "DELETED" && world.dying.has(event.resource)) yield event.resource;
      return;
    }
    if (event.type !== "DELETED") yield event.name;
    // Names came free, or were claimed: who waits for some looks again.
    else yield* waiting(world, parsed<KubeObject>(event.value));
  },
  async *resync({ store }) {
    for await (const row of eachRow(store, DEFINITIONS)) yield row.name;
  },
  async *start({ world }) {
    yield* world.dying;
  },
  async reconcile(name, context) {
    const row = await context.store.get({ resource: DEFINITIONS, namespace: "", name });
    if (row === undefined) return;
    const definition = readObject(row);
    if (definition.value.metadata.deletionTimestamp === undefined) await establish(definition, context);
    else await empty(definition, context);
  },
};

function* waiting({ definitions }: World, gone: KubeObject): Iterable<string> {
  for (const { value } of definitions.values()) {
    const { metadata, spec, status } = JSON.parse(value) as KubeObject;
    if (spec.group !== gone["spec"].group) continue;
    const conditions = (status?.conditions ?? []) as Condition[];
    if (conditions.some(({ type, status: state }) => type === "NamesAccepted" && state !== "True")) yield metadata.name;
  }
}

async function establish(definition: Stored<KubeObject>, context: Context): Promise<void> {
  const { value } = definition;
  const now = rfc3339(context.clock());
  const rows: KubeObject[] = [];
  for await (const row of eachRow(context.store, DEFINITIONS)) rows.push(readObject(row).value);
  const judged = judgeNames(value, takenBy(rows, value["spec"].group, value.metadata.name));
  const told = [judged.namesAccepted, judged.established].reduce<Condition[]>(
    (conditions, condition) => withCondition(conditions, condition, now),
    value["status"]?.conditions ?? [],
  );
  const status = { ...value["status"], conditions: told, acceptedNames: judged.accepted };
  if (equalJson(status, value["status"])) return;
  await commit(context, { ops: [writeStatus(customResourceDefinition, { ...value, status }, definition, now)] });
}

/** One pass: its objects are deleted, what finalizers hold is marked; with none left it goes itself. */
async function empty(definition: Stored<KubeObject>, context: Context): Promise<void> {
  const { value } = definition;
  if (!value.metadata.finalizers?.includes(CLEANUP_FINALIZER)) {
    if (isReleased(value)) await write(definition, value, context);
    return;
  }
  const left = await deleteObjects(storageResource(value), context);
  const terminating: Condition =
    left > 0
      ? {
          type: "Terminating",
          status: "True",
          reason: "InstanceDeletionInProgress",
          message: "CustomResource deletion is in progress",
        }
      : {
          type: "Terminating",
          status: "False",
          reason: "InstanceDeletionCompleted",
          message: "removed all instances",
        };
  const conditions = withCondition(value["status"]?.conditions ?? [], terminating, rfc3339(context.clock()));
  const finalizers = value.metadata.finalizers.filter((finalizer) => left > 0 || finalizer !== CLEANUP_FINALIZER);
  const next: KubeObject = {
    ...value,
    metadata: { ...value.metadata, finalizers },
    status: { ...value["status"], conditions },
  };
  if (finalizers.length === 0) delete next.metadata.finalizers;
  if (!equalJson(next, value)) await write(definition, next, context);
}

/** How many stand still. @throws Busy, Unavailable */
async function deleteObjects(resource: string, context: Context): Promise<number> {
  let left = 0;
  let ops: Op[] = [];
  for await (const row of eachRow(context.store, resource)) {
    const stored = readObject(row);
    const next = removal(undefined, stored.value, "Background", context.clock());
    if (next === undefined) {
      const key = { resource, namespace: row.namespace, name: row.name };
      ops.push({ op: "delete", key, expect: row.version });
    } else {
      left += 1;
      if (next !== stored.value) ops.push(writeObject(resource, next, stored));
    }
    if (ops.length < DELETES_PER_COMMIT) continue;
    await commit(context, { ops });
    ops = [];
  }
  if (ops.length > 0) await commit(context, { ops });
  return left;
}

async function write(before: Stored<KubeObject>, next: KubeObject, context: Context): Promise<void> {
  const key = { resource: DEFINITIONS, namespace: "", name: next.metadata.name };
  await commit(context, {
    ops: [isReleased(next) ? { op: "delete", key, expect: before.version } : writeObject(DEFINITIONS, next, before)],
  });
}
