import { expect, it } from "vitest";
import { parseListen } from "./listen.node.ts";

it.each([
  ["127.0.0.1:7420", "127.0.0.1", 7420, "https://127.0.0.1:7420"],
  ["https://127.0.0.1:7420/", "127.0.0.1", 7420, "https://127.0.0.1:7420"],
  ["7420", "127.0.0.1", 7420, "https://127.0.0.1:7420"],
  [":8443", "127.0.0.1", 8443, "https://127.0.0.1:8443"],
  ["fed.example.org", "fed.example.org", 7420, "https://fed.example.org:7420"],
  ["[::1]:1", "::1", 1, "https://[::1]:1"],
  ["0.0.0.0:0", "0.0.0.0", 0, "https://127.0.0.1:0"],
])("%s listens on %s port %i and is called %s", (text, host, port, url) => {
  const address = parseListen(text);
  expect([address.host, address.port, address.url(port)]).toEqual([host, port, url]);
});

it.each(["http://127.0.0.1:80", "a:b", "127.0.0.1:99999", "::1:1", "a/b"])(
  "refuses %s and says what to write",
  (text) => {
    expect(() => parseListen(text)).toThrow(/write HOST:PORT/);
  },
);

it("puts the given host, and always localhost, into the certificate", () => {
  expect(parseListen("fed.example.org:1").hosts).toEqual(["localhost", "127.0.0.1", "::1", "fed.example.org"]);
});
