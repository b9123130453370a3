import { expect, test } from "vitest";
import { warningHeaders } from "./warnings.ts";

const texts = (count: number, length: number): string[] =>
  Array.from({ length: count }, (_, index) => String(index).padEnd(length, "x"));
const lengths = (headers: string[]): number[] => headers.map((header) => header.length - '299 - ""'.length);

test.each<[string, string[], string[]]>([
  ["none", [], []],
  ["quoted", ['a "b" \\c'], ['299 - "a \\"b\\" \\\\c"']],
  ["each once", ["a", "b", "a"], ['299 - "a"', '299 - "b"']],
  ["nothing to say", [""], []],
  ["control characters", ["a\nb", "c"], ['299 - "c"']],
])("warnings as headers: %s", (_name, said, headers) => expect(warningHeaders(said)).toEqual(headers));

test.each<[string, string[], number[]]>([
  ["as many as fit stay whole", texts(4, 1024), [1024, 1024, 1024, 1024]],
  ["one more cuts all short", texts(5, 1000), [256, 256, 256, 256, 256]],
  ["one that is too long", texts(1, 5000), [256]],
  ["no more than fit when cut", texts(40, 256), Array.from({ length: 17 }, () => 256)],
  ["many short ones", texts(50, 100), Array.from({ length: 41 }, () => 100)],
])("too much to say: %s", (_name, said, left) => expect(lengths(warningHeaders(said))).toEqual(left));
