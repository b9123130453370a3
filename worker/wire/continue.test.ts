// Continue tokens that no server made: the texts are kube-apiserver's own, for these very tokens.
import { expect, test } from "vitest";
import { decodeContinue, encodeContinue } from "./continue.ts";

test.each([
  ["abc", "invalid character 'i' looking for beginning of value"],
  ["tw", "invalid character '·' looking for beginning of value"],
  ["4Aaa", "invalid character 'à' looking for beginning of value"],
  ["eyJ2Ijo", "unexpected end of JSON input"],
  ["bnVsbA", "server does not recognize this encoded version "],
  ["eyJ2IjoxfQ", "json: cannot unmarshal number into Go struct field continueToken.v of type string"],
  ["W10", "json: cannot unmarshal array into Go value of type storage.continueToken"],
  ["MTI", "json: cannot unmarshal number into Go value of type storage.continueToken"],
  ["IiI", "json: cannot unmarshal string into Go value of type storage.continueToken"],
])("the token %s: %s", (token, why) => {
  expect(() => decodeContinue(token, true, "")).toThrow(`continue key is not valid: ${why}`);
});

test("a token of ours says where it was made", () => {
  const token = encodeContinue({ namespace: "a", name: "é" }, "", 7);
  expect(decodeContinue(token, true, "")).toEqual({ version: 7, after: { namespace: "a", name: "é" } });
});
