// EndpointSlice and Endpoints.
import type { Loose } from "../../object.ts";

const slice = (changes: Loose = {}, metadata: Loose = {}): Loose => ({
  apiVersion: "discovery.k8s.io/v1",
  kind: "EndpointSlice",
  metadata: { name: "web-abc", ...metadata },
  addressType: "IPv4",
  endpoints: [{ addresses: ["10.1.2.3"] }],
  ports: [{ port: 80 }],
  ...changes,
});
const withEndpoint = (changes: Loose, addressType = "IPv4"): Loose =>
  slice({ addressType, endpoints: [{ addresses: ["10.1.2.3"], ...changes }] });
const withAddress = (addressType: string, ...addresses: string[]): Loose => withEndpoint({ addresses }, addressType);
const withPorts = (...ports: Loose[]): Loose => slice({ ports });

const endpoints = (subsets?: Loose[], metadata: Loose = {}): Loose => ({
  apiVersion: "v1",
  kind: "Endpoints",
  metadata: { name: "web", ...metadata },
  subsets,
});
const subset = (changes: Loose = {}): Loose =>
  endpoints([{ addresses: [{ ip: "10.1.2.3" }], ports: [{ port: 80 }], ...changes }]);
const withIP = (ip: string): Loose => subset({ addresses: [{ ip }] });

const many = (count: number, base = "10.1"): string[] =>
  Array.from({ length: count }, (_, at) => `${base}.${Math.floor(at / 250)}.${(at % 250) + 1}`);
const names = (count: number): Loose[] => Array.from({ length: count }, (_, at) => ({ name: `n${at}` }));

const TARGET = { kind: "Pod", namespace: "default", name: "web-1", uid: "u" };

const EVERYTHING = slice(
  {
    endpoints: [
      {
        addresses: ["10.1.2.3"],
        conditions: { ready: true, serving: true, terminating: false },
        hostname: "web-1",
        nodeName: "node-1",
        zone: "z1",
        targetRef: TARGET,
        hints: { forZones: [{ name: "z1" }, { name: "z2" }], forNodes: [{ name: "node-1" }] },
      },
      { addresses: ["10.1.2.4"], conditions: { ready: false } },
    ],
    ports: [
      { name: "http", port: 80, protocol: "TCP", appProtocol: "http" },
      { name: "dns", port: 53, protocol: "UDP", appProtocol: "example.com/x" },
      { name: "any" },
    ],
  },
  { labels: { "kubernetes.io/service-name": "web" } },
);

const ENDPOINTS = endpoints(
  [
    {
      addresses: [{ ip: "10.1.2.3", hostname: "a", nodeName: "n", targetRef: TARGET }, { ip: "10.1.2.4" }],
      notReadyAddresses: [{ ip: "10.1.2.5" }],
      ports: [
        { name: "http", port: 80, appProtocol: "http" },
        { name: "dns", port: 53, protocol: "UDP" },
      ],
    },
    { addresses: [{ ip: "2001:db8::1" }], ports: [{ port: 9 }] },
  ],
  { labels: { a: "b" } },
);

export const valid: [string, Loose][] = [
  ["EndpointSlice, least", slice({ endpoints: [], ports: [] })],
  ["EndpointSlice, lists left out", slice({ endpoints: undefined, ports: undefined })],
  ["EndpointSlice, one", slice()],
  ["EndpointSlice, everything", EVERYTHING],
  ["EndpointSlice, IPv6", withAddress("IPv6", "2001:db8::1")],
  ["EndpointSlice, FQDN", withAddress("FQDN", "a.example", "b.example.")],
  ["EndpointSlice, several addresses", withAddress("IPv4", ...many(5))],
  ["EndpointSlice, hundred addresses", withAddress("IPv4", ...many(100))],
  ["EndpointSlice, port of any number", withPorts({})],
  ["EndpointSlice, five ports", withPorts(...names(5).map((name, at) => ({ ...name, port: at + 1 })))],
  ["EndpointSlice, ports of any number", withPorts({ name: "a" }, { name: "b", protocol: "SCTP" })],
  ["EndpointSlice, port 0", withPorts({ port: 0 })],
  ["EndpointSlice, topology is dropped", withEndpoint({ deprecatedTopology: { "kubernetes.io/hostname": "n" } })],
  ["EndpointSlice, empty strings", withEndpoint({ zone: "" })],
  ["EndpointSlice, empty hints", withEndpoint({ hints: {} })],
  ["Endpoints, least", endpoints()],
  ["Endpoints, no subsets", endpoints([])],
  ["Endpoints, one", subset()],
  ["Endpoints, everything", ENDPOINTS],
  ["Endpoints, not ready", subset({ addresses: undefined, notReadyAddresses: [{ ip: "10.1.2.3" }] })],
  ["Endpoints, no ports", subset({ ports: [] })],
  ["Endpoints, four", subset({ addresses: many(4).map((ip) => ({ ip })) })],
  ["Endpoints, four without ports", subset({ addresses: many(4).map((ip) => ({ ip })), ports: undefined })],
  ["Endpoints, IPv6 not canonical", withIP("2001:DB8::1")],
  ["Endpoints, name with dots", endpoints(undefined, { name: "a.b" })],
];

export const invalid: [string, Loose][] = [
  ["EndpointSlice, name", slice({}, { name: "A" })],
  ["EndpointSlice, no type", slice({ addressType: undefined, endpoints: [] })],
  ["EndpointSlice, type", slice({ addressType: "IPv5" })],
  ["EndpointSlice, no addresses", withEndpoint({ addresses: [] })],
  ["EndpointSlice, addresses left out", withEndpoint({ addresses: undefined })],
  ["EndpointSlice, too many addresses", withAddress("IPv4", ...many(101))],
  ["EndpointSlice, too many endpoints", slice({ endpoints: many(1001).map((ip) => ({ addresses: [ip] })) })],
  ["EndpointSlice, not an address", withAddress("IPv4", "a")],
  ["EndpointSlice, address with zeros", withAddress("IPv4", "10.01.2.3")],
  ["EndpointSlice, IPv6 among IPv4", withAddress("IPv4", "2001:db8::1")],
  ["EndpointSlice, mapped", withAddress("IPv4", "::ffff:10.1.2.3")],
  ["EndpointSlice, IPv4 among IPv6", withAddress("IPv6", "10.1.2.3")],
  ["EndpointSlice, IPv6 not canonical", withAddress("IPv6", "2001:DB8::1")],
  ["EndpointSlice, loopback", withAddress("IPv4", "127.0.0.1")],
  ["EndpointSlice, unspecified", withAddress("IPv4", "0.0.0.0")],
  ["EndpointSlice, link-local", withAddress("IPv4", "169.254.169.254")],
  ["EndpointSlice, multicast", withAddress("IPv4", "224.0.0.1")],
  ["EndpointSlice, IPv6 loopback", withAddress("IPv6", "::1")],
  ["EndpointSlice, IPv6 unspecified", withAddress("IPv6", "::")],
  ["EndpointSlice, IPv6 link-local", withAddress("IPv6", "fe80::1")],
  ["EndpointSlice, FQDN of one part", withAddress("FQDN", "example")],
  ["EndpointSlice, FQDN", withAddress("FQDN", "a_b.example")],
  ["EndpointSlice, empty FQDN", withAddress("FQDN", "")],
  ["EndpointSlice, FQDN with a long part", withAddress("FQDN", `${"a".repeat(64)}.example`)],
  ["EndpointSlice, hostname", withEndpoint({ hostname: "A.b" })],
  ["EndpointSlice, empty hostname", withEndpoint({ hostname: "" })],
  ["EndpointSlice, node", withEndpoint({ nodeName: "A_b" })],
  ["EndpointSlice, zones twice", withEndpoint({ hints: { forZones: [{ name: "a" }, { name: "a" }] } })],
  ["EndpointSlice, zone", withEndpoint({ hints: { forZones: [{ name: "a b" }] } })],
  ["EndpointSlice, too many zones", withEndpoint({ hints: { forZones: names(9) } })],
  ["EndpointSlice, nodes twice", withEndpoint({ hints: { forNodes: [{ name: "a" }, { name: "a" }] } })],
  ["EndpointSlice, hinted node", withEndpoint({ hints: { forNodes: [{ name: "A_b" }] } })],
  ["EndpointSlice, too many nodes", withEndpoint({ hints: { forNodes: names(9) } })],
  ["EndpointSlice, ports of a name", withPorts({ name: "a" }, { name: "a" })],
  ["EndpointSlice, ports without name", withPorts({ port: 1 }, { port: 2 })],
  ["EndpointSlice, port's name", withPorts({ name: "A_b" })],
  ["EndpointSlice, protocol", withPorts({ protocol: "QUIC" })],
  ["EndpointSlice, empty protocol", withPorts({ protocol: "" })],
  ["EndpointSlice, application protocol", withPorts({ appProtocol: "a b" })],
  ["Endpoints, name", endpoints(undefined, { name: "A" })],
  ["Endpoints, empty subset", endpoints([{}])],
  ["Endpoints, only ports", endpoints([{ ports: [{ port: 1 }] }])],
  ["Endpoints, address", withIP("a")],
  ["Endpoints, empty address", withIP("")],
  ["Endpoints, address with zeros", withIP("10.01.2.3")],
  ["Endpoints, mapped", withIP("::ffff:10.1.2.3")],
  ["Endpoints, loopback", withIP("127.0.0.1")],
  ["Endpoints, unspecified", withIP("::")],
  ["Endpoints, link-local", withIP("fe80::1")],
  ["Endpoints, hostname", subset({ addresses: [{ ip: "10.1.2.3", hostname: "A" }] })],
  ["Endpoints, node", subset({ notReadyAddresses: [{ ip: "10.1.2.4", nodeName: "A_b" }] })],
  ["Endpoints, ports without name", subset({ ports: [{ port: 1 }, { port: 2 }] })],
  ["Endpoints, port's name", subset({ ports: [{ name: "A", port: 1 }] })],
  ["Endpoints, port 0", subset({ ports: [{ port: 0 }] })],
  ["Endpoints, port too high", subset({ ports: [{ port: 65536 }] })],
  ["Endpoints, protocol", subset({ ports: [{ port: 1, protocol: "QUIC" }] })],
  ["Endpoints, application protocol", subset({ ports: [{ port: 1, appProtocol: "a b" }] })],
];

export const updates: [string, Loose, Loose][] = [
  ["EndpointSlice, other endpoints", slice(), withAddress("IPv4", "10.1.2.4")],
  ["EndpointSlice, other type", slice({ endpoints: [] }), slice({ endpoints: [], addressType: "IPv6" })],
  ["EndpointSlice, other type and addresses", slice(), withAddress("IPv6", "2001:db8::1")],
  ["EndpointSlice, labels", slice(), slice({}, { labels: { a: "b" } })],
  ["EndpointSlice, nothing", EVERYTHING, EVERYTHING],
  ["EndpointSlice, lists left out", slice(), slice({ endpoints: undefined, ports: undefined })],
  ["EndpointSlice, bad address", slice(), withAddress("IPv4", "a")],
  ["EndpointSlice, bad label", slice(), slice({}, { labels: { "a b": "c" } })],
  ["EndpointSlice, bad finalizer", slice(), slice({}, { finalizers: ["x"] })],
  ["EndpointSlice, topology", slice(), withEndpoint({ deprecatedTopology: { a: "b" } })],
  ["EndpointSlice, no type", slice(), slice({ addressType: undefined })],
  ["Endpoints, other address", subset(), withIP("10.1.2.4")],
  ["Endpoints, emptied", subset(), endpoints()],
  ["Endpoints, nothing", ENDPOINTS, ENDPOINTS],
  ["Endpoints, bad address", subset(), withIP("a")],
  ["Endpoints, bad label", subset(), endpoints(undefined, { labels: { "a b": "c" } })],
  ["Endpoints, bad finalizer", subset(), endpoints(undefined, { finalizers: ["x"] })],
];
