// Ingress and IngressClass. The test server has no default class, else its admission would fill one in.
import type { Loose } from "../../object.ts";

const backend = (name = "web", port: Loose = { number: 80 }): Loose => ({ service: { name, port } });
const path = (changes: Loose = {}): Loose => ({ path: "/", pathType: "Prefix", backend: backend(), ...changes });
const rule = (host?: string, ...paths: Loose[]): Loose => ({
  host,
  http: { paths: paths.length > 0 ? paths : [path()] },
});

const ingress = (spec: Loose = { rules: [rule()] }, metadata: Loose = {}): Loose => ({
  apiVersion: "networking.k8s.io/v1",
  kind: "Ingress",
  metadata: { name: "front", ...metadata },
  spec,
});
const withPath = (changes: Loose): Loose => ingress({ rules: [rule("a.example", path(changes))] });
const withHost = (...hosts: (string | undefined)[]): Loose => ingress({ rules: hosts.map((host) => rule(host)) });
const withBackend = (value: Loose): Loose => withPath({ backend: value });
const withTls = (...tls: Loose[]): Loose => ingress({ rules: [rule("a.example")], tls });

const ingressClass = (spec: Loose = { controller: "example.com/c" }, metadata: Loose = {}): Loose => ({
  apiVersion: "networking.k8s.io/v1",
  kind: "IngressClass",
  metadata: { name: "outer", ...metadata },
  spec,
});
const withParameters = (parameters: Loose): Loose => ingressClass({ controller: "example.com/c", parameters });

const RESOURCE = { apiGroup: "storage.example", kind: "Bucket", name: "b" };
const CLASS_ANNOTATION = "kubernetes.io/ingress.class";

const EVERYTHING = ingress(
  {
    ingressClassName: "nginx",
    defaultBackend: backend("fallback", { name: "http" }),
    rules: [
      rule("a.example", path(), path({ path: "/api", pathType: "Exact", backend: backend("api", { number: 8080 }) })),
      rule(
        "*.b.example",
        path({ path: undefined, pathType: "ImplementationSpecific", backend: { resource: RESOURCE } }),
      ),
      { host: "c.example" },
    ],
    tls: [{ hosts: ["a.example", "*.b.example"], secretName: "tls" }, {}],
  },
  { labels: { a: "b" }, annotations: { "nginx.ingress.kubernetes.io/rewrite-target": "/" } },
);

export const valid: [string, Loose][] = [
  ["Ingress, least", ingress({ defaultBackend: backend() })],
  ["Ingress, one rule", ingress()],
  ["Ingress, everything", EVERYTHING],
  ["Ingress, rule without http", ingress({ rules: [{}] })],
  ["Ingress, host alone", ingress({ rules: [{ host: "a.example" }] })],
  ["Ingress, class", ingress({ ingressClassName: "nginx", rules: [rule()] })],
  ["Ingress, class as annotation", ingress({ rules: [rule()] }, { annotations: { [CLASS_ANNOTATION]: "nginx" } })],
  [
    "Ingress, class both ways",
    ingress({ ingressClassName: "nginx", rules: [rule()] }, { annotations: { [CLASS_ANNOTATION]: "nginx" } }),
  ],
  ["Ingress, three hosts", withHost("a.example", "b.example", "c.example")],
  ["Ingress, five hosts", withHost("a.example", "b.example", "c.example", "d.example", "e.example")],
  ["Ingress, hosts and none", withHost("a.example", undefined, "b.example", "c.example", undefined)],
  ["Ingress, wildcard", withHost("*.example.com")],
  ["Ingress, empty host", ingress({ rules: [rule("")] })],
  ["Ingress, empty path", withPath({ path: "", pathType: "ImplementationSpecific" })],
  ["Ingress, expression as path", withPath({ path: "/a/(.*)//%2f", pathType: "ImplementationSpecific" })],
  ["Ingress, exact path", withPath({ path: "/a/b.html", pathType: "Exact" })],
  ["Ingress, port's name", withBackend(backend("web", { name: "http" }))],
  ["Ingress, resource", withBackend({ resource: { kind: "Bucket", name: "b" } })],
  ["Ingress, service starts with a digit", withBackend(backend("1web"))],
  ["Ingress, TLS", withTls({ hosts: ["a.example"], secretName: "tls" })],
  ["Ingress, TLS without anything", withTls({})],
  ["Ingress, TLS without secret", withTls({ hosts: ["a.example"] })],
  ["Ingress, status is dropped", { ...ingress(), status: { loadBalancer: { ingress: [{ ip: "1.2.3.4" }] } } }],
  ["IngressClass, least", ingressClass()],
  [
    "IngressClass, default",
    // Named so that it sorts nowhere: it would be filled into Ingresses while it is there.
    ingressClass(
      { controller: "example.com/c" },
      { annotations: { "ingressclass.kubernetes.io/is-default-class": "true" } },
    ),
  ],
  ["IngressClass, path", ingressClass({ controller: "k8s.io/ingress-nginx/v1:a%20b~c" })],
  ["IngressClass, parameters", withParameters({ kind: "P", name: "p" })],
  [
    "IngressClass, group's parameters",
    withParameters({ apiGroup: "example.com", kind: "P", name: "p", scope: "Cluster" }),
  ],
  [
    "IngressClass, namespace's parameters",
    withParameters({ apiGroup: "example.com", kind: "P", name: "p", scope: "Namespace", namespace: "shop" }),
  ],
];

export const invalid: [string, Loose][] = [
  ["Ingress, name", ingress(undefined, { name: "A" })],
  ["Ingress, nothing", ingress({})],
  ["Ingress, no spec", { ...ingress(), spec: undefined }],
  ["Ingress, only a class", ingress({ ingressClassName: "nginx" })],
  ["Ingress, class", ingress({ ingressClassName: "A_b", rules: [rule()] })],
  ["Ingress, empty class", ingress({ ingressClassName: "", rules: [rule()] })],
  [
    "Ingress, class differs",
    ingress({ ingressClassName: "nginx", rules: [rule()] }, { annotations: { [CLASS_ANNOTATION]: "other" } }),
  ],
  ["Ingress, address as host", withHost("1.2.3.4")],
  ["Ingress, IPv6 address as host", withHost("2001:db8::1")],
  ["Ingress, host with port", withHost("a.example:80")],
  ["Ingress, host in capitals", withHost("A.example")],
  ["Ingress, wildcard alone", withHost("*")],
  ["Ingress, wildcard inside", withHost("a.*.example")],
  ["Ingress, wildcard twice", withHost("*.*.example")],
  ["Ingress, wildcard of a part", withHost("*a.example")],
  ["Ingress, no paths", ingress({ rules: [{ http: { paths: [] } }] })],
  ["Ingress, paths left out", ingress({ rules: [{ http: {} }] })],
  ["Ingress, no path type", withPath({ pathType: undefined })],
  ["Ingress, path type", withPath({ pathType: "Regex" })],
  ["Ingress, empty path type", withPath({ pathType: "" })],
  ["Ingress, no path", withPath({ path: undefined })],
  ["Ingress, relative path", withPath({ path: "a" })],
  ["Ingress, relative expression", withPath({ path: "a", pathType: "ImplementationSpecific" })],
  ["Ingress, path with //", withPath({ path: "/a//b" })],
  ["Ingress, path with /./", withPath({ path: "/a/./b" })],
  ["Ingress, path with /../", withPath({ path: "/a/../b", pathType: "Exact" })],
  ["Ingress, path with %2f", withPath({ path: "/a%2fb%2F" })],
  ["Ingress, path ends with /..", withPath({ path: "/a/.." })],
  ["Ingress, path ends with /.", withPath({ path: "/a/." })],
  ["Ingress, no backend", withPath({ backend: undefined })],
  ["Ingress, empty backend", withBackend({})],
  ["Ingress, both backends", withBackend({ ...backend(), resource: RESOURCE })],
  ["Ingress, service without name", withBackend({ service: { port: { number: 80 } } })],
  ["Ingress, service's name", withBackend(backend("A_b"))],
  ["Ingress, service with dots", withBackend(backend("a.b"))],
  ["Ingress, service without port", withBackend({ service: { name: "web" } })],
  ["Ingress, port both ways", withBackend(backend("web", { name: "http", number: 80 }))],
  ["Ingress, port's name", withBackend(backend("web", { name: "-a" }))],
  ["Ingress, port's long name", withBackend(backend("web", { name: "a-very-long-port-name" }))],
  ["Ingress, port's number", withBackend(backend("web", { number: 70000 }))],
  ["Ingress, negative port", withBackend(backend("web", { number: -1 }))],
  ["Ingress, resource without kind", withBackend({ resource: { name: "b" } })],
  ["Ingress, resource without name", withBackend({ resource: { kind: "Bucket" } })],
  ["Ingress, resource's parts", withBackend({ resource: { apiGroup: "A_b", kind: "a/b", name: ".." } })],
  ["Ingress, empty group", withBackend({ resource: { apiGroup: "", kind: "a", name: "b" } })],
  ["Ingress, default backend", ingress({ defaultBackend: {} })],
  ["Ingress, default backend's service", ingress({ defaultBackend: backend("A", {}) })],
  ["Ingress, TLS host", withTls({ hosts: ["A"] })],
  ["Ingress, TLS wildcard", withTls({ hosts: ["*"] })],
  ["Ingress, TLS secret", withTls({ secretName: "A_b" })],
  [
    "Ingress, several errors",
    ingress({ defaultBackend: {}, rules: [rule("1.2.3.4", {})], tls: [{ secretName: "_" }] }),
  ],
  ["Ingress, label", ingress(undefined, { labels: { "a b": "c" } })],
  ["IngressClass, name", ingressClass(undefined, { name: "A" })],
  ["IngressClass, no spec", { ...ingressClass(), spec: undefined }],
  ["IngressClass, controller without path", ingressClass({ controller: "example.com" })],
  ["IngressClass, controller with empty path", ingressClass({ controller: "example.com/" })],
  ["IngressClass, controller without domain", ingressClass({ controller: "/a" })],
  ["IngressClass, controller's domain", ingressClass({ controller: "A_b/c" })],
  ["IngressClass, controller's path", ingressClass({ controller: "example.com/a b" })],
  ["IngressClass, long controller", ingressClass({ controller: `example.com/${"a".repeat(250)}` })],
  ["IngressClass, empty parameters", withParameters({})],
  ["IngressClass, parameters without name", withParameters({ kind: "P" })],
  ["IngressClass, parameters' parts", withParameters({ apiGroup: "A_b", kind: "a/b", name: "c%" })],
  ["IngressClass, scope", withParameters({ kind: "P", name: "p", scope: "World" })],
  ["IngressClass, no namespace", withParameters({ kind: "P", name: "p", scope: "Namespace" })],
  ["IngressClass, namespace", withParameters({ kind: "P", name: "p", scope: "Namespace", namespace: "A_b" })],
  ["IngressClass, namespace of a cluster's", withParameters({ kind: "P", name: "p", namespace: "shop" })],
];

export const updates: [string, Loose, Loose][] = [
  ["Ingress, other backend", ingress(), withBackend(backend("other"))],
  ["Ingress, class later", ingress(), ingress({ ingressClassName: "nginx", rules: [rule()] })],
  [
    "Ingress, class differs later",
    ingress(),
    ingress({ ingressClassName: "nginx", rules: [rule()] }, { annotations: { [CLASS_ANNOTATION]: "other" } }),
  ],
  ["Ingress, nothing", EVERYTHING, EVERYTHING],
  ["Ingress, status is kept", ingress(), { ...ingress(), status: { loadBalancer: { ingress: [{ ip: "1.2.3.4" }] } } }],
  ["Ingress, to nothing", ingress(), ingress({})],
  ["Ingress, bad host", ingress(), withHost("A")],
  ["Ingress, bad secret", ingress(), withTls({ secretName: "_" })],
  ["Ingress, bad label", ingress(), ingress(undefined, { labels: { "a b": "c" } })],
  ["Ingress, bad finalizer", ingress(), ingress(undefined, { finalizers: ["x"] })],
  [
    "Ingress, bad owner",
    ingress(),
    ingress(undefined, { ownerReferences: [{ apiVersion: "", kind: "A", name: "a", uid: "1" }] }),
  ],
  ["IngressClass, parameters", ingressClass(), withParameters({ kind: "P", name: "p" })],
  ["IngressClass, other controller", ingressClass(), ingressClass({ controller: "example.com/d" })],
  ["IngressClass, bad controller", ingressClass(), ingressClass({ controller: "d" })],
  ["IngressClass, no spec", ingressClass(), ingressClass({})],
  ["IngressClass, annotations", ingressClass(), ingressClass(undefined, { annotations: { a: "b" } })],
  ["IngressClass, bad finalizer", ingressClass(), ingressClass(undefined, { finalizers: ["x"] })],
  ["IngressClass, bad parameters", ingressClass(), withParameters({ kind: "P" })],
];
