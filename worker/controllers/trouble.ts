// What the laws of the controllers are tested under, on a memory store: calls that fail or answer late by the dice, several processes.
// Not used outside tests.
import { Unavailable, type Store } from "../store/store.ts";
import type { Controllers } from "./loop.ts";

const READS: ReadonlySet<keyof Store> = new Set([
  "getMany",
  "listByRef",
  "get",
  "referring",
  "referringKeys",
  "listByName",
] as const);

/** mulberry32: fast-check's own numbers are biased towards the extremes. */
export function diceFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Answers late now and then, so that what two keys read and write interleaves as it does over a network. */
async function late(dice: () => number): Promise<void> {
  for (let turns = Math.floor(dice() * 4); turns > 0; turns -= 1)
    await new Promise((resolve) => setTimeout(resolve, 0));
}

/** Fails reads and commits now and then; a commit that fails may have happened. */
export function flaky(store: Store, dice: () => number): Store {
  const fail = (unknown: boolean): never => {
    throw new Unavailable("planted", unknown);
  };
  return new Proxy(store, {
    get(target, property: keyof Store) {
      if (property === "commit") {
        return async (commit: Parameters<Store["commit"]>[0]) => {
          await late(dice);
          const die = dice();
          if (die < 0.1) fail(false);
          const result = await target.commit(commit);
          return die < 0.2 ? fail(true) : result;
        };
      }
      if (READS.has(property)) {
        return async (...args: never[]) => {
          if (dice() < 0.05) fail(false);
          const answer = await (target[property] as (...all: never[]) => Promise<unknown>)(...args);
          await late(dice);
          return answer;
        };
      }
      const value = target[property];
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

/** Until nothing is left to do, whatever failed on the way. */
export async function rest(runs: readonly Controllers[], store: Store): Promise<void> {
  for (let quiet = 0; quiet < 3;) {
    const before = await store.version();
    for (const run of runs) {
      run.nudge();
      await run.idle();
    }
    quiet = (await store.version()) === before && runs.every((run) => run.failing() === 0) ? quiet + 1 : 0;
  }
}
