import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  contains,
  endpointIP,
  formatIP,
  legacyCIDR,
  legacyIP,
  parseCIDR,
  parseIP,
  strictCIDR,
  strictIP,
} from "./ip.ts";

describe("parseIP", () => {
  it.each([
    ["10.0.0.1", "10.0.0.1"],
    ["010.000.0.01", "10.0.0.1"],
    ["2001:DB8:0:0:0:0:0:1", "2001:db8::1"],
    ["::", "::"],
    ["::1", "::1"],
    ["fe80::", "fe80::"],
    ["1:0:0:2:0:0:0:3", "1:0:0:2::3"],
    ["1:0:0:2:0:0:3:4", "1::2:0:0:3:4"],
    ["1:0:2:3:4:5:6:7", "1:0:2:3:4:5:6:7"],
    ["10:0:0:20::", "10:0:0:20::"],
    ["::ffff:1.2.3.4", "1.2.3.4"],
    ["64:ff9b::1.2.3.4", "64:ff9b::102:304"],
  ])("reads %s", (text, form) => {
    const address = parseIP(text);
    expect(address && formatIP(address)).toBe(form);
  });
  it.each(["", "1.2.3", "1.2.3.256", "1.2.3.4.5", "a.b.c.d", "1:2", ":::", "1::2::3", "1:2:3:4:5:6:7:8::", "12345::"])(
    "refuses %s",
    (text) => expect(parseIP(text)).toBeUndefined(),
  );
  it("reads back what it writes", () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (text) => {
        const address = parseIP(text);
        const form = address && formatIP(address);
        expect(form && parseIP(form)?.bits).toBe(address?.bits);
        if (form !== undefined) expect(strictIP(form)).toEqual([]);
      }),
    );
  });
});

const messages = (errors: { message: string }[]): string[] =>
  errors.map(({ message }) => message.replace(/^.*": /, ""));

describe("what is refused", () => {
  it.each([
    ["1.2.3.04", "must not have leading 0s"],
    ["::ffff:1.2.3.4", "must not be an IPv4-mapped IPv6 address"],
    ["x", "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"],
  ])("address %s", (text, message) => {
    expect(messages(legacyIP("f", text))).toEqual([message]);
    expect(legacyIP("f", text, [text])).toEqual([]);
  });
  it.each([
    ["1.2.3.4", "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)"],
    ["1.2.3.4/33", "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)"],
    ["1.2.3.0/024", "must not have leading 0s in IP or prefix length"],
    ["1.2.3.4/24", "must not have bits set beyond the prefix length"],
    ["::ffff:1.2.3.0/120", "must not have an IPv4-mapped IPv6 address"],
  ])("range %s", (text, message) => {
    expect(messages(legacyCIDR("f", text))).toEqual([message]);
  });
  it("a range in other than canonical form", () => {
    expect(messages(strictCIDR("f", "2001:DB8::/64"))).toEqual(['must be in canonical form ("2001:db8::/64")']);
    expect(legacyCIDR("f", "2001:DB8::/64")).toEqual([]);
  });
  it.each(["0.0.0.0", "::", "127.0.0.1", "::1", "169.254.1.1", "fe80::1", "224.0.0.1", "ff02::1"])(
    "endpoint %s",
    (ip) => {
      expect(endpointIP("f", ip)).toHaveLength(1);
    },
  );
  it.each(["10.0.0.1", "224.0.1.1", "2001:db8::1"])("not endpoint %s", (ip) => {
    expect(endpointIP("f", ip)).toEqual([]);
  });
});

describe("contains", () => {
  it.each([
    ["10.0.0.0/8", "10.255.0.1", true],
    ["10.0.0.0/8", "11.0.0.0", false],
    ["0.0.0.0/0", "1.2.3.4", true],
    ["0.0.0.0/0", "2001:db8::", false],
    ["2001:db8::/32", "2001:db8:1::", true],
  ])("%s %s", (range, ip, expected) => {
    expect(contains(parseCIDR(range), parseIP(ip) ?? expect.fail())).toBe(expected);
  });
});
