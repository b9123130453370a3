import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { contains, parseCIDR, parseIP } from "../rules/ip.ts";
import { allocateClusterIP, allocateClusterIPv6 } from "./addresses.ts";

describe("allocateClusterIP", () => {
  it("gives addresses of 240.0.0.0/4, never the first or the last", () => {
    fc.assert(
      fc.property(fc.uuid(), fc.nat(5), (uid, attempt) => {
        const parts = allocateClusterIP(uid, attempt).split(".").map(Number);
        expect(parts.every((part) => part >= 0 && part <= 255)).toBe(true);
        expect(parts[0]).toBeGreaterThanOrEqual(240);
        expect(["240.0.0.0", "255.255.255.255"]).not.toContain(parts.join("."));
      }),
    );
  });

  it("is a function of the uid, and another address at each attempt", () => {
    expect(allocateClusterIP("a")).toBe(allocateClusterIP("a"));
    const many = new Set(Array.from({ length: 1000 }, (_, attempt) => allocateClusterIP("a", attempt)));
    expect(many.size).toBe(1000);
  });
});

describe("allocateClusterIPv6", () => {
  it("gives canonical addresses of 100::/64, never the first", () => {
    fc.assert(
      fc.property(fc.uuid(), (uid) => {
        const address = parseIP(allocateClusterIPv6(uid));
        expect(address && contains(parseCIDR("100::/64"), address)).toBe(true);
        expect(allocateClusterIPv6(uid)).not.toBe("100::");
      }),
    );
  });
});
