// What the agent's loops share. One object, made in main.ts.
import type { Federation } from "./federation.ts";
import type { Lives } from "./live.ts";
import type { KubeObject } from "../kinds/object.ts";
import type { Entry } from "./inventory.ts";
import type { Log } from "./log.ts";
import type { Member, Served } from "./member.ts";
import type { Queue } from "./queue.ts";
import type { Reporter } from "./report.ts";
import type { SameMember } from "./samemember.ts";
import type { State } from "./state.ts";

export interface Parts {
  state: State;
  member: Member;
  federation: Federation;
  lives: Lives;
  queue: Queue;
  reporter: Reporter;
  log: Log;
  signal: AbortSignal;
  /** Milliseconds since the epoch. */
  clock: () => number;
  /** [0, 1). */
  random: () => number;
  /** Names a point between two effects. Tests end the process there (P5). */
  step: (name: string) => void;
  /** Watches kinds that are in use. */
  observe: (served: Served) => void;
  /** Nothing is done in a member that is not the data directory's. */
  sameMember: SameMember;
  /** True when an autoscaler of the member sets this workload's replicas. */
  scaled: (entry: Entry, fresh: boolean) => Promise<boolean>;
  /** The replicas in an object as just seen, where an autoscaler of the member is known to set them. */
  scaledTo: (entry: Entry, object: KubeObject) => number | undefined;
}
