import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { MAX_DEPTH, parseJson, summarizeBody } from "./json.ts";

describe("duplicates", () => {
  const cases: [string, string[]][] = [
    ['{"a":1,"b":2}', []],
    ['{"data":{"a":"1","a":"2"}}', ["data.a"]],
    ['{"a":1,"a":2,"a":3}', ["a"]],
    ['{"a":"x: \\" , {","a":2}', ["a"]],
    ['{"l":[{"n":1},{"n":1,"n":2},[0,{"x":1,"x":2}]]}', ["l[1].n", "l[2][1].x"]],
    ['{"a":[1,2],"b":{"a":1},"b":{"a":1}}', ["b"]],
    ['{"\\u0061":1,"a":2}', ["a"]],
    ['{"__proto__":1,"a":{"__proto__":2}}', []],
    ['{ "a" : "b" , "c" : "a" , "b" : [ "a" , "a" ] }', []],
  ];
  test.each(cases)("%s", (text, duplicates) => {
    expect(parseJson(text)).toEqual({ ok: true, value: JSON.parse(text), duplicates });
  });

  test("values that JSON.stringify wrote never have any", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify(value);
        expect(parseJson(text)).toEqual({ ok: true, value: JSON.parse(text), duplicates: [] });
      }),
    );
  });
});

// The right column is what kube-apiserver 1.36.3 answered or what Go's scanner says.
describe("syntax errors in Go's words", () => {
  const end = "unexpected end of JSON input";
  const cases: [string, string][] = [
    ["", end],
    ["{", end],
    ['{"a', end],
    ['{"a":', end],
    ["[1,", end],
    ["-", end],
    ["tru", end],
    ['{"kind":"ConfigMap",}', "invalid character '}' looking for beginning of object key string"],
    ['{"kind":"ConfigMap"} x', "invalid character 'x' after top-level value"],
    ["hello", "invalid character 'h' looking for beginning of value"],
    ["kind: ConfigMap", "invalid character 'k' looking for beginning of value"],
    ["[1 2]", "invalid character '2' after array element"],
    ["[1,]", "invalid character ']' looking for beginning of value"],
    ['{"a" 1}', "invalid character '1' after object key"],
    ['{"a":1 "b"}', "invalid character '\"' after object key:value pair"],
    ["{'a':1}", "invalid character '\\'' looking for beginning of object key string"],
    ['"a\nb"', "invalid character '\\n' in string literal"],
    ['"\\x"', "invalid character 'x' in string escape code"],
    ['"\\u12g"', "invalid character 'g' in \\u hexadecimal character escape"],
    ["01", "invalid character '1' after top-level value"],
    ["-a", "invalid character 'a' in numeric literal"],
    ["1.x", "invalid character 'x' after decimal point in numeric literal"],
    ["1ex", "invalid character 'x' in exponent of numeric literal"],
    ["nul!", "invalid character '!' in literal null (expecting 'l')"],
    ["faLse", "invalid character 'L' in literal false (expecting 'l')"],
    ["é", "invalid character 'Ã' looking for beginning of value"],
  ];
  test.each(cases)("%j", (text, message) => expect(parseJson(text)).toEqual({ ok: false, message }));

  test("every text that JSON.parse refuses has a message, and no other", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'{}[]",:\\u0a1-.eE tfn') }), (text) => {
        let valid = true;
        try {
          JSON.parse(text);
        } catch {
          valid = false;
        }
        expect(parseJson(text).ok).toBe(valid);
      }),
      { numRuns: 2000 },
    );
  });
});

describe("P11 bounds", () => {
  test("nesting", () => {
    const nested = (depth: number): string => "[".repeat(depth) + "]".repeat(depth);
    expect(parseJson(nested(MAX_DEPTH)).ok).toBe(true);
    const refused = { ok: false, message: "invalid character '[' exceeded max depth" };
    expect(parseJson(nested(MAX_DEPTH + 1))).toEqual(refused);
    expect(parseJson(nested(100_000))).toEqual(refused);
    expect(parseJson("[".repeat(1_000_000))).toEqual(refused);
  });
});

test.each([
  ["", "<empty>"],
  ["hello", "68656c6c6f"],
  ["{", "{"],
  ['{"kind":"ConfigMap","apiVersion":"v1",}', '{"kind":"ConfigMap","apiVersio ...'],
])("summarizeBody(%j)", (text, summary) => expect(summarizeBody(new TextEncoder().encode(text))).toBe(summary));
