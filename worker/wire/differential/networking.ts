// Services, their endpoints, Ingresses and policies, request by request: warnings, node ports, generations, status endpoints, apply.
import type { Sent, Step } from "./run.ts";
import {
  APPLY,
  change,
  del,
  get,
  JSON_PATCH,
  MERGE,
  patch,
  post,
  put,
  sameVersionAs,
  type Script,
  STRATEGIC,
  stepsOf,
  TABLE,
} from "./script.ts";

const generation: Step["facts"] = (now) => now.body?.metadata?.generation;
const apply = (path: string, manager: string, body: unknown): Sent =>
  patch(`${path}?fieldManager=${manager}`, APPLY, body);

/** Every answer says that the kind is deprecated. */
function endpoints(ns: string): Script {
  const all = `/api/v1/namespaces/${ns}/endpoints`;
  const one = `${all}/a`;
  const made = (subsets: unknown, name = "a"): object => ({
    apiVersion: "v1",
    kind: "Endpoints",
    metadata: { name },
    subsets,
  });
  const some = [{ addresses: [{ ip: "10.1.2.3" }], ports: [{ port: 80 }] }];
  return [
    ["create", post(all, made(some))],
    ["create again", post(all, made(some))],
    ["create badly", post(all, made([{}], "b"))],
    ["dry run", post(`${all}?dryRun=All`, made(some, "b"))],
    ["get", get(one)],
    ["missing", get(`${all}/none`)],
    ["list", get(all)],
    ["table", get(all, TABLE)],
    ["everywhere", get("/api/v1/endpoints?fieldSelector=metadata.name%3Da"), (r) => r.body.items?.length],
    ["watch", get(`${all}?watch=1&timeoutSeconds=1`)],
    ["put", put(one, made([{ addresses: [{ ip: "2001:DB8::1" }] }]))],
    ["put a new one", put(`${all}/c`, made(some, "c"))],
    ["patch", patch(one, MERGE, { metadata: { labels: { a: "b" } } })],
    ["strategic patch", patch(one, STRATEGIC, { subsets: [{ addresses: [{ ip: "10.1.2.4" }] }] })],
    ["apply", apply(`${all}/d`, "m", made(some, "d"))],
    ["status", get(`${one}/status`)],
    ["not allowed", { ...post(one, made(some)) }],
    ["delete", del(one)],
    ["delete all", del(all)],
  ];
}

function slices(ns: string): Script {
  const all = `/apis/discovery.k8s.io/v1/namespaces/${ns}/endpointslices`;
  const one = `${all}/a`;
  const made = (changes: object = {}, name = "a"): object => ({
    apiVersion: "discovery.k8s.io/v1",
    kind: "EndpointSlice",
    metadata: { name },
    addressType: "IPv4",
    endpoints: [{ addresses: ["10.1.2.3"] }],
    ports: [{ name: "http", port: 80 }],
    ...changes,
  });
  return [
    ["create", post(all, made()), generation],
    ["without lists", post(all, made({ endpoints: undefined, ports: undefined }, "b"))],
    ["get without lists", get(`${all}/b`)],
    ["names", post(all, made({ addressType: "FQDN", endpoints: [{ addresses: ["a.example"] }] }, "c"))],
    ["IPv6 in capitals", post(all, made({ addressType: "IPv6", endpoints: [{ addresses: ["2001:DB8::1"] }] }, "w"))],
    ["label", patch(one, MERGE, { metadata: { labels: { a: "b" } } }), generation],
    ["annotation", patch(one, MERGE, { metadata: { annotations: { a: "b" } } }), generation],
    ["ready", patch(one, MERGE, { endpoints: [{ addresses: ["10.1.2.3"], conditions: { ready: true } }] }), generation],
    ["nothing", change(one, "ready", () => {}), sameVersionAs("ready")],
    ["other type", patch(one, MERGE, { addressType: "IPv6" })],
    ["apply a port", apply(one, "m", { ...made(), endpoints: undefined, ports: [{ name: "dns", port: 53 }] })],
    ["put to none", put(`${all}/none`, made({}, "none"))],
    ["no status", get(`${one}/status`)],
    ["table", get(all, TABLE)],
    ["delete", del(one)],
  ];
}

function ingresses(ns: string): Script {
  const group = "/apis/networking.k8s.io/v1";
  const all = `${group}/namespaces/${ns}/ingresses`;
  const one = `${all}/a`;
  const rule = (host: string): object => ({
    host,
    http: { paths: [{ path: "/", pathType: "Prefix", backend: { service: { name: "web", port: { number: 80 } } } }] },
  });
  const made = (spec: object, metadata: object = {}): object => ({
    apiVersion: "networking.k8s.io/v1",
    kind: "Ingress",
    metadata: { name: "a", ...metadata },
    spec,
  });
  const annotated = { name: "b", annotations: { "kubernetes.io/ingress.class": "nginx" } };
  return [
    ["create", post(all, made({ rules: [rule("a.example")] })), generation],
    ["class as annotation", post(all, made({ rules: [rule("b.example")] }, annotated))],
    ["badly", post(all, made({ rules: [{ host: "1.2.3.4" }, { http: {} }] }, { name: "c" }))],
    ["unknown field", post(`${all}?fieldValidation=Strict`, made({ backend: {} }, { name: "c" }))],
    ["tls", patch(one, MERGE, { spec: { tls: [{ hosts: ["a.example"], secretName: "t" }] } }), generation],
    ["another rule", patch(one, JSON_PATCH, [{ op: "add", path: "/spec/rules/-", value: rule("c.example") }])],
    ["rules are one", patch(one, STRATEGIC, { spec: { rules: [rule("d.example")] } }), generation],
    [
      "status",
      patch(`${one}/status`, MERGE, { status: { loadBalancer: { ingress: [{ ip: "1.2.3.4" }] } } }),
      generation,
    ],
    [
      "status of names",
      patch(`${one}/status`, MERGE, {
        status: { loadBalancer: { ingress: [{ hostname: "lb.example", ports: [{ port: 80, protocol: "TCP" }] }] } },
        spec: { rules: [] },
      }),
    ],
    [
      "status badly",
      patch(`${one}/status`, MERGE, { status: { loadBalancer: { ingress: [{ hostname: "1.2.3.4" }] } } }),
    ],
    ["status read", get(`${one}/status`)],
    ["status elsewhere", patch(one, MERGE, { status: { loadBalancer: null } }), sameVersionAs("status of names")],
    ["apply", apply(one, "m", made({ rules: [rule("e.example")] }))],
    ["apply a class", apply(one, "m2", made({ ingressClassName: "x" }))],
    ["table", get(all, TABLE)],
    ["list", get(all)],
    [
      "class",
      post(`${group}/ingressclasses`, { metadata: { name: ns }, spec: { controller: "example.com/c" } }),
      generation,
    ],
    ["class has no namespace", get(`${all.replace("/ingresses", "/ingressclasses")}/${ns}`)],
    ["class changed", patch(`${group}/ingressclasses/${ns}`, MERGE, { spec: { controller: "example.com/d" } })],
    ["class labelled", patch(`${group}/ingressclasses/${ns}`, MERGE, { metadata: { labels: { a: "b" } } }), generation],
    ["class deleted", del(`${group}/ingressclasses/${ns}`)],
    ["delete", del(one)],
  ];
}

function policies(ns: string): Script {
  const all = `/apis/networking.k8s.io/v1/namespaces/${ns}/networkpolicies`;
  const one = `${all}/a`;
  const made = (spec: object, name = "a"): object => ({
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata: { name },
    spec,
  });
  const from = (cidr: string): object => ({ podSelector: {}, ingress: [{ from: [{ ipBlock: { cidr } }] }] });
  return [
    ["create", post(all, made({ podSelector: {} })), generation],
    ["not canonical", post(all, made(from("2001:0DB8::/32"), "b"))],
    ["stray bits", post(all, made(from("10.0.0.1/8"), "c"))],
    ["selector", patch(one, MERGE, { spec: { podSelector: { matchLabels: { a: "b" } } } }), generation],
    ["label", patch(one, MERGE, { metadata: { labels: { a: "b" } } }), generation],
    ["ingress", patch(one, STRATEGIC, { spec: { ingress: [{ ports: [{ port: 80 }] }] } }), generation],
    ["apply", apply(one, "m", made(from("10.0.0.0/8")))],
    ["put", put(one, made({ podSelector: {}, policyTypes: ["Egress"] })), generation],
    ["no status", get(`${one}/status`)],
    ["table", get(all, TABLE)],
    ["delete", del(one)],
  ];
}

function ranges(ns: string): Script {
  const group = "/apis/networking.k8s.io/v1";
  const cidr = `${group}/servicecidrs/${ns}`;
  const ip = `${group}/ipaddresses/2001:db8::77`;
  const parentRef = { resource: "services", namespace: ns, name: "web" };
  return [
    ["range", post(`${group}/servicecidrs`, { metadata: { name: ns }, spec: { cidrs: ["10.77.0.0/24"] } }), generation],
    ["range's status", patch(`${cidr}/status`, MERGE, { status: { conditions: [] } })],
    ["range's second", patch(cidr, MERGE, { spec: { cidrs: ["10.77.0.0/24", "fd00:77::/112"] } }), generation],
    ["range changed", patch(cidr, MERGE, { spec: { cidrs: ["10.78.0.0/24", "fd00:77::/112"] } })],
    ["address", post(`${group}/ipaddresses`, { metadata: { name: "2001:db8::77" }, spec: { parentRef } }), generation],
    ["address badly", post(`${group}/ipaddresses`, { metadata: { name: "2001:DB8::77" }, spec: { parentRef } })],
    ["address read", get(ip)],
    ["address as a table", get(ip, TABLE)],
    ["address moved", patch(ip, MERGE, { spec: { parentRef: { name: "other" } } })],
    ["address deleted", del(ip)],
  ];
}

function services(ns: string): Script {
  const all = `/api/v1/namespaces/${ns}/services`;
  const one = `${all}/a`;
  const made = (spec: object, name = "a", metadata: object = {}): object => ({
    apiVersion: "v1",
    kind: "Service",
    metadata: { name, ...metadata },
    spec: { selector: { app: "web" }, ports: [{ name: "http", port: 80 }], ...spec },
  });
  const hints = { annotations: { "service.kubernetes.io/topology-aware-hints": "Auto" } };
  return [
    ["node port", post(all, made({ type: "NodePort" })), generation],
    ["table", get(all, TABLE)],
    ["of a type", get(`${all}?fieldSelector=spec.type%3DNodePort`), (r) => r.body.items?.length],
    ["second port", patch(one, STRATEGIC, { spec: { ports: [{ name: "more", port: 81 }] } })],
    [
      "ports stay",
      put(one, made({ type: "NodePort" })),
      (r, past) => r.body.spec.ports[0].nodePort === past["node port"]?.body.spec.ports[0].nodePort,
    ],
    ["bad port", patch(one, STRATEGIC, { spec: { ports: [{ port: 80, nodePort: 80 }] } })],
    ["no addresses", patch(one, MERGE, { spec: { clusterIP: null, clusterIPs: null } })],
    ["balancer", patch(one, MERGE, { spec: { type: "LoadBalancer", externalTrafficPolicy: "Local" } })],
    ["health port changed", patch(one, MERGE, { spec: { healthCheckNodePort: 31999 } })],
    ["status", patch(`${one}/status`, MERGE, { status: { loadBalancer: { ingress: [{ ip: "1.2.3.4" }] } } })],
    ["balancer's table", get(one, TABLE)],
    [
      "status badly",
      patch(`${one}/status`, MERGE, { status: { loadBalancer: { ingress: [{ ip: "a", ipMode: "X" }] } } }),
    ],
    ["cluster's own", patch(one, MERGE, { spec: { type: "ClusterIP" } })],
    ["status of none", patch(`${one}/status`, MERGE, { status: { loadBalancer: { ingress: [{ ip: "1.2.3.4" }] } } })],
    ["external name", patch(one, MERGE, { spec: { type: "ExternalName", externalName: "a.example" } })],
    ["close", post(all, made({ trafficDistribution: "PreferClose" }, "b", hints))],
    ["outside", post(all, made({ externalIPs: ["2001:DB8::1"], externalName: "x" }, "c"))],
    ["headless", post(all, made({ clusterIP: "None", sessionAffinity: "ClientIP", externalIPs: ["1.2.3.4"] }, "d"))],
    ["ranges", post(all, made({ type: "LoadBalancer", loadBalancerSourceRanges: ["2001:DB8::/32"] }, "e"))],
    ["warned on update", patch(`${all}/c`, MERGE, { metadata: { labels: { a: "b" } } })],
    ["apply", apply(`${all}/f`, "m", made({ type: "NodePort" }, "f"))],
    ["apply a second port", apply(`${all}/f`, "m2", { ...made({}, "f"), spec: { ports: [{ name: "x", port: 81 }] } })],
    ["apply the same", apply(`${all}/f`, "m", made({ type: "NodePort" }, "f")), sameVersionAs("apply a second port")],
    ["delete", del(one)],
  ];
}

export function networking(): Record<string, Step[]> {
  return stepsOf({ endpoints, slices, ingresses, policies, ranges, services });
}
