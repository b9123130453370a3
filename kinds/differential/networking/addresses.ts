// IPAddress and ServiceCIDR. No case of a valid IPAddress may lie in the test server's range 10.96.0.0/16, whose repair loop would warn.
import type { Loose } from "../../object.ts";

const PARENT = { group: "", resource: "services", namespace: "default", name: "web" };

const ip = (name: string, parentRef: Loose = PARENT, metadata: Loose = {}): Loose => ({
  apiVersion: "networking.k8s.io/v1",
  kind: "IPAddress",
  metadata: { name, ...metadata },
  spec: { parentRef },
});

const cidr = (cidrs: Loose, metadata: Loose = {}): Loose => ({
  apiVersion: "networking.k8s.io/v1",
  kind: "ServiceCIDR",
  metadata: { name: "extra", ...metadata },
  spec: { cidrs },
});

export const valid: [string, Loose][] = [
  ["IPAddress, IPv4", ip("10.1.2.3")],
  ["IPAddress, IPv6", ip("2001:db8::1")],
  ["IPAddress, least", ip("10.1.2.4", { resource: "services", name: "web" })],
  [
    "IPAddress, of another group",
    ip("10.1.2.5", { group: "gateway.networking.k8s.io", resource: "Gateways", namespace: "a", name: "g" }),
  ],
  [
    "IPAddress, labels and annotations",
    ip("10.1.2.6", PARENT, { labels: { a: "b" }, annotations: { c: "d" }, finalizers: ["a.example/b"] }),
  ],
  ["ServiceCIDR, IPv4", cidr(["10.97.0.0/16"])],
  ["ServiceCIDR, IPv6", cidr(["fd00:1::/108"])],
  ["ServiceCIDR, both", cidr(["10.98.0.0/16", "fd00:2::/108"])],
  ["ServiceCIDR, both, IPv6 first", cidr(["fd00:2::/108", "10.98.0.0/16"])],
  ["ServiceCIDR, one address", cidr(["10.99.0.1/32"], { labels: { a: "b" } })],
];

export const invalid: [string, Loose][] = [
  ["IPAddress, name not an address", ip("web")],
  ["IPAddress, name with leading zeros", ip("10.01.2.3")],
  ["IPAddress, name not canonical", ip("2001:db8::0:1")],
  ["IPAddress, name in capitals", ip("2001:DB8::1")],
  ["IPAddress, name mapped", ip("::ffff:1.2.3.4")],
  ["IPAddress, no parent", { ...ip("10.1.2.3"), spec: {} }],
  ["IPAddress, no spec", { ...ip("10.1.2.3"), spec: undefined }],
  ["IPAddress, empty parent", ip("10.1.2.3", {})],
  ["IPAddress, parent without name", ip("10.1.2.3", { resource: "services" })],
  ["IPAddress, parent without resource", ip("10.1.2.3", { name: "web" })],
  ["IPAddress, parent's group", ip("10.1.2.3", { ...PARENT, group: "A_b" })],
  ["IPAddress, parent's resource", ip("10.1.2.3", { ...PARENT, resource: "a/b" })],
  ["IPAddress, parent's namespace", ip("10.1.2.3", { ...PARENT, namespace: "a/b%" })],
  ["IPAddress, parent's name", ip("10.1.2.3", { ...PARENT, name: ".." })],
  ["IPAddress, label", ip("10.1.2.3", PARENT, { labels: { "a b": "c" } })],
  ["ServiceCIDR, none", cidr([])],
  ["ServiceCIDR, no spec", { ...cidr([]), spec: undefined }],
  ["ServiceCIDR, three", cidr(["10.1.0.0/16", "fd00::/108", "10.2.0.0/16"])],
  ["ServiceCIDR, not a range", cidr(["10.1.0.0"])],
  ["ServiceCIDR, stray bits", cidr(["10.1.0.1/16"])],
  ["ServiceCIDR, leading zeros", cidr(["10.01.0.0/16"])],
  ["ServiceCIDR, leading zeros of the prefix", cidr(["10.1.0.0/016"])],
  ["ServiceCIDR, not canonical", cidr(["FD00::/108"])],
  ["ServiceCIDR, mapped", cidr(["::ffff:10.1.0.0/112"])],
  ["ServiceCIDR, two of a family", cidr(["10.1.0.0/16", "10.2.0.0/16"])],
  ["ServiceCIDR, two bad", cidr(["a", "b"])],
  ["ServiceCIDR, name", cidr(["10.1.0.0/16"], { name: "A" })],
];

export const updates: [string, Loose, Loose][] = [
  ["IPAddress, labels", ip("10.1.2.3"), ip("10.1.2.3", PARENT, { labels: { a: "b" } })],
  ["IPAddress, other parent", ip("10.1.2.3"), ip("10.1.2.3", { ...PARENT, name: "other" })],
  ["IPAddress, no parent", ip("10.1.2.3"), { ...ip("10.1.2.3"), spec: {} }],
  ["IPAddress, bad label", ip("10.1.2.3"), ip("10.1.2.3", PARENT, { labels: { "a b": "c" } })],
  ["IPAddress, bad finalizer", ip("10.1.2.3"), ip("10.1.2.3", PARENT, { finalizers: ["x"] })],
  ["ServiceCIDR, labels", cidr(["10.97.0.0/16"]), cidr(["10.97.0.0/16"], { labels: { a: "b" } })],
  ["ServiceCIDR, other range", cidr(["10.97.0.0/16"]), cidr(["10.98.0.0/16"])],
  ["ServiceCIDR, second range", cidr(["10.97.0.0/16"]), cidr(["10.97.0.0/16", "fd00::/108"])],
  ["ServiceCIDR, second range of the same family", cidr(["10.97.0.0/16"]), cidr(["10.97.0.0/16", "10.98.0.0/16"])],
  ["ServiceCIDR, second range before", cidr(["10.97.0.0/16"]), cidr(["fd00::/108", "10.97.0.0/16"])],
  ["ServiceCIDR, range taken away", cidr(["10.97.0.0/16", "fd00::/108"]), cidr(["10.97.0.0/16"])],
  ["ServiceCIDR, all taken away", cidr(["10.97.0.0/16"]), cidr([])],
  ["ServiceCIDR, bad finalizer", cidr(["10.97.0.0/16"]), cidr(["10.97.0.0/16"], { finalizers: ["x"] })],
];
