// The agent: makes one cluster equal to its view and tells the view what it sees. `runAgent` puts the loops together and runs until its signal
// aborts: queue (apply, remove), observe (status, drift), pull, report, capacity. What needs only the member starts before the federation answers,
// and goes on when it no longer does (P6).
import { Refused, openFederation, type Federation } from "./federation.ts";
import { openIdentity } from "./identity.ts";
import { reconcile } from "./apply.ts";
import { capacityLoop } from "./capacity.ts";
import { openAccess } from "./kube.ts";
import { Unreachable } from "./http.ts";
import { backoffMs, createLives } from "./live.ts";
import { jsonLog, type Log } from "./log.ts";
import { type Member, openMember } from "./member.ts";
import { createActs } from "./acts.ts";
import type { Entry } from "./inventory.ts";
import { orphan } from "./orphan.ts";
import { createObserver } from "./observe.ts";
import { createObservations } from "./observed.ts";
import { digest } from "./ownership.ts";
import type { Parts } from "./parts.ts";
import { pause } from "./pause.ts";
import { observePods } from "./pods.ts";
import { pullLoop } from "./pull.ts";
import { createQueue } from "./queue.ts";
import { createReporter } from "./report.ts";
import { createScaled } from "./scaled.ts";
import { createSameMember } from "./samemember.ts";
import { openState, type State } from "./state.ts";

const AGENT_VERSION = "0.1.0";

export interface AgentOptions {
  /** URL of the federation. */
  server: string;
  /** CA that signed the federation's certificate; absent: the system's. */
  caFile?: string;
  /** Join token; needed once, until the data directory holds an identity. */
  token?: string;
  /** Keeps identity, cursor and inventory. */
  dataDir: string;
  /** Of the member; absent: the pod's own service account. */
  kubeconfig?: string;
  context?: string;
  signal: AbortSignal;
  /** One JSON line per event. */
  log: (line: string) => void;
  /** For tests of P5: called between two effects. */
  step?: (name: string) => void;
  clock?: () => number;
  random?: () => number;
}

/** Objects worked on at once. */
const CONCURRENCY = 8;

/** What an agent reaches the world by: its file, its two servers. */
export interface Reach {
  state: State;
  federation: Federation;
  member: Member;
}

/** Resolves when `signal` aborts; throws when the agent cannot even start (no identity and no token, an unreadable kubeconfig), or finds itself in another cluster. */
export async function runAgent(options: AgentOptions): Promise<void> {
  const clock = options.clock ?? Date.now;
  const own = new AbortController();
  const signal = AbortSignal.any([options.signal, own.signal]);
  const state = openState(options.dataDir);
  const identity = openIdentity(state);
  options.step?.("identified");
  const federation = openFederation({ server: options.server, caFile: options.caFile, identity, clock, signal });
  const member = openMember(await openAccess(options.kubeconfig, options.context), signal);
  await runReaching({ state, federation, member }, options, own, signal);
}

/** The same over what was opened; closes it at the end. `own` ends it from inside, `signal` is both. */
export async function runReaching(
  { state, federation, member }: Reach,
  options: Omit<AgentOptions, "dataDir" | "kubeconfig" | "context" | "caFile">,
  own: AbortController,
  signal: AbortSignal,
): Promise<void> {
  const clock = options.clock ?? Date.now;
  const random = options.random ?? Math.random;
  const step = options.step ?? (() => {});
  const log = jsonLog(options.log, clock);
  let foreign: string | undefined;
  const lives = createLives();
  const lost = (entry: Entry): void => orphan({ state, lives, queue, log }, entry);
  const reporter = createReporter({ state, federation, lives, log, signal, random, step, lost });
  const queue = createQueue({ concurrency: CONCURRENCY, run: (entry) => reconcile(parts, entry) });
  const observe = createObserver(() => parts);
  const scaled = createScaled({
    member,
    state,
    signal,
    random,
    freed(entry) {
      lives.of(entry).drift = true;
      queue.add(entry);
    },
  });
  const sameMember = createSameMember(member, state, (message) => {
    foreign = message;
    own.abort();
  });
  const parts: Parts = {
    sameMember,
    state,
    member,
    federation,
    lives,
    queue,
    reporter,
    log,
    signal,
    clock,
    random,
    step,
    observe,
    scaled: scaled.scaled,
    scaledTo: scaled.scaledTo,
  };
  try {
    for (const entry of state.entries()) {
      observe(entry.key);
      queue.add(entry);
    }
    const cluster = await join(state, federation, { ...options, signal }, log, random);
    if (foreign !== undefined) throw new Error(foreign);
    if (cluster === undefined) return;
    log("started", { cluster, server: options.server, bindings: [...state.entries()].length });
    // Which federation was joined decides what of the acknowledgements in the file still counts.
    const observations = createObservations({ state, federation, log, signal, random });
    const pods = { act: createActs(parts, observations), forget: observations.forget };
    await Promise.all([
      observations.run(cluster),
      observePods(parts, observations),
      pullLoop(parts, cluster, pods),
      reporter.run(cluster),
      capacityLoop(parts, AGENT_VERSION),
      scaled.run(),
    ]);
    if (foreign !== undefined) throw new Error(foreign);
  } finally {
    own.abort();
    queue.stop();
    member.close();
    federation.close();
    state.close();
    log("stopped");
  }
}

/** The cluster's name: from the data directory, or for the join token. Undefined when the agent was stopped before. */
async function join(
  state: State,
  federation: Federation,
  options: Pick<AgentOptions, "token" | "signal" | "step">,
  log: Log,
  random: () => number,
): Promise<string | undefined> {
  const known = state.meta("cluster");
  const spent = options.token === undefined ? undefined : digest(options.token);
  // A token that is new to us: the cluster left the federation and is to join again. One spent before is left where it is configured.
  if (known !== undefined && (spent === undefined || spent === state.meta("token"))) return known;
  if (options.token === undefined)
    throw new Error("this agent has no identity yet: a join token is needed (hanse join NAME)");
  let said = "";
  for (let failures = 0; !options.signal.aborted; failures++) {
    try {
      const { cluster, federation: id } = await federation.register(options.token, AGENT_VERSION);
      options.step?.("registered");
      const before = state.meta("federation");
      if (before !== undefined && before !== id)
        throw new Error(`another federation answers: ${id} instead of ${before}`);
      if (known !== undefined && known !== cluster)
        throw new Error(`the data directory is of cluster ${known}, the join token of ${cluster}`);
      state.setMeta({ cluster, federation: id, token: spent });
      log("joined", { cluster, federation: id });
      return cluster;
    } catch (error) {
      if (options.signal.aborted) return undefined;
      if (error instanceof Refused && error.code === 401 && known !== undefined) {
        log("register failed", { message: "the join token is unknown, expired or already spent: going on as before" });
        return known;
      }
      if (error instanceof Refused && error.code === 401)
        throw new Error("the join token is unknown, expired or already spent", { cause: error });
      if (!(error instanceof Refused) && !(error instanceof Unreachable)) throw error;
      // Somebody stands before the terminal: waiting would not make the certificate another one.
      if (error instanceof Unreachable && error.untrusted) {
        throw new Error(
          `${error.message}: the federation's certificate is not signed by the CA given with --ca-file (serve keeps it in DIR/ca.crt)`,
          { cause: error },
        );
      }
      const { message } = error as Error;
      if (message !== said) log("register failed", { message });
      said = message;
      await pause(backoffMs(failures, random(), { first: 200, most: 5_000 }), options.signal);
    }
  }
  return undefined;
}
