// A binding with what its cluster reported of it and what this process knows of the cluster: what a status is added up from.
import type { Binding, Report } from "../../kinds/binding.ts";
import type { Member } from "../../core/aggregate/member.ts";
import type { Context } from "./context.ts";

export function memberOf(cluster: string, binding: Binding, report: Report | undefined, { world }: Context): Member {
  return {
    cluster,
    binding,
    ...(report === undefined ? {} : { report }),
    reachable: world.ready(cluster),
  };
}
