import { expect, test } from "vitest";
import { parsed } from "./parsed.ts";

test("two texts in turn are parsed once each, a third one anew", () => {
  const [a, b] = [parsed('{"a":1}'), parsed('{"b":1}')];
  for (let turn = 0; turn < 3; turn += 1) {
    expect(parsed('{"a":1}')).toBe(a);
    expect(parsed('{"b":1}')).toBe(b);
  }
  expect(parsed('{"c":1}')).toEqual({ c: 1 });
  expect(parsed('{"a":1}')).toEqual(a);
  expect([a, b]).toEqual([{ a: 1 }, { b: 1 }]);
});
