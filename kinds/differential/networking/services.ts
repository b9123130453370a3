// Service, in depth. The test server has one range, 10.96.0.0/16, and node ports 30000-32767; each case asks for node ports of its own, since
// deleted Services give theirs back a little later.
import type { Loose } from "../../object.ts";
import { service } from "../manifests.ts";

let next = 30100;
/** A node port that no other case asks for. */
const free = (): number => next++;

const external = (spec: Loose = {}): Loose => ({
  ...service(),
  spec: { type: "ExternalName", externalName: "a.example", ...spec },
});
const balancer = (spec: Loose = {}, metadata: Loose = {}): Loose =>
  service({ type: "LoadBalancer", ...spec }, metadata);
const nodes = (spec: Loose = {}): Loose => service({ type: "NodePort", ...spec });
const headless = (spec: Loose = {}): Loose => service({ clusterIP: "None", ...spec });
const port = (changes: Loose): Loose => service({ ports: [{ port: 80, ...changes }] });

const DNS = [
  { name: "udp", port: 53, protocol: "UDP" },
  { name: "tcp", port: 53 },
];
const TWO = [
  { name: "a", port: 80 },
  { name: "b", port: 81 },
];
const HINTS = "service.kubernetes.io/topology-aware-hints";
const MODE = "service.kubernetes.io/topology-mode";
const RANGES = "service.beta.kubernetes.io/load-balancer-source-ranges";

const everything = (changes: Loose = {}): Loose =>
  balancer(
    {
      ports: [
        { name: "http", port: 80, targetPort: "http", appProtocol: "http" },
        { name: "dns", port: 53, targetPort: 5353, protocol: "UDP", appProtocol: "example.com/dns" },
        { name: "sctp", port: 9, protocol: "SCTP" },
      ],
      externalIPs: ["1.2.3.4", "2001:db8::1"],
      loadBalancerIP: "5.6.7.8",
      loadBalancerSourceRanges: ["10.0.0.0/8", " 2001:db8::/32 "],
      loadBalancerClass: "example.com/lb",
      externalTrafficPolicy: "Local",
      internalTrafficPolicy: "Local",
      sessionAffinity: "ClientIP",
      sessionAffinityConfig: { clientIP: { timeoutSeconds: 60 } },
      publishNotReadyAddresses: true,
      trafficDistribution: "PreferSameNode",
      ...changes,
    },
    { labels: { a: "b" }, annotations: { [MODE]: "Auto", [HINTS]: "Auto" } },
  );

export const valid: [string, Loose][] = [
  ["Service, no selector", { ...service(), spec: { ports: [{ port: 80 }] } }],
  ["Service, NodePort, given", nodes()],
  ["Service, NodePort, some given", nodes({ ports: [{ ...TWO[0], nodePort: free() }, TWO[1]] })],
  ["Service, NodePort, one number", nodes({ ports: DNS })],
  ["Service, NodePort, one number, one named", nodes({ ports: [DNS[0], { ...DNS[1], nodePort: free() }] })],
  ["Service, NodePort, local", nodes({ externalTrafficPolicy: "Local" })],
  [
    "Service, NodePort, two ports of one number",
    nodes({
      ports: [
        { ...DNS[0], nodePort: free() },
        { ...DNS[1], nodePort: free() },
      ],
    }),
  ],
  ["Service, LoadBalancer, given", balancer()],
  ["Service, LoadBalancer, local", balancer({ externalTrafficPolicy: "Local" })],
  [
    "Service, LoadBalancer, local, port named",
    balancer({ externalTrafficPolicy: "Local", healthCheckNodePort: free() }),
  ],
  ["Service, LoadBalancer, no node ports", balancer({ allocateLoadBalancerNodePorts: false })],
  [
    "Service, LoadBalancer, no node ports but one",
    balancer({ allocateLoadBalancerNodePorts: false, ports: [{ ...TWO[0], nodePort: free() }, TWO[1]] }),
  ],
  ["Service, LoadBalancer, class", balancer({ loadBalancerClass: "internal-vip" })],
  ["Service, LoadBalancer, ranges", balancer({ loadBalancerSourceRanges: ["0.0.0.0/0"] })],
  [
    "Service, LoadBalancer, ranges as annotation",
    balancer({}, { annotations: { [RANGES]: "10.0.0.0/8, 1.2.3.0/24 " } }),
  ],
  ["Service, LoadBalancer, empty annotation", balancer({}, { annotations: { [RANGES]: " " } })],
  ["Service, LoadBalancer, address", balancer({ loadBalancerIP: "anything goes" })],
  ["Service, everything", everything()],
  ["Service, status is dropped", { ...balancer(), status: { loadBalancer: { ingress: [{ ip: "1.2.3.4" }] } } }],
  ["Service, headless with affinity", headless({ sessionAffinity: "ClientIP", externalIPs: ["1.2.3.4"] })],
  ["Service, headless without ports", headless({ ports: undefined })],
  ["Service, headless by the list", headless({ clusterIPs: ["None"] })],
  ["Service, headless, both families preferred", headless({ ipFamilyPolicy: "PreferDualStack" })],
  [
    "Service, headless without selector, one family",
    { ...service(), spec: { clusterIP: "None", ipFamilyPolicy: "SingleStack", ports: [{ port: 80 }] } },
  ],
  [
    "Service, headless without selector, IPv6 first",
    { ...service(), spec: { clusterIP: "None", ipFamilies: ["IPv6"], ports: [{ port: 80 }] } },
  ],
  [
    "Service, headless without selector, preferred",
    { ...service(), spec: { clusterIP: "None", ipFamilyPolicy: "PreferDualStack" } },
  ],
  ["Service, family", service({ ipFamilies: ["IPv4"] })],
  ["Service, one family", service({ ipFamilyPolicy: "SingleStack", ipFamilies: ["IPv4"] })],
  ["Service, both families preferred", service({ ipFamilyPolicy: "PreferDualStack" })],
  ["Service, address named", service({ clusterIP: "10.96.77.7" })],
  ["Service, address named twice", service({ clusterIP: "10.96.77.8", clusterIPs: ["10.96.77.8"] })],
  ["Service, local inside", service({ internalTrafficPolicy: "Local" })],
  ["Service, traffic close", service({ trafficDistribution: "PreferClose" })],
  ["Service, traffic in the zone", service({ trafficDistribution: "PreferSameZone" })],
  ["Service, topology", service({}, { annotations: { [HINTS]: "Auto" } })],
  [
    "Service, affinity of a second",
    service({ sessionAffinity: "ClientIP", sessionAffinityConfig: { clientIP: { timeoutSeconds: 1 } } }),
  ],
  ["Service, affinity half said", service({ sessionAffinity: "ClientIP", sessionAffinityConfig: { clientIP: {} } })],
  ["Service, affinity's rest is dropped", service({ sessionAffinityConfig: { clientIP: { timeoutSeconds: 1 } } })],
  [
    "Service, external policy of external addresses",
    service({ externalIPs: ["1.2.3.4"], externalTrafficPolicy: "Local" }),
  ],
  [
    "Service, target ports",
    service({
      ports: [
        { ...TWO[0], targetPort: "web" },
        { ...TWO[1], targetPort: 8080 },
      ],
    }),
  ],
  ["Service, target port 0", port({ targetPort: 0 })],
  ["Service, empty target port", port({ targetPort: "" })],
  ["Service, external name of a ClusterIP", service({ externalName: "whatever" })],
  ["Service, ExternalName with dot", external({ externalName: "a.example." })],
  ["Service, ExternalName with ports", external({ ports: TWO, selector: { a: "b" }, externalIPs: ["1.2.3.4"] })],
  ["Service, ExternalName with policies", external({ internalTrafficPolicy: "Local", publishNotReadyAddresses: true })],
  ["Service, name of digits", service({}, { name: "1" })],
  [
    "Service, everything empty",
    service({ externalIPs: [], loadBalancerSourceRanges: [], clusterIPs: [], ipFamilies: [] }),
  ],
];

export const invalid: [string, Loose][] = [
  ["Service, both families required", service({ ipFamilyPolicy: "RequireDualStack" })],
  ["Service, IPv6", service({ ipFamilies: ["IPv6"] })],
  ["Service, address of IPv6", service({ clusterIP: "fd00::1" })],
  ["Service, address out of range", service({ clusterIP: "10.1.2.3" })],
  ["Service, no spec", { ...service(), spec: undefined }],
  ["Service, long name", service({}, { name: "a".repeat(64) })],
  ["Service, empty port", service({ ports: [{}] })],
  ["Service, port too high", port({ port: 65536 })],
  ["Service, negative port", port({ port: -1 })],
  ["Service, target port too high", port({ targetPort: 65536 })],
  ["Service, target port's long name", port({ targetPort: "a-very-long-port-name" })],
  ["Service, target port of digits", port({ targetPort: "80" })],
  ["Service, port's name", port({ name: "A_b" })],
  ["Service, port's name with dots", port({ name: "a.b" })],
  ["Service, application protocol", port({ appProtocol: "a b" })],
  ["Service, empty application protocol", port({ appProtocol: "" })],
  ["Service, empty name among two", service({ ports: [{ port: 80, name: "a" }, { port: 81 }] })],
  ["Service, node port too low", nodes({ ports: [{ port: 80, nodePort: 80 }] })],
  ["Service, node port too high", nodes({ ports: [{ port: 80, nodePort: 40000 }] })],
  ["Service, negative node port", nodes({ ports: [{ port: 80, nodePort: -1 }] })],
  ["Service, node port one too high", nodes({ ports: [{ port: 80, nodePort: 32768 }] })],
  ["Service, balancer's node port too low", balancer({ ports: [{ port: 80, nodePort: 80 }] })],
  ["Service, second node port too low", nodes({ ports: [TWO[0], { ...TWO[1], nodePort: 1 }] })],
  ["Service, node ports too low", nodes({ ports: TWO.map((one) => ({ ...one, nodePort: 1 })) })],
  ["Service, node port too low and more", nodes({ sessionAffinity: "x", ports: [{ port: 80, nodePort: 80 }] })],
  ["Service, node port twice", nodes({ ports: TWO.map((one) => ({ ...one, nodePort: 30099 })) })],
  [
    "Service, node port twice, other protocol",
    nodes({
      ports: [
        { ...TWO[0], nodePort: 30098 },
        { ...TWO[1], nodePort: 30098, protocol: "UDP" },
      ],
    }),
  ],
  ["Service, node port of an ExternalName", external({ externalName: "", ports: [{ port: 80, nodePort: 30097 }] })],
  ["Service, headless NodePort", nodes({ clusterIP: "None" })],
  ["Service, headless LoadBalancer", balancer({ clusterIP: "None" })],
  ["Service, None and more", service({ clusterIP: "None", clusterIPs: ["None", "10.96.1.1"] })],
  ["Service, address without list's", service({ clusterIPs: ["10.96.1.1"] })],
  ["Service, address and list differ", service({ clusterIP: "10.96.1.1", clusterIPs: ["10.96.1.2"] })],
  ["Service, three addresses", service({ clusterIP: "10.96.1.1", clusterIPs: ["10.96.1.1", "fd00::1", "10.96.1.2"] })],
  ["Service, two addresses of a family", service({ clusterIP: "10.96.1.1", clusterIPs: ["10.96.1.1", "10.96.1.2"] })],
  ["Service, two addresses, one stack", service({ clusterIP: "10.96.1.1", clusterIPs: ["10.96.1.1", "fd00::1"] })],
  ["Service, address with zeros", service({ clusterIP: "10.096.1.1" })],
  ["Service, address mapped", service({ clusterIP: "::ffff:10.96.1.1" })],
  ["Service, address of other family", service({ clusterIP: "10.96.1.1", ipFamilies: ["IPv6"] })],
  ["Service, address IPv6 of family IPv4", service({ clusterIP: "fd00::1", ipFamilies: ["IPv4"] })],
  ["Service, family", service({ ipFamilies: ["IPv5"] })],
  ["Service, family twice", service({ ipFamilies: ["IPv4", "IPv4"] })],
  ["Service, two families, one stack", service({ ipFamilyPolicy: "SingleStack", ipFamilies: ["IPv4", "IPv6"] })],
  ["Service, two families without policy", service({ ipFamilies: ["IPv4", "IPv6"] })],
  ["Service, family policy", service({ ipFamilyPolicy: "Dual" })],
  ["Service, family policy and more", service({ ipFamilyPolicy: "Dual", ports: [], type: "x" })],
  ["Service, external address", service({ externalIPs: ["a"] })],
  ["Service, external address with zeros", service({ externalIPs: ["1.2.3.04"] })],
  ["Service, external loopback", service({ externalIPs: ["127.0.0.1"] })],
  ["Service, external unspecified", service({ externalIPs: ["0.0.0.0"] })],
  ["Service, external link-local", service({ externalIPs: ["169.254.1.1", "fe80::1"] })],
  ["Service, external multicast", service({ externalIPs: ["224.0.0.1"] })],
  ["Service, ranges of a ClusterIP", service({ loadBalancerSourceRanges: ["10.0.0.0/8"] })],
  ["Service, bad range", balancer({ loadBalancerSourceRanges: ["10.0.0.0"] })],
  ["Service, range with stray bits", balancer({ loadBalancerSourceRanges: ["10.0.0.1/8"] })],
  ["Service, annotated range of a ClusterIP", service({}, { annotations: { [RANGES]: "10.0.0.0/8" } })],
  ["Service, bad annotated range", balancer({}, { annotations: { [RANGES]: "10.0.0.0/8,x" } })],
  ["Service, node ports of a balancer, ClusterIP", service({ allocateLoadBalancerNodePorts: true })],
  ["Service, class of a ClusterIP", service({ loadBalancerClass: "a/b" })],
  ["Service, class", balancer({ loadBalancerClass: "a b" })],
  ["Service, empty class", balancer({ loadBalancerClass: "" })],
  ["Service, health port of a ClusterIP", service({ healthCheckNodePort: 30096 })],
  ["Service, health port without Local", balancer({ healthCheckNodePort: 30096 })],
  ["Service, health port of a NodePort", nodes({ externalTrafficPolicy: "Local", healthCheckNodePort: 30096 })],
  ["Service, external policy", nodes({ externalTrafficPolicy: "Magic" })],
  ["Service, external policy of ExternalName", external({ externalTrafficPolicy: "Cluster" })],
  ["Service, internal policy of ExternalName", external({ internalTrafficPolicy: "Magic" })],
  ["Service, empty internal policy", service({ internalTrafficPolicy: "" })],
  ["Service, distribution", service({ trafficDistribution: "Magic" })],
  ["Service, empty distribution", service({ trafficDistribution: "" })],
  [
    "Service, affinity's timeout 0",
    service({ sessionAffinity: "ClientIP", sessionAffinityConfig: { clientIP: { timeoutSeconds: 0 } } }),
  ],
  [
    "Service, affinity's timeout too long",
    service({ sessionAffinity: "ClientIP", sessionAffinityConfig: { clientIP: { timeoutSeconds: 86401 } } }),
  ],
  ["Service, topology", service({}, { annotations: { [HINTS]: "Auto", [MODE]: "Disabled" } })],
  ["Service, ExternalName's name", external({ externalName: "A_b" })],
  ["Service, ExternalName's address", external({ clusterIP: "10.96.1.1" })],
  ["Service, ExternalName headless", external({ clusterIP: "None" })],
  ["Service, ExternalName's families", external({ ipFamilies: ["IPv4"], ipFamilyPolicy: "SingleStack" })],
  ["Service, selector's value", service({ selector: { a: "b c" } })],
  [
    "Service, several errors",
    service({
      type: "Magic",
      ports: [{ port: 0, protocol: "x", targetPort: -1 }],
      sessionAffinity: "y",
      externalIPs: ["z"],
    }),
  ],
];

export const updates: [string, Loose, Loose][] = [
  ["Service, to NodePort", service(), nodes()],
  ["Service, to NodePort, named", service(), nodes({ ports: [{ port: 80, nodePort: free() }] })],
  ["Service, to NodePort, one number", service({ ports: DNS }), nodes({ ports: DNS })],
  ["Service, to LoadBalancer", service(), balancer()],
  ["Service, NodePort kept", nodes(), nodes({ ports: [{ port: 81 }] })],
  [
    "Service, NodePort kept by name",
    nodes({ ports: TWO }),
    nodes({ ports: [TWO[1], TWO[0], { name: "c", port: 82 }] }),
  ],
  [
    "Service, NodePort goes to another",
    nodes({
      ports: [
        { ...TWO[0], nodePort: 30080 },
        { ...TWO[1], nodePort: 30081 },
      ],
    }),
    nodes({ ports: [TWO[0], { ...TWO[1], nodePort: 30080 }] }),
  ],
  [
    "Service, other NodePort",
    nodes({ ports: [{ port: 80, nodePort: free() }] }),
    nodes({ ports: [{ port: 80, nodePort: free() }] }),
  ],
  ["Service, NodePort too low", nodes(), nodes({ ports: [{ port: 80, nodePort: 80 }] })],
  ["Service, NodePort to LoadBalancer", nodes(), balancer()],
  ["Service, LoadBalancer to NodePort", balancer({ loadBalancerClass: "a/b" }), nodes()],
  [
    "Service, LoadBalancer to ClusterIP, class left",
    balancer({ loadBalancerClass: "a/b" }),
    service({ loadBalancerClass: "a/b" }),
  ],
  [
    "Service, LoadBalancer to ClusterIP, class changed",
    balancer({ loadBalancerClass: "a/b" }),
    service({ loadBalancerClass: "a/c" }),
  ],
  [
    "Service, LoadBalancer to ClusterIP, rest left",
    balancer({ externalTrafficPolicy: "Local" }),
    service({ externalTrafficPolicy: "Local", allocateLoadBalancerNodePorts: true }),
  ],
  [
    "Service, LoadBalancer to ClusterIP, rest changed",
    balancer(),
    service({ externalTrafficPolicy: "Local", allocateLoadBalancerNodePorts: false }),
  ],
  [
    "Service, node port left behind",
    nodes({ ports: [{ port: 80, nodePort: 30082 }] }),
    service({ ports: [{ port: 80, nodePort: 30082 }] }),
  ],
  [
    "Service, node port changed behind",
    nodes({ ports: [{ port: 80, nodePort: 30083 }] }),
    service({ ports: [{ port: 80, nodePort: 30084 }] }),
  ],
  ["Service, to Local", balancer(), balancer({ externalTrafficPolicy: "Local" })],
  [
    "Service, Local kept",
    balancer({ externalTrafficPolicy: "Local" }),
    balancer({ externalTrafficPolicy: "Local", ports: [{ port: 81 }] }),
  ],
  ["Service, from Local", balancer({ externalTrafficPolicy: "Local" }), balancer()],
  [
    "Service, from Local, port left",
    balancer({ externalTrafficPolicy: "Local", healthCheckNodePort: 30085 }),
    balancer({ healthCheckNodePort: 30085 }),
  ],
  [
    "Service, from Local, port changed",
    balancer({ externalTrafficPolicy: "Local", healthCheckNodePort: 30086 }),
    balancer({ healthCheckNodePort: 30087 }),
  ],
  [
    "Service, other health port",
    balancer({ externalTrafficPolicy: "Local", healthCheckNodePort: 30088 }),
    balancer({ externalTrafficPolicy: "Local", healthCheckNodePort: 30089 }),
  ],
  ["Service, class later", balancer(), balancer({ loadBalancerClass: "a/b" })],
  ["Service, other class", balancer({ loadBalancerClass: "a/b" }), balancer({ loadBalancerClass: "a/c" })],
  ["Service, class goes", balancer({ loadBalancerClass: "a/b" }), balancer()],
  ["Service, bad class", balancer({ loadBalancerClass: "a/b" }), balancer({ loadBalancerClass: "a b" })],
  ["Service, class of a ClusterIP", service(), service({ loadBalancerClass: "a/b" })],
  ["Service, no more node ports", balancer(), balancer({ allocateLoadBalancerNodePorts: false })],
  ["Service, node ports after all", balancer({ allocateLoadBalancerNodePorts: false }), balancer()],
  ["Service, headless stays", headless(), service()],
  ["Service, headless gets an address", headless(), service({ clusterIP: "10.96.55.5" })],
  ["Service, becomes headless", service(), headless()],
  ["Service, headless loses its selector", headless(), { ...service(), spec: { ports: [{ port: 80 }] } }],
  ["Service, headless, other families", headless(), headless({ ipFamilyPolicy: "PreferDualStack" })],
  ["Service, headless to NodePort", headless(), nodes()],
  ["Service, address cleared", service({ clusterIP: "10.96.55.6" }), service({ clusterIP: "" })],
  ["Service, address changed", service({ clusterIP: "10.96.55.7" }), service({ clusterIP: "10.96.55.8" })],
  [
    "Service, list changed",
    service({ clusterIP: "10.96.55.9" }),
    service({ clusterIP: "10.96.55.9", clusterIPs: ["10.96.55.10"] }),
  ],
  [
    "Service, two addresses",
    service({ clusterIP: "10.96.55.11" }),
    service({ clusterIP: "10.96.55.11", clusterIPs: ["10.96.55.11", "10.96.55.12"] }),
  ],
  ["Service, family changed", service(), service({ ipFamilies: ["IPv6"] })],
  ["Service, families without policy", service(), service({ ipFamilies: ["IPv4", "IPv6"] })],
  ["Service, preferred later", service(), service({ ipFamilyPolicy: "PreferDualStack" })],
  [
    "Service, preferred stays",
    service({ ipFamilyPolicy: "PreferDualStack" }),
    service({ ipFamilyPolicy: "PreferDualStack", ports: [{ port: 1 }] }),
  ],
  ["Service, preferred left out", service({ ipFamilyPolicy: "PreferDualStack" }), service()],
  [
    "Service, one stack after all",
    service({ ipFamilyPolicy: "PreferDualStack" }),
    service({ ipFamilyPolicy: "SingleStack" }),
  ],
  ["Service, ExternalName changes", external(), external({ externalName: "b.example" })],
  ["Service, ExternalName to headless", external(), headless()],
  ["Service, ExternalName to NodePort", external(), nodes()],
  ["Service, NodePort to ExternalName", nodes(), external()],
  [
    "Service, NodePort to ExternalName, address kept",
    nodes({ clusterIP: "10.96.55.13" }),
    external({ clusterIP: "10.96.55.13" }),
  ],
  [
    "Service, to ExternalName, families left",
    service(),
    external({ ipFamilies: ["IPv4"], ipFamilyPolicy: "SingleStack" }),
  ],
  [
    "Service, LoadBalancer's status is kept",
    balancer(),
    { ...balancer(), status: { loadBalancer: { ingress: [{ ip: "1.2.3.4" }] } } },
  ],
  ["Service, affinity", service(), service({ sessionAffinity: "ClientIP" })],
  ["Service, affinity goes", service({ sessionAffinity: "ClientIP" }), service()],
  ["Service, external address", service(), service({ externalIPs: ["1.2.3.4"] })],
  [
    "Service, external address goes",
    service({ externalIPs: ["1.2.3.4"] }),
    service({ externalTrafficPolicy: "Cluster" }),
  ],
  ["Service, bad external address", service({ externalIPs: ["1.2.3.4"] }), service({ externalIPs: ["1.2.3.4", "a"] })],
  [
    "Service, bad range",
    balancer({ loadBalancerSourceRanges: ["10.0.0.0/8"] }),
    balancer({ loadBalancerSourceRanges: ["10.0.0.1/8"] }),
  ],
  [
    "Service, bad annotated range",
    balancer({}, { annotations: { [RANGES]: "10.0.0.0/8" } }),
    balancer({}, { annotations: { [RANGES]: "x" } }),
  ],
  ["Service, topology differs", service(), service({}, { annotations: { [HINTS]: "Auto", [MODE]: "Disabled" } })],
  ["Service, no ports", service(), service({ ports: [] })],
  ["Service, bad label", service(), service({}, { labels: { "a b": "c" } })],
  ["Service, bad finalizer", service(), service({}, { finalizers: ["x"] })],
  ["Service, nothing", everything(), everything()],
  ["Service, everything goes", everything(), service()],
];
