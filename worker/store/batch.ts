// Group commit: while calls are under way the next commits gather, so that one round trip, one lock of the counter and one flush to
// disk carry many of them (P1, P2). Each commit keeps its own result; one that the database cannot even read fails alone.
// Bounded: over `queued` waiting commits it refuses at once, and nothing waits for an answer for ever.
import { isRefusal, unavailable } from "./failure.ts";
import { Unavailable, type Commit, type CommitResult } from "./store.ts";

/** A commit's result and, per op, the version that it superseded (null: none). */
export type Outcome =
  | { result: CommitResult & { ok: true }; superseded: (number | null)[] }
  | { result: CommitResult & { ok: false } };

export interface BatchLimits {
  queued: number;
  /** Calls under way at once. */
  calls: number;
  commits: number;
  /** UTF-16 units of values in one call; a single larger commit goes alone. */
  text: number;
  timeoutMs: number;
}

export const BATCH_LIMITS: BatchLimits = { queued: 4_000, calls: 2, commits: 64, text: 1_000_000, timeoutMs: 30_000 };

interface Waiting {
  commit: Commit;
  text: number;
  resolve(result: CommitResult): void;
  reject(error: Unavailable): void;
}

export class CommitQueue {
  readonly #send: (commits: Commit[]) => Promise<Outcome[]>;
  readonly #settled: (commits: Commit[], outcomes: Outcome[] | undefined) => void;
  readonly #limits: BatchLimits;
  #waiting: Waiting[] = [];
  #calls = 0;
  #scheduled = false;

  /** `settled` hears of every call in the order of answers, before the callers do; without outcomes when it failed. */
  constructor(
    send: (commits: Commit[]) => Promise<Outcome[]>,
    settled: (commits: Commit[], outcomes: Outcome[] | undefined) => void,
    limits: BatchLimits = BATCH_LIMITS,
  ) {
    this.#send = send;
    this.#settled = settled;
    this.#limits = limits;
  }

  /** Calls under way. */
  get calls(): number {
    return this.#calls;
  }

  commit(commit: Commit): Promise<CommitResult> {
    if (this.#waiting.length >= this.#limits.queued)
      return Promise.reject(new Unavailable("too many commits are waiting", false));
    return new Promise((resolve, reject) => {
      this.#waiting.push({ commit, text: size(commit), resolve, reject });
      if (this.#scheduled) return;
      this.#scheduled = true;
      // What arrives in the same turn goes together.
      queueMicrotask(() => {
        this.#scheduled = false;
        this.#pump();
      });
    });
  }

  #pump(): void {
    while (this.#waiting.length > 0 && this.#calls < this.#limits.calls) {
      let count = 0;
      let text = 0;
      for (const one of this.#waiting) {
        if (count === this.#limits.commits || (count > 0 && text + one.text > this.#limits.text)) break;
        text += one.text;
        count++;
      }
      void this.#carry(this.#waiting.splice(0, count));
    }
  }

  async #carry(batch: Waiting[]): Promise<void> {
    this.#calls++;
    try {
      await this.#call(batch);
    } finally {
      this.#calls--;
      this.#pump();
    }
  }

  async #call(batch: Waiting[]): Promise<void> {
    const commits = batch.map((one) => one.commit);
    try {
      const outcomes = await within(this.#limits.timeoutMs, this.#send(commits));
      this.#settled(commits, outcomes);
      for (const [i, one] of batch.entries()) one.resolve(outcomes[i]!.result);
    } catch (error) {
      // The statement was rolled back as a whole: find the commit that the server cannot take.
      if (batch.length > 1 && isRefusal(error)) {
        for (const one of batch) await this.#call([one]);
        return;
      }
      this.#settled(commits, undefined);
      for (const one of batch) one.reject(unavailable(error, true));
    }
  }
}

function size({ ops, contents }: Commit): number {
  let text = 0;
  for (const op of ops) text += "value" in op ? op.value.length + 200 : 200;
  for (const content of contents ?? []) text += content.value.length + 100;
  return text;
}

async function within<T>(ms: number, promise: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Unavailable(`the database did not answer within ${ms} ms`, true)), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
