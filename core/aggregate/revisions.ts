// Which ControllerRevisions a StatefulSet's status names. A member names its own; those of the root have other names, and these are what
// clients find.
import type { Loose } from "../../kinds/object.ts";
import type { Decision } from "../schedule/decision.ts";

export interface Naming {
  decision: Decision | undefined;
  /** Status at the root as it was. */
  before: Loose;
  /** What is reported speaks of the template as it is. */
  answers: boolean;
  /** The status says itself that it is not of the template as it is: its observedGeneration is behind. */
  behind: boolean;
  /** No rolling update is under way where it stands. */
  through: boolean;
}

/**
 * In place. The newest is ours once it answers the template as it is; while it is under way from another, that is the one it was said to be at
 * before.
 */
export function nameRevisions(status: Loose, { decision, before, answers, behind, through }: Naming): void {
  const names = decision?.history?.map(({ name }) => name);
  if (names === undefined) return;
  const known = (name: string | undefined) => (name !== undefined && names.includes(name) ? name : undefined);
  const update = answers ? names.at(-1) : known(before.updateRevision);
  const other = known(before.currentRevision);
  // The one that pods are on their way from; if it was never heard that they are past that, the one before. While the status is behind, all is as it was.
  const from =
    other !== undefined && (other !== update || behind) ? other : names.slice(0, names.indexOf(update ?? "")).at(-1);
  const current = through ? update : update === undefined ? undefined : from;
  for (const [field, name] of Object.entries({ currentRevision: current, updateRevision: update }))
    if (name === undefined) delete status[field];
    else status[field] = name;
}
