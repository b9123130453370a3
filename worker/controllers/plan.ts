// What a change would do, before it is made: the same controllers that would act on it run on a fork of the store and of the world, and the bindings
// that they write there are the answer. Clusters do at once what they are told (what leaves has left), so that followers' turn comes too; what
// waits for a clock (a toleration that ends later) does not happen. Bounded in time: what was not looked at in it is said (cut).
import { BINDINGS } from "../../kinds/binding.ts";
import type { ChangePlan } from "../../kinds/plan.ts";
import type { Event, Key, Store } from "../store/store.ts";
import { clustersController } from "./clusters.ts";
import { Busy, type Context, type Controller } from "./context.ts";
import { followController } from "./follow.ts";
import { forkStore } from "./fork.ts";
import { Outcomes } from "./planoutcome.ts";
import { policiesController } from "./policies.ts";
import { Recent } from "./recent.ts";
import { scheduleController } from "./schedule.ts";

/** A write as texts of the store: absent before: it is made; absent after: it goes. */
export interface PlannedChange {
  key: Key;
  before?: string | undefined;
  after?: string | undefined;
  refs?: string[] | undefined;
}

/** In the order in which they have their turn: what is decided before what follows it. */
const CONTROLLERS: readonly Controller[] = [
  clustersController,
  policiesController,
  scheduleController,
  followController,
];
const AT_ONCE = 8;
/** A key that is woken again and again does not come to rest here: what it says by then is close enough. */
const TURNS = 4;
const BUSY_TRIES = 3;

/** @throws what the store throws */
export async function planChange(change: PlannedChange, context: Context, signal: AbortSignal): Promise<ChangePlan> {
  const { store } = context;
  const [bindings, version] = await Promise.all([countBindings(store), store.version()]);
  const world = context.world.fork();
  const outcomes = new Outcomes();
  const events: Event[] = [];
  const fork = forkStore(store, version, (event) => {
    outcomes.see(event);
    events.push(event);
  });
  const tried: Context = {
    ...context,
    store: fork.store,
    world,
    recent: new Recent(),
    fresh: true,
    log: () => undefined,
  };
  const turns = new Turns();

  /** Until nothing follows from what was written any more. */
  async function digest(): Promise<void> {
    for (let event = events.shift(); event !== undefined; event = events.shift()) {
      world.apply(event);
      for (const controller of CONTROLLERS)
        for (const key of controller.wakes(event, tried)) turns.add(controller, key);
      const left = outcomes.leaves(event);
      if (left !== undefined) await fork.change(left, undefined);
    }
  }

  async function handle({ controller, key }: Turn): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        const outcome = await controller.reconcile(key, tried);
        for (const { controller: name, key: next } of outcome?.wake ?? []) {
          const woken = CONTROLLERS.find((one) => one.name === name);
          if (woken !== undefined) turns.add(woken, next);
        }
        return;
      } catch (error) {
        // Somebody went on in earnest meanwhile, or two of these turns met.
        if (!(error instanceof Busy)) throw error;
        if (attempt === BUSY_TRIES) return;
      }
    }
  }

  await fork.change(change.key, change.after, change.refs);
  await digest();
  while (!signal.aborted) {
    const batch = turns.take(AT_ONCE);
    if (batch.length === 0) break;
    await Promise.all(batch.map(handle));
    await digest();
  }
  return { ...outcomes.plan(), bindings, ...turns.cut() };
}

interface Turn {
  controller: Controller;
  key: string;
}

/** Whose turn it is. */
class Turns {
  readonly #waiting = new Map<Controller, Set<string>>(CONTROLLERS.map((controller) => [controller, new Set()]));
  readonly #taken = new Map<string, number>();
  #looked = 0;

  add(controller: Controller, key: string): void {
    if ((this.#taken.get(`${controller.name} ${key}`) ?? 0) < TURNS) this.#waiting.get(controller)!.add(key);
  }

  /** Of one controller: each decides on what those before it have settled. */
  take(most: number): Turn[] {
    for (const [controller, waiting] of this.#waiting) {
      const keys = [...waiting].slice(0, most);
      if (keys.length === 0) continue;
      for (const key of keys) {
        waiting.delete(key);
        const id = `${controller.name} ${key}`;
        const turns = (this.#taken.get(id) ?? 0) + 1;
        this.#taken.set(id, turns);
        if (turns === 1 && controller === scheduleController) this.#looked += 1;
      }
      return keys.map((key) => ({ controller, key }));
    }
    return [];
  }

  cut(): Pick<ChangePlan, "cut"> {
    const left = [...this.#waiting].some(([, waiting]) => waiting.size > 0);
    if (!left) return {};
    const waiting = this.#waiting.get(scheduleController)!;
    return { cut: { looked: this.#looked, of: this.#looked + waiting.size } };
  }
}

async function countBindings(store: Store): Promise<number> {
  const { rows, more, remaining } = await store.list({ resource: BINDINGS, limit: 1 });
  return more ? 1 + (remaining ?? 0) : rows.length;
}
