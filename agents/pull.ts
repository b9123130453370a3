// The long poll: asks for what is new after the cursor, makes it durable, hands it to the queue. Promises (P3, P5): the cursor moves only together with
// the items behind it; an answer without items, an error or 410 never leads to a deletion; after 410 the share is listed again, and
// what is not in that list stays as it is.
import type { MemberAct } from "../kinds/protocol.ts";
import { Refused } from "./federation.ts";
import { backoffMs } from "./live.ts";
import type { Parts } from "./parts.ts";
import { pause } from "./pause.ts";

/** The federation counts a held request as one sign of life: well below the 15 s after which a cluster is NotReady. */
const WAIT_SECONDS = 10;
const RETRY = { first: 200, most: 3_000 };
/** A cursor that moved without items is written now and then: an older one gives the same answer, as long as it is not compacted. */
const SAVE_CURSOR_MS = 60_000;
/** An agent the federation does not know (any more) asks seldom. */
const UNKNOWN = { first: 400, most: 30_000 };

export interface Pods {
  /** Does what users asked of pods, each once. */
  act(acts: readonly MemberAct[]): void;
  /** All that was said of them is to be said again. */
  forget(): void;
}

export async function pullLoop(parts: Parts, cluster: string, pods: Pods): Promise<void> {
  const { state, federation, signal, log } = parts;
  let failures = 0;
  let cursor = state.meta("cursor") ?? "";
  let savedAt = parts.clock();
  while (!signal.aborted) {
    try {
      const changes = await federation.changes(cluster, cursor, cursor === "" ? 0 : WAIT_SECONDS);
      if (failures > 0) log("federation answers", { after: failures });
      failures = 0;
      parts.step("pulled");
      const held = state.meta("hold") === "1";
      const old = changes.cursor !== cursor && parts.clock() - savedAt >= SAVE_CURSOR_MS;
      if (changes.items.length > 0 || (changes.hold === true) !== held || old) {
        savedAt = parts.clock();
        for (const entry of state.accept(changes)) start(parts, entry);
        parts.step("accepted");
      }
      if (changes.acts !== undefined) pods.act(changes.acts);
      cursor = changes.cursor;
      if (held && changes.hold !== true)
        for (const entry of state.entries()) if (entry.tombstone) parts.queue.add(entry);
      // A log that cannot name its newest commit gives no cursor to wait at: list again, but not at once.
      if (changes.cursor === "" && changes.complete) await pause(2_000, signal);
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof Refused && error.code === 410) {
        cursor = "";
        try {
          relist(parts, pods, error);
        } catch (full) {
          // On a full disk the old cursor stays there, and is refused again after a restart.
          log("not saved", { message: (full as Error).message });
        }
        // Should that be refused too, not in a tight circle.
        await pause(backoffMs(0, parts.random(), RETRY), signal);
        continue;
      }
      const unknown = error instanceof Refused && (error.code === 401 || error.code === 403);
      if (failures === 0) log("pull failed", { message: (error as Error).message });
      const retryAfter = error instanceof Refused ? (error.retryAfterMs ?? 0) : 0;
      await pause(Math.max(backoffMs(failures++, parts.random(), unknown ? UNKNOWN : RETRY), retryAfter), signal);
    }
  }
}

function start(parts: Parts, entry: Parameters<Parts["queue"]["add"]>[0]): void {
  const live = parts.lives.of(entry);
  live.attempts = 0;
  parts.observe(entry.key);
  parts.queue.add(entry);
}

function relist({ state, reporter, log }: Parts, pods: Pods, { reason, message }: Refused): void {
  log("relist", { reason, message });
  // Another life of the data: deletions wait, and all that was said is said again.
  const diverged = reason === "Diverged";
  if (diverged) {
    reporter.forgetAcknowledged();
    pods.forget();
  }
  state.setMeta({ cursor: "", ...(diverged ? { hold: "1" } : {}) });
}
