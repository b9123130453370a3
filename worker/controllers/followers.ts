// Followers of a placed workload: brings their bindings into the clusters that get it, in the workload's own commit and before it in
// version order, so that every agent sees Namespace, ConfigMaps and Services first.
import { templateName, type Binding, type Share } from "../../kinds/binding.ts";
import { kindKey, type Kind } from "../../kinds/kind.ts";
import { parseApiVersion, type KubeObject } from "../../kinds/object.ts";
import { neverPropagated } from "../../kinds/propagation.ts";
import { namespaceNeed, SERVICES } from "../../core/schedule/followers.ts";
import { revisionContent } from "../../core/schedule/revision.ts";
import { want } from "../../core/schedule/binding.ts";
import type { Op } from "../store/store.ts";
import { rfc3339, type Context } from "./context.ts";
import { customizing, cutFor } from "./customized.ts";
import { readRows } from "./recent.ts";
import {
  bindingKey,
  keyOf,
  readBinding,
  readObject,
  refOf,
  writeBinding,
  writeObject,
  type InCluster,
  type Stored,
} from "./rows.ts";
import type { World } from "./world.ts";

export interface Content {
  digest: string;
  value: string;
}

/** May it leave the root, and is it there to stay? */
export function propagates(object: KubeObject, kind: Kind | undefined, context: Pick<Context, "kinds">): kind is Kind {
  return (
    kind !== undefined &&
    object.metadata.deletionTimestamp === undefined &&
    !neverPropagated(kind, object) &&
    kind.propagates?.(asMembersSee(object, context)) !== false
  );
}

/**
 * A workload that controls it is placed itself, and makes it where it is: for a member that is another one's. Any other controller (an
 * operator's ConfigMap, a kind that runs at the root) makes nothing in a cluster: for a member it is nobody's.
 */
export function asMembersSee(object: KubeObject, { kinds }: Pick<Context, "kinds">): KubeObject {
  const owner = object.metadata.ownerReferences?.find(({ controller }) => controller === true);
  if (owner === undefined) return object;
  const { group } = parseApiVersion(owner.apiVersion);
  const placed = kinds.some(
    (kind) => kind.kind === owner.kind && kind.group === group && kind.federation.rule === "workload",
  );
  return placed ? object : withoutOwners(object);
}

export const withoutOwners = (object: KubeObject): KubeObject => ({
  ...object,
  metadata: { ...object.metadata, ownerReferences: [] },
});

/** What a follower itself needs beside it. */
export function needsOfFollower(object: KubeObject): string[] {
  return object.metadata.namespace === undefined || object.metadata.namespace === ""
    ? []
    : [namespaceNeed(object.metadata.namespace)];
}

export async function contentOf(object: KubeObject, kind: Kind, context: Context): Promise<Content> {
  const value = revisionContent(object, kind.federation);
  return { digest: await context.store.digest(value), value };
}

/** Objects by store name, of those names that exist. */
export async function readFollowers(
  names: readonly string[],
  context: Context,
): Promise<Map<string, Stored<KubeObject>>> {
  if (names.length === 0) return new Map();
  const rows = await readRows(names.map(keyOf), context);
  return new Map(rows.map((row) => [templateName(row), readObject(row)]));
}

export interface Beside {
  ops: Op[];
  contents: Content[];
}

/**
 * Ops that make every follower stand in every one of `clusters`; in the order of `names` (the Namespace first). `shares`: by cluster, of the one
 * among them whose fields are divided.
 */
export async function placeBeside(
  names: readonly string[],
  objects: ReadonlyMap<string, Stored<KubeObject>>,
  clusters: readonly string[],
  context: Context,
  shares: ReadonlyMap<string, Share> = new Map(),
): Promise<Beside> {
  const followers = names.flatMap((name) => {
    const stored = objects.get(name);
    const kind = context.kindOf.get(keyOf(name).resource);
    return stored !== undefined && propagates(stored.value, kind, context)
      ? [{ name, version: stored.version, object: stored.value, kind }]
      : [];
  });
  if (followers.length === 0 || clusters.length === 0) return { ops: [], contents: [] };
  const keys = followers.flatMap(({ object }) =>
    clusters.map((cluster) => bindingKey(cluster, object.metadata.uid ?? "")),
  );
  const rows = new Map((await readRows(keys, context)).map((row) => [`${row.namespace}/${row.name}`, row]));
  const beside: Beside = { ops: [], contents: [] };
  for (const { version, object, kind } of followers) {
    const content = await contentOf(object, kind, context);
    const template = refOf(object, kindKey(kind));
    const custom = customizing(object, kind, content, context);
    const divides = kind.federation.rule === "follower" && kind.federation.divided !== undefined;
    let written = false;
    for (const cluster of clusters) {
      const row = rows.get(`${cluster}/${template.uid}`);
      const before = row === undefined ? undefined : readBinding(row);
      const cut = await cutFor(context.world.clusters.get(cluster), custom, content, before?.value);
      if (cut === undefined) continue;
      const next = want(
        {
          template,
          templateGeneration: object.metadata.generation ?? 1,
          revision: cut.revision,
          override: cut.override,
          share: (divides ? shares.get(cluster) : undefined) ?? {},
          needs: needsOfFollower(object),
        },
        before?.value,
        rfc3339(context.clock()),
      );
      if (next === undefined) {
        // Stands already: if it is released while this commit is under way, this commit must fail.
        if (before !== undefined)
          beside.ops.push({ op: "require", key: bindingKey(cluster, template.uid), expect: before.version });
        continue;
      }
      beside.ops.push(writeBinding(cluster, next, before));
      written = true;
    }
    if (!written) continue;
    beside.contents.push(content, ...custom.contents());
    // Deleted or changed while this is under way: read again, or a binding would outlive its template. What holds data is written, as it
    // is: of two who bring it into different clusters at the same time one has to look again, or there would be two of it.
    const holds = kind.federation.rule === "follower" && kind.federation.keeps === true;
    const { resource, namespace, name } = template;
    beside.ops.push(
      holds
        ? writeObject(resource, object, { version })
        : { op: "require", key: { resource, namespace, name }, expect: version },
    );
  }
  return beside;
}

/** Everything a binding has beside it, by name. */
export function besideOf(binding: Binding, world: World): string[] {
  return [...binding.needs, ...findersOf(binding, world)];
}

/**
 * What finds this binding or its pods by itself: Services, and the kinds that say so. `divided`: only those whose fields are, or are not,
 * divided. Only workloads are found.
 */
export function findersOf(binding: Pick<Binding, "template" | "labels">, world: World, divided?: boolean): string[] {
  const { template, labels } = binding;
  if (labels === undefined) return [];
  const found = world.finders.of(binding, divided);
  return divided === true
    ? found
    : [...serviceNames(template.namespace, world.servicesSelecting(template.namespace, labels)), ...found];
}

/** What these bindings have beside them stays when they go, as it does in one cluster: the pods that are left behind use it. */
export async function holdBeside(bindings: readonly InCluster<Binding>[], context: Context): Promise<Op[]> {
  const named = bindings.map(({ cluster, value }) => ({
    cluster,
    names: besideOf(value, context.world),
  }));
  const objects = await readFollowers([...new Set(named.flatMap(({ names }) => names))], context);
  const keys = named.flatMap(({ cluster, names }) =>
    names.flatMap((name) => {
      const uid = objects.get(name)?.value.metadata.uid;
      return uid === undefined ? [] : [bindingKey(cluster, uid)];
    }),
  );
  return (await readRows(keys, context))
    .map(readBinding)
    .filter(({ value }) => value.tombstone === undefined && value.held !== true)
    .map((before) => writeBinding(before.cluster, { ...before.value, held: true }, before));
}

function serviceNames(namespace: string, names: readonly string[]): string[] {
  return names.map((name) => templateName({ resource: SERVICES, namespace, name }));
}
