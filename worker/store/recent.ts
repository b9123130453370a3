// Values by version, the latest used, bounded by their text: an update's previous value is nearly always one that was just read.
export class Recent {
  readonly #values = new Map<number, string>();
  readonly #limit: number;
  #text = 0;

  /** `limit` in UTF-16 units. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  get(version: number): string | undefined {
    return this.#values.get(version);
  }

  set(version: number, value: string): void {
    if (this.#values.has(version)) return;
    this.#values.set(version, value);
    this.#text += value.length;
    // A Map gives its keys in the order they came: the first is the oldest.
    for (const [oldest, text] of this.#values) {
      if (this.#text <= this.#limit) break;
      this.#values.delete(oldest);
      this.#text -= text.length;
    }
  }
}
