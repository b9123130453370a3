// A controller's work queue: each key once however often it is added, one at a time, errors retried. Sleeps on nothing: it runs when
// a key is added, later when a key is added with a delay.

export interface Queue {
  add(key: string): void;
  /** Milliseconds from now; an earlier time for the same key wins. */
  addAfter(key: string, delayMs: number): void;
  /** Nothing queued and nothing running (delayed keys do not count). */
  idle(): boolean;
  stop(): void;
}

const RETRY_MS = 200;
/** A member's store answers without I/O: after so many keys others get their turn. */
const TURN = 10;

export function createQueue(
  reconcile: (key: string) => Promise<void>,
  failed: (key: string, error: unknown) => void,
): Queue {
  const waiting = new Set<string>();
  const timers = new Map<string, { timer: ReturnType<typeof setTimeout>; at: number }>();
  let running = false;
  let stopped = false;

  async function run(): Promise<void> {
    if (running) return;
    running = true;
    // Lets everything that the same commit brought be added first.
    await Promise.resolve();
    let done = 0;
    for (const key of waiting) {
      if (++done % TURN === 0) await new Promise((resolve) => setImmediate(resolve));
      if (stopped) break;
      waiting.delete(key);
      try {
        await reconcile(key);
      } catch (error) {
        failed(key, error);
        addAfter(key, RETRY_MS);
      }
    }
    running = false;
  }

  function add(key: string): void {
    if (stopped) return;
    waiting.add(key);
    void run();
  }

  function addAfter(key: string, delayMs: number): void {
    if (stopped) return;
    const at = performance.now() + delayMs;
    const known = timers.get(key);
    if (known !== undefined) {
      if (known.at <= at) return;
      clearTimeout(known.timer);
    }
    const timer = setTimeout(() => {
      timers.delete(key);
      add(key);
    }, delayMs);
    timers.set(key, { timer, at });
  }

  return {
    add,
    addAfter,
    idle: () => !running && waiting.size === 0,
    stop() {
      stopped = true;
      waiting.clear();
      for (const { timer } of timers.values()) clearTimeout(timer);
      timers.clear();
    },
  };
}
