// One writer of a soak: creates, updates and deletes its own few ConfigMaps, each write conditional on the state it knows and carrying the
// next count, so that a lost or doubled write shows as a gap. A write without an answer is unknown: it reads, and accepts the state before or
// after it, never an older one (P2).
import type { Answer, Client } from "../bench/client.ts";
import { pause, type Random } from "./random.ts";

const MAPS = "/api/v1/namespaces/default/configmaps";
const KEYS = 8;

interface Known {
  /** The last count that was written to this name; deletes keep it. */
  n: number;
  version?: string;
}

export class Writer {
  /** Version -> "name n" of every acknowledged create and update. */
  readonly acknowledged = new Map<number, string>();
  readonly violations: string[] = [];
  deletes = 0;
  unknown = 0;
  conflicts = 0;
  readonly #client: Client;
  readonly #random: Random;
  readonly #known = new Map<string, Known>();
  readonly #id: number;

  constructor(options: { id: number; client: Client; random: Random }) {
    this.#id = options.id;
    this.#client = options.client;
    this.#random = options.random;
  }

  async run(goOn: () => boolean): Promise<void> {
    while (goOn()) await this.#step(`w${this.#id}-${this.#random(KEYS)}`);
  }

  /** Name -> count of what must exist in the end. */
  *standing(): Iterable<[string, Required<Known>]> {
    for (const [name, { n, version }] of this.#known) if (version !== undefined) yield [name, { n, version }];
  }

  async #step(name: string): Promise<void> {
    const known = this.#known.get(name) ?? { n: 0 };
    const remove = known.version !== undefined && this.#random(10) === 0;
    const n = remove ? known.n : known.n + 1;
    let answer: Answer | undefined;
    try {
      if (known.version === undefined) answer = await this.#client.call("POST", MAPS, map(name, n));
      else if (remove)
        answer = await this.#client.call("DELETE", `${MAPS}/${name}`, {
          preconditions: { resourceVersion: known.version },
        });
      else answer = await this.#client.call("PUT", `${MAPS}/${name}`, map(name, n, known.version));
    } catch {
      // No answer: it may have happened.
    }
    if (answer !== undefined && answer.status < 300) {
      if (remove) this.deletes++;
      const version = remove ? undefined : (JSON.parse(answer.text).metadata.resourceVersion as string);
      if (version !== undefined) this.acknowledged.set(Number(version), `${name} ${n}`);
      this.#known.set(name, { n, ...(version === undefined ? {} : { version }) });
      return;
    }
    if (answer?.status === 409 || answer?.status === 404) this.conflicts++;
    else this.unknown++;
    await this.#settle(name, known, { n, remove });
  }

  /** Reads until there is an answer; what it says must be the state before the write or after it. */
  async #settle(name: string, before: Known, tried: { n: number; remove: boolean }): Promise<void> {
    for (;;) {
      const answer = await this.#client.call("GET", `${MAPS}/${name}`).catch(() => undefined);
      if (answer?.status === 404) {
        if (before.version !== undefined && !tried.remove) this.#wrong(`${name} n=${before.n} is gone`);
        // A create whose answer was lost and that did not happen leaves the old count.
        this.#known.set(name, { n: before.n });
        return;
      }
      if (answer?.status === 200) {
        const { metadata, data } = JSON.parse(answer.text);
        const n = Number(data.n);
        const asBefore = before.version !== undefined && n === before.n;
        const asTried = !tried.remove && n === tried.n;
        if (!asBefore && !asTried)
          this.#wrong(`${name} holds n=${n}; n=${before.n} was acknowledged, n=${tried.n} tried`);
        this.#known.set(name, { n, version: metadata.resourceVersion });
        return;
      }
      await pause(100);
    }
  }

  #wrong(what: string): void {
    if (this.violations.length < 20) this.violations.push(what);
  }
}

const map = (name: string, n: number, resourceVersion?: string): object => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name, labels: { soak: "watch", third: String(n % 3 === 0) }, resourceVersion },
  data: { n: String(n), text: "x".repeat(200 + (n % 7) * 100) },
});
