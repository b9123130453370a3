// Compares what is wanted with what is: the root's sums (P7, P12), each cluster's view with the member itself (P3, P5), both ways.
// A foreign object in the place of ours is a conflict: it stands in no sum, its template says so and is not observed, and what the
// template's previous revision needed there stays beside it.
import type { Kube } from "../../cli/kube.ts";
import type { KubeObject } from "../../kinds/object.ts";
import { KINDS, type Members, pathOf } from "./members.ts";

/** Everything that is not as it should be; empty when all is. */
export async function differences(root: Kube, members: Members): Promise<string[]> {
  const wrong: string[] = [];
  const deployments = (await root.request<{ items: KubeObject[] }>("GET", "/apis/apps/v1/deployments")).items;
  const shares = new Map<string, number>();
  const conflicted = new Set<string>();
  const placed = new Set<string>();
  for (const member of members.names) {
    for (const kind of KINDS) {
      const wanted = (await root.request<{ items: KubeObject[] }>("GET", `/clusters/${member}${pathOf(kind)}`)).items;
      const ours = await members.ours(member, kind);
      for (const object of wanted) {
        const name = `${object.metadata.namespace}/${object.metadata.name}`;
        placed.add(`${member} ${kind} ${name}`);
        if (kind === KINDS[0]) shares.set(name, (shares.get(name) ?? 0) + object["spec"].replicas);
        const live = ours.get(name);
        ours.delete(name);
        if (members.foreign.has(`${member} ${kind} ${name}`)) {
          if (live !== undefined) wrong.push(`${member} ${kind} ${name}: foreign, but carries our label`);
          if (kind === KINDS[0]) conflicted.add(name);
        } else if (live === undefined) wrong.push(`${member} ${kind} ${name}: missing`);
        else wrong.push(...missing(stated(object), live, `${member} ${kind} ${name}`));
      }
      for (const name of ours.keys()) wrong.push(`${member} ${kind} ${name}: left over`);
    }
  }
  for (const { metadata, spec, status } of deployments) {
    const name = `${metadata.namespace}/${metadata.name}`;
    const applied = status?.conditions?.find((condition: { type: string }) => condition.type === "hanse.dev/Applied");
    if ((shares.get(name) ?? 0) !== spec.replicas)
      wrong.push(`${name}: shares of ${shares.get(name) ?? 0} for ${spec.replicas} replicas`);
    if (conflicted.has(name)) {
      if (applied?.reason !== "Conflict")
        wrong.push(`${name}: its name is taken, and it says ${JSON.stringify(applied)}`);
    } else if (status?.observedGeneration !== metadata.generation)
      wrong.push(`${name}: generation ${metadata.generation}, observed ${status?.observedGeneration}`);
    else if ((status?.readyReplicas ?? 0) !== spec.replicas)
      wrong.push(`${name}: ${status?.readyReplicas ?? 0} of ${spec.replicas} Ready`);
    shares.delete(name);
  }
  for (const name of shares.keys()) wrong.push(`${name}: in clusters, not at the root`);
  return [...wrong, ...(await followers(root, members, deployments, placed))];
}

/** Services and ConfigMaps of the root stand beside each workload that selects or names them. */
async function followers(
  root: Kube,
  members: Members,
  deployments: KubeObject[],
  placed: ReadonlySet<string>,
): Promise<string[]> {
  const wrong: string[] = [];
  const at = (kind: string, name: string): string[] =>
    [...placed]
      .filter((id) => id.endsWith(` ${kind} ${name}`))
      .map((id) => id.split(" ")[0]!)
      .sort();
  for (const kind of KINDS.slice(1)) {
    for (const { metadata, spec } of (await root.request<{ items: KubeObject[] }>("GET", pathOf(kind))).items) {
      if (!/^[cs]\d$/.test(metadata.name)) continue;
      const needers = deployments.filter(
        (one) =>
          one.metadata.namespace === metadata.namespace &&
          (kind === "v1/services"
            ? one.metadata.name === spec.selector.app
            : one["spec"].template.spec.containers[0].envFrom[0].configMapRef.name === metadata.name),
      );
      const clusters = [
        ...new Set(needers.flatMap((one) => at(KINDS[0]!, `${metadata.namespace}/${one.metadata.name}`))),
      ].sort();
      const found = at(kind, `${metadata.namespace}/${metadata.name}`);
      const taken = (member: string): boolean =>
        [...members.foreign.keys()].some((id) => id.startsWith(`${member} ${KINDS[0]} ${metadata.namespace}/`));
      const lacking = clusters.filter((member) => !found.includes(member));
      const beyond = found.filter((member) => !clusters.includes(member) && !taken(member));
      if (lacking.length + beyond.length > 0)
        wrong.push(`${kind} ${metadata.namespace}/${metadata.name}: in ${found.join()}, needed in ${clusters.join()}`);
    }
  }
  return wrong;
}

/** What a view says that a member must hold. */
function stated({ metadata, spec, data }: KubeObject): unknown {
  return { metadata: { labels: metadata.labels, annotations: metadata.annotations }, spec, data };
}

/** Fields of `wanted` that `live` does not hold the same. */
function missing(wanted: unknown, live: unknown, at: string): string[] {
  if (wanted === undefined) return [];
  if (Array.isArray(wanted)) {
    if (!Array.isArray(live) || live.length !== wanted.length)
      return [`${at}: ${JSON.stringify(live)} instead of ${JSON.stringify(wanted)}`];
    return wanted.flatMap((one, index) => missing(one, live[index], `${at}[${index}]`));
  }
  if (typeof wanted === "object" && wanted !== null) {
    if (typeof live !== "object" || live === null)
      return [`${at}: ${JSON.stringify(live)} instead of ${JSON.stringify(wanted)}`];
    return Object.entries(wanted).flatMap(([key, value]) =>
      missing(value, (live as Record<string, unknown>)[key], `${at}.${key}`),
    );
  }
  return wanted === live ? [] : [`${at}: ${JSON.stringify(live)} instead of ${JSON.stringify(wanted)}`];
}
