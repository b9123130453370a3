// NetworkPolicy.
import type { Loose } from "../../object.ts";

const policy = (spec: Loose = {}, metadata: Loose = {}): Loose => ({
  apiVersion: "networking.k8s.io/v1",
  kind: "NetworkPolicy",
  metadata: { name: "rules", ...metadata },
  spec: { podSelector: {}, ...spec },
});

const SELECTOR = { matchLabels: { app: "web" } };
const block = (cidr: string, except?: string[]): Loose => ({ ipBlock: { cidr, except } });
const from = (...peers: Loose[]): Loose => policy({ ingress: [{ from: peers }] });
const ports = (...list: Loose[]): Loose => policy({ ingress: [{ ports: list }] });

const EVERYTHING = policy(
  {
    podSelector: {
      matchLabels: { app: "web" },
      matchExpressions: [{ key: "tier", operator: "In", values: ["a", "b"] }],
    },
    policyTypes: ["Ingress", "Egress"],
    ingress: [
      {
        from: [
          block("10.0.0.0/8", ["10.1.0.0/16", "10.2.3.4/32"]),
          { namespaceSelector: { matchLabels: { team: "a" } }, podSelector: SELECTOR },
          { namespaceSelector: {} },
          { podSelector: { matchExpressions: [{ key: "x", operator: "DoesNotExist" }] } },
        ],
        ports: [{ port: 80 }, { protocol: "UDP", port: "dns" }, { protocol: "SCTP" }, { port: 8000, endPort: 9000 }],
      },
      {},
    ],
    egress: [{ to: [block("2001:db8::/32", ["2001:db8:1::/48"])], ports: [{ protocol: "TCP", port: 443 }] }],
  },
  { labels: { a: "b" }, annotations: { c: "d" } },
);

export const valid: [string, Loose][] = [
  ["NetworkPolicy, least", policy()],
  ["NetworkPolicy, no spec", { ...policy(), spec: undefined }],
  ["NetworkPolicy, everything", EVERYTHING],
  ["NetworkPolicy, deny all", policy({ policyTypes: ["Ingress", "Egress"] })],
  ["NetworkPolicy, allow all in", policy({ ingress: [{}] })],
  ["NetworkPolicy, egress without types", policy({ egress: [{}] })],
  ["NetworkPolicy, both without types", policy({ ingress: [{}], egress: [{}] })],
  ["NetworkPolicy, only egress", policy({ policyTypes: ["Egress"], egress: [{ to: [{ podSelector: SELECTOR }] }] })],
  ["NetworkPolicy, type twice", policy({ policyTypes: ["Ingress", "Ingress"] })],
  ["NetworkPolicy, selector", policy({ podSelector: SELECTOR })],
  [
    "NetworkPolicy, expressions",
    policy({
      podSelector: {
        matchExpressions: [
          { key: "a", operator: "Exists" },
          { key: "b", operator: "NotIn", values: ["z", "y"] },
        ],
      },
    }),
  ],
  ["NetworkPolicy, everywhere", from(block("0.0.0.0/0"), block("::/0"))],
  ["NetworkPolicy, everywhere but", from(block("0.0.0.0/0", ["169.254.169.254/32", "10.0.0.0/8"]))],
  ["NetworkPolicy, IPv6 not canonical", from(block("2001:0DB8::/32"))],
  ["NetworkPolicy, empty lists", policy({ ingress: [{ from: [], ports: [] }], egress: [] })],
  ["NetworkPolicy, port range", ports({ port: 32000, endPort: 32768 }, { port: 80, endPort: 80 })],
];

export const invalid: [string, Loose][] = [
  ["NetworkPolicy, name", policy({}, { name: "A" })],
  ["NetworkPolicy, selector's label", policy({ podSelector: { matchLabels: { "a b": "c" } } })],
  ["NetworkPolicy, selector's value", policy({ podSelector: { matchLabels: { a: "b c" } } })],
  ["NetworkPolicy, operator", policy({ podSelector: { matchExpressions: [{ key: "a", operator: "Like" }] } })],
  ["NetworkPolicy, In without values", policy({ podSelector: { matchExpressions: [{ key: "a", operator: "In" }] } })],
  [
    "NetworkPolicy, Exists with values",
    policy({ podSelector: { matchExpressions: [{ key: "a", operator: "Exists", values: ["x"] }] } }),
  ],
  ["NetworkPolicy, empty peer", from({})],
  ["NetworkPolicy, block and selector", from({ ...block("10.0.0.0/8"), podSelector: {} })],
  ["NetworkPolicy, block and namespaces", from({ ...block("10.0.0.0/8"), namespaceSelector: {} })],
  ["NetworkPolicy, peer's selector", from({ podSelector: { matchLabels: { a: "b c" } } })],
  ["NetworkPolicy, peer's namespaces", from({ namespaceSelector: { matchLabels: { a: "b c" } } })],
  ["NetworkPolicy, block without range", from({ ipBlock: {} })],
  ["NetworkPolicy, block's range", from(block("10.0.0.0"))],
  ["NetworkPolicy, block's range is nonsense", from(block("everywhere"))],
  ["NetworkPolicy, block with stray bits", from(block("10.0.0.1/8"))],
  ["NetworkPolicy, block with zeros", from(block("010.0.0.0/8"))],
  ["NetworkPolicy, block too long", from(block("10.0.0.0/33"))],
  ["NetworkPolicy, block mapped", from(block("::ffff:10.0.0.0/104"))],
  ["NetworkPolicy, exception is nonsense", from(block("10.0.0.0/8", ["x"]))],
  ["NetworkPolicy, exception outside", from(block("10.0.0.0/8", ["11.0.0.0/16"]))],
  ["NetworkPolicy, exception of the other family", from(block("10.0.0.0/8", ["2001:db8::/64"]))],
  ["NetworkPolicy, exception as large", from(block("10.0.0.0/8", ["10.0.0.0/8"]))],
  ["NetworkPolicy, exception larger", from(block("10.1.0.0/16", ["10.0.0.0/8"]))],
  ["NetworkPolicy, exception with stray bits", from(block("10.0.0.0/8", ["10.1.2.3/16"]))],
  ["NetworkPolicy, bad range with exception", from(block("x", ["y"]))],
  ["NetworkPolicy, port 0", ports({ port: 0 })],
  ["NetworkPolicy, port too high", ports({ port: 65536 })],
  ["NetworkPolicy, port's name", ports({ port: "a_b" })],
  ["NetworkPolicy, port's empty name", ports({ port: "" })],
  ["NetworkPolicy, protocol", ports({ protocol: "ICMP", port: 1 })],
  ["NetworkPolicy, protocol's empty name", ports({ protocol: "", port: 1 })],
  ["NetworkPolicy, end before start", ports({ port: 80, endPort: 79 })],
  ["NetworkPolicy, end too high", ports({ port: 80, endPort: 70000 })],
  ["NetworkPolicy, end 0", ports({ port: 80, endPort: 0 })],
  ["NetworkPolicy, end of a name", ports({ port: "http", endPort: 90 })],
  ["NetworkPolicy, end without start", ports({ endPort: 90 })],
  ["NetworkPolicy, egress port", policy({ egress: [{ ports: [{ port: 0 }] }] })],
  ["NetworkPolicy, egress peer", policy({ egress: [{ to: [{}] }] })],
  ["NetworkPolicy, type", policy({ policyTypes: ["ingress"] })],
  ["NetworkPolicy, three types", policy({ policyTypes: ["Ingress", "Egress", "Other"] })],
  [
    "NetworkPolicy, several errors",
    policy({ ingress: [{ from: [{}], ports: [{ port: 0 }] }], egress: [{ to: [{}] }], policyTypes: ["X"] }),
  ],
];

export const updates: [string, Loose, Loose][] = [
  ["NetworkPolicy, other selector", policy(), policy({ podSelector: SELECTOR })],
  [
    "NetworkPolicy, egress added",
    policy({ policyTypes: ["Ingress"] }),
    policy({ policyTypes: ["Ingress"], egress: [{}] }),
  ],
  ["NetworkPolicy, types left out", policy({ policyTypes: ["Ingress", "Egress"] }), policy()],
  ["NetworkPolicy, labels", policy(), policy({}, { labels: { a: "b" } })],
  ["NetworkPolicy, nothing", EVERYTHING, EVERYTHING],
  ["NetworkPolicy, everything goes", EVERYTHING, policy()],
  ["NetworkPolicy, bad peer", policy(), from({})],
  ["NetworkPolicy, bad range", from(block("10.0.0.0/8")), from(block("10.0.0.1/8"))],
  ["NetworkPolicy, bad label", policy(), policy({}, { labels: { "a b": "c" } })],
  ["NetworkPolicy, bad finalizer", policy(), policy({}, { finalizers: ["x"] })],
  ["NetworkPolicy, bad type", policy(), policy({ policyTypes: ["x"] })],
];
