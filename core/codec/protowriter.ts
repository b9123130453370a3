// Protobuf's wire format, written from the end to the start as gogo does: a message's length is known once its content stands, so
// nothing is copied or measured twice. Whoever writes fields does so in descending order of their numbers.
import { encodeUtf8 } from "./utf8.ts";
import type { FIXED64, VARINT } from "./protoreader.ts";
import { LENGTH } from "./protoreader.ts";

const FIRST_BYTES = 4096;

export class ProtoWriter {
  #bytes = new Uint8Array(FIRST_BYTES);
  /** Index of the first byte written; content stands from here to the end. */
  #at = FIRST_BYTES;

  /** Bytes written so far: the difference of two is the length of what came between. */
  get length(): number {
    return this.#bytes.length - this.#at;
  }

  /** What was written; a view, right until the next write. */
  get written(): Uint8Array {
    return this.#bytes.subarray(this.#at);
  }

  #reserve(size: number): number {
    if (size > this.#at) {
      const { length } = this;
      const larger = new Uint8Array(Math.max(this.#bytes.length * 2, length + size));
      larger.set(this.written, larger.length - length);
      this.#bytes = larger;
      this.#at = larger.length - length;
    }
    return (this.#at -= size);
  }

  raw(bytes: Uint8Array): void {
    const at = this.#reserve(bytes.length);
    this.#bytes.set(bytes, at);
  }

  text(text: string): void {
    this.raw(encodeUtf8(text));
  }

  /** int32 and int64 alike: below zero as ten bytes. */
  varint(value: number): void {
    const bytes: number[] = [];
    if (value < 0) {
      // Two's complement in 64 bits, seven at a time.
      let rest = BigInt.asUintN(64, BigInt(Math.trunc(value)));
      for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
      bytes.push(Number(rest));
    } else {
      let rest = value;
      for (; rest > 0x7f; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 0x80);
      bytes.push(rest);
    }
    const at = this.#reserve(bytes.length);
    for (let index = 0; index < bytes.length; index++) this.#bytes[at + index] = bytes[index] as number;
  }

  double(value: number): void {
    const at = this.#reserve(8);
    new DataView(this.#bytes.buffer, at, 8).setFloat64(0, value, true);
  }

  tag(number: number, wire: typeof VARINT | typeof FIXED64 | typeof LENGTH): void {
    this.varint(number * 8 + wire);
  }

  /** The length and the tag before what was written since `from`. */
  close(number: number, from: number): void {
    this.varint(this.length - from);
    this.tag(number, LENGTH);
  }
}
