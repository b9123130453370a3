// One watcher of a soak: follows a watch over any number of breaks, resuming from the last version it was given (events and bookmarks),
// and judges every event where it arrives (P1): versions rise, types agree with what was seen before, counters miss no step.
// Holds what it believes to be the state, and a running digest of the sequence, so that watchers can be compared.
import { createHash, type Hash } from "node:crypto";
import { request } from "node:https";
import { pause } from "./random.ts";

export interface Seen {
  version: number;
  /** data.n of the object. */
  n: number;
}

interface Line {
  type: "ADDED" | "MODIFIED" | "DELETED" | "BOOKMARK" | "ERROR";
  object: {
    metadata: { name: string; resourceVersion: string };
    data?: { n: string };
    code?: number;
    message?: string;
  };
}

export class Watcher {
  readonly state = new Map<string, Seen>();
  /** Every version that was delivered, with the object's name and counter: "name n". */
  readonly delivered = new Map<number, string>();
  readonly violations: string[] = [];
  version: number;
  events = 0;
  breaks = 0;
  readonly #name: string;
  readonly #server: string;
  readonly #token: string;
  readonly #path: string;
  readonly #digest: Hash = createHash("sha256");
  readonly #lastN = new Map<string, number>();
  #ended = false;
  #cut: () => void = () => {};

  /** `path` without watch parameters; `from`: the version of the list that came before. */
  constructor(options: { name: string; server: string; token: string; path: string; from: number }) {
    this.#name = options.name;
    this.#server = options.server;
    this.#token = options.token;
    this.#path = options.path;
    this.version = options.from;
  }

  /** Until `end`; each connection is also cut by the watcher itself after `patienceMs()`. */
  async run(patienceMs: () => number): Promise<void> {
    while (!this.#ended) {
      const from = this.version;
      await this.#follow(patienceMs());
      this.breaks++;
      if (this.version === from) await pause(100);
    }
  }

  end(): void {
    this.#ended = true;
    this.#cut();
  }

  digest(): string {
    return this.#digest.copy().digest("hex");
  }

  #follow(patienceMs: number): Promise<void> {
    return new Promise((done) => {
      const query = `watch=true&allowWatchBookmarks=true&resourceVersion=${this.version}`;
      const url = new URL(`${this.#path}${this.#path.includes("?") ? "&" : "?"}${query}`, this.#server);
      const headers = { authorization: `Bearer ${this.#token}` };
      const outgoing = request(url, { headers, rejectUnauthorized: false, agent: false }, (response) => {
        let rest = "";
        response.setEncoding("utf8");
        response.on("data", (chunk: string) => {
          // What came before a break counts, also in the middle of a line: that line was never whole, so it is asked for again.
          const lines = (rest + chunk).split("\n");
          rest = lines.pop() ?? "";
          if (response.statusCode !== 200) return;
          for (const line of lines) if (line !== "") this.#take(JSON.parse(line) as Line);
        });
        response.on("error", () => {});
        response.on("close", finish);
      });
      const timer = setTimeout(() => outgoing.destroy(), patienceMs);
      const finish = (): void => {
        clearTimeout(timer);
        done();
      };
      outgoing.on("error", () => {});
      outgoing.on("close", finish);
      this.#cut = () => outgoing.destroy();
      outgoing.end();
    });
  }

  #take({ type, object }: Line): void {
    if (type === "ERROR") return this.#wrong(`ERROR ${object.code} ${object.message}`);
    const { name, resourceVersion } = object.metadata;
    const version = Number(resourceVersion);
    if (type === "BOOKMARK") {
      if (version < this.version) this.#wrong(`bookmark ${version} after ${this.version}`);
      this.version = Math.max(this.version, version);
      return;
    }
    if (version <= this.version) return this.#wrong(`${type} ${name} at ${version} after ${this.version}`);
    this.version = version;
    this.events++;
    const n = Number(object.data?.n);
    const before = this.state.get(name);
    const last = this.#lastN.get(name) ?? 0;
    if ((type === "ADDED") !== (before === undefined))
      this.#wrong(`${type} ${name} at ${version}, known: ${JSON.stringify(before)}`);
    if (n !== (type === "DELETED" ? last : last + 1))
      this.#wrong(`${type} ${name} at ${version} carries n=${n} after n=${last}`);
    this.#lastN.set(name, n);
    if (type === "DELETED") this.state.delete(name);
    else this.state.set(name, { version, n });
    this.delivered.set(version, `${type === "DELETED" ? "-" : ""}${name} ${n}`);
    this.#digest.update(`${type} ${version} ${name} ${n}\n`);
  }

  #wrong(what: string): void {
    if (this.violations.length < 20) this.violations.push(`${this.#name}: ${what}`);
  }
}
