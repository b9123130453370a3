// Runs the controllers over one tail of the log: every change goes into the world's memory, then wakes keys; the position that is persisted
// never passes a change whose consequences are unhandled, so a process may die anywhere. At rest: no timer, no statement, but the store's watch.
//
//   watch ──► World.apply ──► wakes() ──► Queue ──► reconcile() ──► commit ──► watch …
//                                           └── oldest unhandled version ──► setPosition (lazily)
import type { Kind } from "../../kinds/kind.ts";
import { kindKey } from "../../kinds/kind.ts";
import { ACTS, BINDINGS, HOLDS, REPORTS } from "../../kinds/binding.ts";
import { ROOT_KINDS } from "../../kinds/all.ts";
import { createServed } from "../../kinds/custom/served.ts";
import { DEFINITIONS } from "../../kinds/customresourcedefinition.ts";
import { OWED } from "../../core/cron/owed.ts";
import { DECISIONS } from "../../core/schedule/decision.ts";
import type { ChangePlan } from "../../kinds/plan.ts";
import { Compacted, Unavailable, type Batch, type Selection, type Store } from "../store/store.ts";
import { CONTROLLERS } from "./all.ts";
import { Busy, pause, type Context, type Controller, type ControllerName, type Outcome } from "./context.ts";
import { startPeriods } from "./periods.ts";
import { planChange, type PlannedChange } from "./plan.ts";
import { Queue } from "./queue.ts";
import { Recent } from "./recent.ts";
import { World } from "./world.ts";

export interface ControllersOptions {
  store: Store;
  /** Milliseconds since the epoch. */
  clock: () => number;
  /** 0 <= x < 1. */
  random: () => number;
  uid: () => string;
  signal: AbortSignal;
  log?: (line: Record<string, unknown>) => void;
  /** Default: all kinds of the root. */
  kinds?: readonly Kind[];
  /** This process among several on the same data: room is given out under this name. Absent: it is alone. */
  process?: string;
  /** PEM of the CA, for the ConfigMap kube-root-ca.crt of each namespace. */
  ca?: string;
}

export interface Controllers {
  /** Ends the tail and the timers, waits for what runs, persists the position. */
  stop(): Promise<void>;
  /** Resolves when every change so far, and every change that followed from it, is handled, or failed and waits for its next try. */
  idle(): Promise<void>;
  /** Retries everything that waits for its backoff at once. */
  nudge(): void;
  /** Keys that failed and wait to be tried again. */
  failing(): number;
  /** What a change would do in the clusters; after `PLAN_MS` it answers with what it knows by then. */
  plan(change: PlannedChange): Promise<ChangePlan>;
}

interface Work {
  controller: Controller;
  key: string;
}

/** A new name whenever a controller is added that must see what is already there. */
const LOOP = "controllers/3";
/** Keys of a full pass answer no particular change: until they are handled, a new process must make the full pass again. */
const FROM_THE_BEGINNING = 1;
/** No key woken for so long: the writers have paused. */
const CALM_MS = 50;
const SAVE_AFTER_MS = 2_000;
const FIRST_RETRY_MS = 50;
const LAST_RETRY_MS = 30_000;
const PLAN_MS = 5_000;
/** Commits lost in a row to others before a key waits like any other failure. */
const BUSY_TRIES = 8;

/** What controllers know of the kinds that are served. */
function tablesOf(served: readonly Kind[]): Pick<Context, "kinds" | "served" | "kindOf"> {
  const kinds = [...new Set(served.filter(({ asked }) => !asked).map((kind) => kind.conversion?.stored ?? kind))];
  return { kinds, served, kindOf: new Map(kinds.map((kind) => [kindKey(kind), kind])) };
}

export function runControllers(options: ControllersOptions): Controllers {
  const { store, clock, random, uid } = options;
  const builtIn = options.kinds ?? ROOT_KINDS;
  const log = options.log ?? (() => undefined);
  const context: Context = {
    store,
    world: new World(
      clock,
      builtIn.filter(({ conversion }) => conversion === undefined),
    ),
    recent: new Recent(),
    fresh: false,
    ...tablesOf(builtIn),
    clock,
    started: clock(),
    random,
    uid,
    log,
    process: options.process,
    ca: options.ca,
  };
  const abort = new AbortController();
  const byName = new Map<ControllerName, Controller>(CONTROLLERS.map((controller) => [controller.name, controller]));
  const queues = new Map(
    CONTROLLERS.map((controller) => [controller, { queue: new Queue<Work>(), running: 0, wokenAt: 0 }]),
  );
  const servedOf = createServed(builtIn);
  const idlers = new Set<() => void>();
  /** Everything at or below has been turned into keys. */
  let seen = -1;
  let saved = -1;
  let saver: ReturnType<typeof setTimeout> | undefined;

  function wake(name: ControllerName, key: string, version: number): void {
    const controller = byName.get(name);
    if (controller === undefined) throw new Error(`no controller ${name}`);
    queues.get(controller)!.queue.add(key, { controller, key }, version);
    pump(controller);
  }

  function pump(controller: Controller): void {
    const lane = queues.get(controller)!;
    while (lane.running < mostAtOnce(controller) && !abort.signal.aborted) {
      const item = lane.queue.take();
      if (item === undefined) break;
      lane.running += 1;
      void handle(item).finally(() => {
        lane.running -= 1;
        pump(controller);
        for (const other of CONTROLLERS) if (other.yieldsTo === controller.name) pump(other);
        settle();
      });
    }
  }

  function mostAtOnce(controller: Controller): number {
    const { concurrency, calmConcurrency = concurrency, yieldsTo } = controller;
    const other = yieldsTo === undefined ? undefined : byName.get(yieldsTo);
    if (other !== undefined && queues.get(other)!.queue.waiting) return 1;
    return clock() - queues.get(controller)!.wokenAt > CALM_MS ? calmConcurrency : concurrency;
  }

  async function handle({
    id,
    value: { controller, key },
    version,
    tries,
  }: {
    id: string;
    value: Work;
    version: number;
    tries: number;
  }): Promise<void> {
    const { queue } = queues.get(controller)!;
    try {
      const outcome = await persist(controller, key, tries > 0);
      for (const { controller: name, key: next } of outcome?.wake ?? []) wake(name, next, version);
      if (outcome?.againMs === undefined) queue.done(id);
      else queue.later(id, false, (run) => timer(controller, outcome.againMs ?? 0, run));
    } catch (error) {
      const waitMs = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(tries, 16)) * (0.5 + random());
      const transient = error instanceof Unavailable || error instanceof Busy;
      if (!abort.signal.aborted && (!transient || tries > 3)) {
        log({
          event: "controller-error",
          controller: controller.name,
          key,
          tries,
          message: String(error),
          ...(transient ? {} : { stack: (error as Error)?.stack }),
        });
      }
      queue.later(id, true, (run) => timer(controller, waitMs, run));
    }
  }

  async function persist(controller: Controller, key: string, fresh: boolean): Promise<Outcome | void> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await controller.reconcile(key, fresh || attempt > 1 ? { ...context, fresh: true } : context);
      } catch (error) {
        if (!(error instanceof Busy) || attempt >= BUSY_TRIES) throw error;
      }
    }
  }

  function timer(controller: Controller, ms: number, run: () => void): () => void {
    if (abort.signal.aborted) return () => undefined;
    const handle = setTimeout(() => {
      run();
      pump(controller);
    }, ms);
    return () => clearTimeout(handle);
  }

  function settle(): void {
    // Not asked how far it got: that looks at every key, and would at every key that is done.
    if (saver === undefined && !abort.signal.aborted && seen > saved)
      saver = setTimeout(() => void save(), SAVE_AFTER_MS);
    if ([...queues.values()].every(({ queue, running }) => running === 0 && queue.quiet)) {
      for (const resolve of idlers) resolve();
      idlers.clear();
    }
  }

  function lowWater(): number {
    let low = seen;
    for (const { queue } of queues.values()) {
      const oldest = queue.oldest();
      if (oldest !== undefined) low = Math.min(low, oldest - 1);
    }
    return low;
  }

  async function save(): Promise<void> {
    if (saver !== undefined) clearTimeout(saver);
    saver = undefined;
    const version = lowWater();
    if (version <= saved) return;
    try {
      await store.setPosition(LOOP, version);
      saved = version;
    } catch (error) {
      log({ event: "position-not-saved", message: String(error) });
    }
  }

  /** Follows the CustomResourceDefinitions that are known now. False: nothing is new. */
  function follow(): boolean {
    const served = servedOf(context.world.definitions.values());
    if (served === context.served) return false;
    Object.assign(context, tablesOf(served));
    return true;
  }

  const select = (): Selection[] =>
    [...context.kinds.map(kindKey), ACTS, BINDINGS, REPORTS, HOLDS, DECISIONS, OWED].map((resource) => ({ resource }));

  /**
   * Answers with the version up to which it was taken, where that is not all: from there on further kinds are to be watched, and what the batch
   * says of later changes does not tell of theirs.
   */
  function take(batch: Batch): number | undefined {
    for (const event of batch.events) {
      context.world.apply(event);
      context.recent.apply(event);
      for (const controller of CONTROLLERS)
        for (const key of controller.wakes(event, context)) {
          wake(controller.name, key, event.version);
          queues.get(controller)!.wokenAt = clock();
        }
      if (event.resource === DEFINITIONS && follow()) {
        seen = context.world.version = event.version;
        settle();
        return event.version;
      }
    }
    seen = context.world.version = batch.version;
    settle();
    return undefined;
  }

  async function resync(): Promise<number> {
    const version = await store.version();
    context.recent.clear();
    await context.world.load(store);
    follow();
    for (const controller of CONTROLLERS)
      for await (const key of controller.resync(context)) wake(controller.name, key, FROM_THE_BEGINNING);
    return version;
  }

  async function tail(): Promise<void> {
    let from = (saved = await store.position(LOOP));
    if (from === 0 || from > (await store.version())) from = await resync();
    else {
      await context.world.load(store);
      follow();
      for (const controller of CONTROLLERS)
        for await (const key of controller.start?.(context) ?? []) wake(controller.name, key, from);
    }
    isLoaded();
    for (;;) {
      seen = context.world.version = Math.max(seen, from);
      settle();
      try {
        for await (const batch of store.watch({ from, select: select(), signal: abort.signal })) {
          const upTo = take(batch);
          from = upTo ?? batch.version;
          if (upTo !== undefined) break;
        }
        if (abort.signal.aborted) return;
      } catch (error) {
        if (!(error instanceof Compacted)) throw error;
        log({ event: "resync", reason: error.message });
        from = await resync();
      }
    }
  }

  const { promise: loaded, resolve: isLoaded } = Promise.withResolvers<void>();

  async function run(): Promise<void> {
    for (let tries = 0; !abort.signal.aborted; tries += 1) {
      try {
        await tail();
      } catch (error) {
        log({ event: "tail-error", tries, message: String(error) });
        await pause(
          Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(tries, 16)) * (0.5 + random()),
          abort.signal,
        );
      }
    }
  }

  const periods = startPeriods({ context, signal: abort.signal, version: () => seen, handled: lowWater });
  const running = run();

  async function stop(): Promise<void> {
    if (!abort.signal.aborted) abort.abort();
    periods.stop();
    await running;
    while ([...queues.values()].some((lane) => lane.running > 0))
      await new Promise((resolve) => setTimeout(resolve, 1));
    await save();
    for (const { queue } of queues.values()) queue.clear();
  }
  if (options.signal.aborted) void stop();
  else options.signal.addEventListener("abort", () => void stop(), { once: true });

  return {
    stop,
    async idle() {
      while (!abort.signal.aborted) {
        const version = await store.version();
        if (seen >= version && [...queues.values()].every(({ queue, running: busy }) => busy === 0 && queue.quiet))
          return;
        await new Promise<void>((resolve) => {
          idlers.add(resolve);
          abort.signal.addEventListener("abort", () => resolve(), { once: true });
        });
      }
    },
    async plan(change) {
      // A world that is not read yet knows of no cluster.
      await loaded;
      return planChange(change, context, AbortSignal.timeout(PLAN_MS));
    },
    failing: () => [...queues.values()].reduce((sum, { queue }) => sum + queue.failing, 0),
    nudge() {
      for (const [controller, { queue }] of queues) {
        queue.nudge();
        pump(controller);
      }
    },
  };
}
