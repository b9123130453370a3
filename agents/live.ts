// What is known of a binding's object only while this process runs: nothing here has to survive, all of it is found out again by the first list.
import type { Entry } from "./inventory.ts";
import type { WatchEvent } from "./member.ts";

export interface Live {
  /** resourceVersion of the newest state seen or made. */
  version: number;
  /** Failed attempts in a row. */
  attempts: number;
  /** Something of ours was changed or removed: apply again although the generation is applied. */
  drift: boolean;
  running: boolean;
  /** Events that arrived while running: whether they are older or newer than the answer is judged when the run ends. */
  seen: WatchEvent[];
  /** Digest of the status last seen. */
  status?: string;
  /** Heals left before they are slowed down, and when that was last counted (ms). */
  heals: number;
  healsAt: number;
  /** Another binding's uid that has to come to its end first, and since when it is waited for (ms). */
  heldFor?: string | undefined;
  heldSince?: number | undefined;
}

/** A burst of heals is immediate; somebody who keeps on changing the object back gets one heal each interval. */
const HEAL_BURST = 6;
const HEAL_EVERY_MS = 10_000;

export interface Lives {
  of(entry: Entry): Live;
  /** What was tried and has not come to its end. */
  unsettled: Set<Entry>;
  forget(uid: string): void;
}

export function createLives(): Lives {
  const lives = new Map<string, Live>();
  return {
    unsettled: new Set(),
    of(entry) {
      let live = lives.get(entry.uid);
      if (live === undefined) {
        live = { version: 0, attempts: 0, drift: false, running: false, seen: [], heals: HEAL_BURST, healsAt: 0 };
        lives.set(entry.uid, live);
      }
      return live;
    },
    forget: (uid) => void lives.delete(uid),
  };
}

/** Milliseconds until the next heal of this object may be made; counts it as made. */
export function healDelayMs(live: Live, now: number): number {
  const refilled = Math.min(HEAL_BURST, live.heals + (now - live.healsAt) / HEAL_EVERY_MS);
  live.healsAt = now;
  live.heals = refilled - 1;
  return live.heals >= 0 ? 0 : -live.heals * HEAL_EVERY_MS;
}

/** Exponential, with half of it random, so that many do not come back together. */
export function backoffMs(attempts: number, random: number, limits: { first: number; most: number }): number {
  const whole = Math.min(limits.most, limits.first * 2 ** Math.min(attempts, 20));
  return whole / 2 + (random * whole) / 2;
}
