// Time that passes only when told: setTimeout, setInterval, setImmediate, Date.now and performance.now of the whole process. What is due runs
// in order of its time, then of its making, and everything that follows from it without waiting is over before the next: so a run of the
// same script is the same run. Refused: code that waits for real I/O; there is none in a simulation.

type Timers = Pick<
  typeof globalThis,
  "setTimeout" | "clearTimeout" | "setInterval" | "clearInterval" | "setImmediate" | "clearImmediate"
>;

interface Timer {
  at: number;
  order: number;
  every?: number;
  run: () => void;
}

/** What Node hands out for a timer, as far as anybody uses it. */
interface Handle {
  timer: Timer;
  ref(): Handle;
  unref(): Handle;
  hasRef(): boolean;
  refresh(): Handle;
  [Symbol.toPrimitive](): number;
  [Symbol.dispose](): void;
}

const START = Date.parse("2026-01-01T00:00:00Z");
/** Turns of the real loop without any of ours: promises and streams have nothing more to say then. */
const CALM_TURNS = 3;

export class VirtualTime {
  #now = START;
  #order = 0;
  readonly #due = new Set<Timer>();
  readonly #real: Timers & { now: () => number; performanceNow: () => number } = {
    setTimeout: globalThis.setTimeout,
    clearTimeout: globalThis.clearTimeout,
    setInterval: globalThis.setInterval,
    clearInterval: globalThis.clearInterval,
    setImmediate: globalThis.setImmediate,
    clearImmediate: globalThis.clearImmediate,
    now: Date.now,
    performanceNow: performance.now.bind(performance),
  };
  /** Rises with everything that somebody does: see `settle`. */
  activity = 0;

  now = (): number => this.#now;

  realNow(): number {
    return this.#real.performanceNow();
  }

  install(): void {
    const later = (run: (...given: unknown[]) => void, ms = 0, ...given: unknown[]): Handle =>
      this.#add({ at: this.#now + Math.max(0, Number(ms) || 0), order: 0, run: () => run(...given) });
    const every = (run: (...given: unknown[]) => void, ms = 0, ...given: unknown[]): Handle => {
      const step = Math.max(1, Number(ms) || 0);
      return this.#add({ at: this.#now + step, order: 0, every: step, run: () => run(...given) });
    };
    const clear = (handle: Handle | undefined): void => void (handle?.timer && this.#due.delete(handle.timer));
    Object.assign(globalThis, {
      setTimeout: later,
      clearTimeout: clear,
      setInterval: every,
      clearInterval: clear,
      setImmediate: (run: (...given: unknown[]) => void, ...given: unknown[]) => later(run, 0, ...given),
      clearImmediate: clear,
    });
    Date.now = this.now;
    performance.now = () => this.#now - START;
  }

  restore(): void {
    const { now, performanceNow, ...timers } = this.#real;
    Object.assign(globalThis, timers);
    Date.now = now;
    performance.now = performanceNow;
  }

  /** Another script: nothing of the last one is due any more. */
  reset(): void {
    this.#due.clear();
    this.#now = START;
    this.#order = 0;
  }

  #add(timer: Timer): Handle {
    timer.order = this.#order += 1;
    this.#due.add(timer);
    this.activity += 1;
    const handle: Handle = {
      timer,
      ref: () => handle,
      unref: () => handle,
      hasRef: () => false,
      refresh: () => {
        timer.at = this.#now;
        return handle;
      },
      [Symbol.toPrimitive]: () => timer.order,
      [Symbol.dispose]: () => void this.#due.delete(timer),
    };
    return handle;
  }

  #next(): Timer | undefined {
    let next: Timer | undefined;
    for (const timer of this.#due)
      if (next === undefined || timer.at < next.at || (timer.at === next.at && timer.order < next.order)) next = timer;
    return next;
  }

  /** Until nothing happens any more without time passing. */
  async settle(): Promise<void> {
    for (let calm = 0; calm < CALM_TURNS;) {
      const before = this.activity;
      await new Promise<void>((resolve) => void this.#real.setImmediate(resolve));
      calm = this.activity === before ? calm + 1 : 0;
    }
  }

  /** Lets `ms` pass. `done`: asked after every step; true ends it early. */
  async pass(ms: number, done: () => boolean = () => false): Promise<void> {
    const until = this.#now + ms;
    await this.settle();
    for (;;) {
      if (done()) return;
      const next = this.#next();
      if (next === undefined || next.at > until) break;
      this.#now = Math.max(this.#now, next.at);
      if (next.every === undefined) this.#due.delete(next);
      else next.at = this.#now + next.every;
      this.activity += 1;
      next.run();
      await this.settle();
    }
    this.#now = until;
  }
}
