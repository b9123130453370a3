// Label selectors: the grammar, what matches, and kube-apiserver's words for what does not parse.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatSelector, matchesLabels, parseLabelSelector, selectorFromObject } from "./selector.ts";

const LABELS = { app: "web", tier: "front", empty: "", size: "10" };

describe("parseLabelSelector", () => {
  it.each([
    ["", true],
    ["app=web", true],
    ["app==web", true],
    ["app!=web", false],
    ["app", true],
    ["!app", false],
    ["!other", true],
    ["other!=x", true],
    ["app in (web, api)", true],
    ["app in (api)", false],
    ["app notin (api)", true],
    ["other notin (api)", true],
    ["empty=", true],
    ["empty in ()", true],
    ["empty in (,a)", true],
    ["app=web,tier=front", true],
    ["app=web,tier=back", false],
    ["size>9", true],
    ["size>10", false],
    ["size<11", true],
    ["app>9", false],
    ["in in (in)", false],
    [" app = web ", true],
  ])("%j matches: %s", (text, matches) => {
    const parsed = parseLabelSelector(text);
    expect(parsed.ok && matchesLabels(parsed.selector, LABELS)).toBe(matches);
  });

  const NAME =
    "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
  const VALUE =
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";

  it.each([
    ["=", "found '=', expected: !, identifier, or 'end of string'"],
    ["a,", "found '', expected: identifier after ','"],
    ["a b", "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt"],
    ["a=b c", "found 'c', expected: ',' or 'end of string'"],
    ["a in b", "unable to parse requirement: found 'b' expected: '('"],
    ["a in (b", "unable to parse requirement: found '', expected: ',' or ')'"],
    ["!a=b", "found '=', expected: ',' or 'end of string'"],
    [
      "a>x",
      "unable to parse requirement: values[0]: Invalid value: \"x\": for 'Gt', 'Lt' operators, the value must be an integer",
    ],
    ["-a=b", `unable to parse requirement: <nil>: Invalid value: "-a": ${NAME}`],
    ["a=-b", `unable to parse requirement: values[0][a]: Invalid value: "-b": ${VALUE}`],
  ])("%j fails with upstream's text", (text, message) => {
    expect(parseLabelSelector(text)).toEqual({ ok: false, message });
  });

  it("reads back what it prints", () => {
    const word = fc.stringMatching(/^[a-z][a-z0-9]{0,5}$/).filter((text) => text !== "in" && text !== "notin");
    const term = fc.oneof(
      fc
        .tuple(word, fc.constantFrom("=", "==", "!="), word)
        .map(([key, operator, value]) => `${key}${operator}${value}`),
      fc
        .tuple(word, fc.constantFrom("in", "notin"), fc.uniqueArray(word, { minLength: 1 }))
        .map(([key, operator, values]) => `${key} ${operator} (${values.sort().join(",")})`),
      word,
      word.map((key) => `!${key}`),
    );
    fc.assert(
      fc.property(fc.array(term, { minLength: 1, maxLength: 4 }), (terms) => {
        const first = parseLabelSelector(terms.join(","));
        if (!first.ok) throw new Error(first.message);
        const text = formatSelector(first.selector);
        expect(parseLabelSelector(text)).toEqual(first);
      }),
    );
  });
});

describe("selectorFromObject", () => {
  it("joins labels and expressions, sorted", () => {
    const selector = selectorFromObject({
      matchLabels: { b: "1", a: "2" },
      matchExpressions: [
        { key: "c", operator: "In", values: ["y", "x"] },
        { key: "d", operator: "DoesNotExist" },
      ],
    });
    expect(selector && formatSelector(selector)).toBe("a=2,b=1,c in (x,y),!d");
  });

  it("has no answer for an unknown operator or no selector", () => {
    expect(selectorFromObject({ matchExpressions: [{ key: "c", operator: "Near" }] })).toBeUndefined();
    expect(selectorFromObject(undefined)).toBeUndefined();
  });
});
