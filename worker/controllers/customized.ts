// What Overrides and federation keys make of a template's content in each cluster, as digests of patches: few clusters differ, so few patches
// are ever kept. A template that no Override selects and that names no federation key costs a look at its text.
import type { Binding } from "../../kinds/binding.ts";
import type { Kind } from "../../kinds/kind.ts";
import type { KubeObject } from "../../kinds/object.ts";
import { customize, overridesFor } from "../../core/placement/customize.ts";
import type { ScheduleCluster } from "../../core/schedule/schedule.ts";
import type { Context } from "./context.ts";
import type { Content } from "./followers.ts";

export interface Custom {
  /** Absent: the content as it is. */
  override?: string;
  /** An Override that selects it cannot be followed: why. Nothing of it is. */
  broken?: string;
}

export interface Customizing {
  of(cluster: ScheduleCluster | undefined): Promise<Custom>;
  /** The patches that were answered. */
  contents(): Content[];
}

/** What of a binding says which object it is. */
export interface Cut {
  revision: string;
  override?: string | undefined;
}

const NONE: Custom = {};
const FEDERATION_KEYS = /hanse\.dev\/|topology\.kubernetes\.io\/region/;

/** Containers are only ever made, empty: nothing of them is changed. */
export function customizing(object: KubeObject, kind: Kind, content: Content, { store, world }: Context): Customizing {
  const contained = kind.federation.rule === "container";
  const overrides = contained ? [] : overridesFor(object, world.policies);
  const plain = contained || (overrides.length === 0 && !FEDERATION_KEYS.test(content.value));
  const patches = new Map<string, Content>();
  let parsed: KubeObject | undefined;
  return {
    async of(cluster) {
      if (plain || cluster === undefined) return NONE;
      parsed ??= JSON.parse(content.value) as KubeObject;
      const customized = customize(parsed, cluster, overrides);
      if ("broken" in customized) return { broken: customized.broken };
      if (customized.patch.length === 0) return NONE;
      const value = JSON.stringify(customized.patch);
      let patch = patches.get(value);
      if (patch === undefined) patches.set(value, (patch = { digest: await store.digest(value), value }));
      return { override: patch.digest };
    },
    contents: () => [...patches.values()],
  };
}

/**
 * What a follower's binding is made of in a cluster. Under an Override that cannot be followed it stays as it is; undefined: it is not there, and
 * does not come.
 */
export async function cutFor(
  cluster: ScheduleCluster | undefined,
  custom: Customizing,
  content: Content,
  before: Binding | undefined,
): Promise<Cut | undefined> {
  const { override, broken } = await custom.of(cluster);
  if (broken === undefined) return { revision: content.digest, override };
  return before === undefined || before.tombstone !== undefined ? undefined : before;
}
