// Protobuf's wire format: varints, lengths, tags, skipping. Every read is checked against the end of its message, every loop moves
// forward; what is wrong throws a ProtoError in the words of upstream's generated code. decodeProtobuf alone catches it.
import { decodeUtf8 } from "./utf8.ts";

export class ProtoError {
  readonly message: string;
  constructor(message: string) {
    this.message = message;
  }
}

export const VARINT = 0;
export const FIXED64 = 1;
export const LENGTH = 2;
const GROUP = 3;
const END_GROUP = 4;
const FIXED32 = 5;

export interface Tag {
  number: number;
  wire: number;
}

export class ProtoReader {
  readonly bytes: Uint8Array;
  at: number;
  readonly end: number;

  constructor(bytes: Uint8Array, at = 0, end = bytes.length) {
    this.bytes = bytes;
    this.at = at;
    this.end = end;
  }

  get done(): boolean {
    return this.at >= this.end;
  }

  /** A 64-bit varint as two unsigned halves. */
  #varint(): [low: number, high: number] {
    let low = 0;
    let high = 0;
    for (let shift = 0; ; shift += 7) {
      if (shift >= 64) throw new ProtoError("proto: integer overflow");
      if (this.at >= this.end) throw new ProtoError("unexpected EOF");
      const byte = this.bytes[this.at++]!;
      const bits = byte & 0x7f;
      if (shift < 28) low |= bits << shift;
      else if (shift === 28) {
        low |= bits << 28;
        high |= bits >> 4;
      } else high |= bits << (shift - 32);
      if (byte < 0x80) return [low >>> 0, high >>> 0];
    }
  }

  /** int32 and int64 alike (an int32 is written sign-extended); beyond 2^53 as near as a number gets. */
  integer(): number {
    const [low, high] = this.#varint();
    return (high | 0) * 0x1_0000_0000 + low;
  }

  boolean(): boolean {
    const [low, high] = this.#varint();
    return low !== 0 || high !== 0;
  }

  double(): number {
    this.#need(8);
    const view = new DataView(this.bytes.buffer, this.bytes.byteOffset + this.at, 8);
    this.at += 8;
    return view.getFloat64(0, true);
  }

  #need(length: number): void {
    if (length > this.end - this.at) throw new ProtoError("unexpected EOF");
  }

  #length(): number {
    const length = this.integer();
    if (length < 0) throw new ProtoError("proto: negative length found during unmarshaling");
    this.#need(length);
    return length;
  }

  /** A reader of just the next length-delimited part. */
  part(): ProtoReader {
    const length = this.#length();
    this.at += length;
    return new ProtoReader(this.bytes, this.at - length, this.at);
  }

  text(): string {
    const part = this.part();
    return decodeUtf8(this.bytes, part.at, part.end);
  }

  raw(): Uint8Array {
    const part = this.part();
    return this.bytes.subarray(part.at, part.end);
  }

  /** `message` names the message in errors. */
  tag(message: string): Tag {
    const [low, high] = this.#varint();
    const wire = low & 7;
    const number = high * 0x2000_0000 + (low >>> 3);
    if (wire === END_GROUP) throw new ProtoError(`proto: ${message}: wiretype end group for non-group`);
    if (number <= 0 || number > 0x1fff_ffff)
      throw new ProtoError(`proto: ${message}: illegal tag ${number} (wire type ${wire})`);
    return { number, wire };
  }

  /** Passes over a field nobody knows, groups included. */
  skip(wire: number): void {
    for (let depth = 0, next = wire; ; next = this.#varint()[0] & 7) {
      if (next === VARINT) this.#varint();
      else if (next === FIXED64 || next === FIXED32) {
        const size = next === FIXED64 ? 8 : 4;
        this.#need(size);
        this.at += size;
      } else if (next === LENGTH) this.part();
      else if (next === GROUP) depth++;
      else if (next === END_GROUP) depth--;
      else throw new ProtoError(`proto: illegal wireType ${next}`);
      if (depth === 0) return;
    }
  }
}
