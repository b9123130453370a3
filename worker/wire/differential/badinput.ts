// Requests that a client gets wrong. One line a case; the name says what is wrong.
import type { Past, Sent, Step } from "./run.ts";

const NS = "/api/v1/namespaces/diff";
const MAPS = `${NS}/configmaps`;
const DEPLOYMENTS = "/apis/apps/v1/namespaces/diff/deployments";

export const map = (name: string, more: object = {}): object => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name },
  data: { a: "1" },
  ...more,
});
export const container = { name: "c", image: "nginx:1" };
export const deployment = (name: string, spec: object = {}): object => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name },
  spec: {
    selector: { matchLabels: { app: name } },
    template: { metadata: { labels: { app: name } }, spec: { containers: [container] } },
    ...spec,
  },
});

const post = (path: string, body: unknown, headers?: Record<string, string>): Sent => ({
  method: "POST",
  path,
  body,
  headers,
});
const get = (path: string, headers?: Record<string, string>): Sent => ({ method: "GET", path, headers });
const put = (path: string, body: unknown): Sent => ({ method: "PUT", path, body });
const patch = (path: string, type: string, body: unknown, query = ""): Sent => ({
  method: "PATCH",
  path: path + query,
  body,
  headers: { "content-type": `application/${type}` },
});
const JSON_PATCH = "json-patch+json";
const MERGE = "merge-patch+json";
const STRATEGIC = "strategic-merge-patch+json";
const APPLY = "apply-patch+yaml";

const bytes = (...parts: (string | number[])[]): Uint8Array =>
  Uint8Array.from(parts.flatMap((part) => (typeof part === "string" ? [...new TextEncoder().encode(part)] : part)));
const PROTOBUF = { "content-type": "application/vnd.kubernetes.protobuf" };
const YAML = { "content-type": "application/yaml" };

const prepare: Record<string, Sent> = {
  namespace: post("/api/v1/namespaces", { apiVersion: "v1", kind: "Namespace", metadata: { name: "diff" } }),
  map: post(MAPS, map("there")),
  deployment: post(DEPLOYMENTS, deployment("web")),
};

const bodies: Record<string, Sent> = {
  "JSON: empty body": post(MAPS, ""),
  "JSON: not JSON": post(MAPS, "hello"),
  "JSON: cut off": post(MAPS, '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"x"'),
  "JSON: text after it": post(MAPS, `${JSON.stringify(map("x"))} x`),
  "JSON: an array": post(MAPS, "[]"),
  "JSON: a string": post(MAPS, '"x"'),
  "JSON: a number": post(MAPS, "12"),
  "JSON: null": post(MAPS, "null"),
  "JSON: bad escape": post(MAPS, '{"a":"\\x"}'),
  "JSON: a raw newline in a string": post(MAPS, '{"a":"b\nc"}'),
  "JSON: a trailing comma": post(MAPS, '{"a":1,}'),
  "JSON: single quotes": post(MAPS, "{'a':1}"),
  "JSON: kind is a number": post(MAPS, '{"kind":5}'),
  "JSON: apiVersion is an object": post(MAPS, '{"apiVersion":{}}'),
  "JSON: metadata is a string": post(MAPS, { apiVersion: "v1", kind: "ConfigMap", metadata: "x" }),
  "JSON: data is a list": post(MAPS, map("x", { data: ["a"] })),
  "JSON: data holds a number": post(MAPS, map("x", { data: { a: 1 } })),
  "JSON: data holds an object": post(MAPS, map("x", { data: { a: {} } })),
  "JSON: labels hold a number": post(MAPS, { ...map("x"), metadata: { name: "x", labels: { a: 1 } } }),
  "JSON: binaryData is not base64": post(MAPS, map("x", { binaryData: { a: "%%%" } })),
  "JSON: immutable is a string": post(MAPS, map("x", { immutable: "yes" })),
  "JSON: replicas is a string": post(DEPLOYMENTS, deployment("x", { replicas: "3" })),
  "JSON: replicas is a fraction": post(DEPLOYMENTS, deployment("x", { replicas: 1.5 })),
  "JSON: replicas is too large": post(DEPLOYMENTS, deployment("x", { replicas: 4294967296 })),
  "JSON: template is a list": post(DEPLOYMENTS, deployment("x", { template: [] })),
  "JSON: containers is an object": post(DEPLOYMENTS, deployment("x", { template: { spec: { containers: {} } } })),
  "JSON: a quantity that is none": post(
    DEPLOYMENTS,
    deployment("x", {
      template: {
        metadata: { labels: { app: "x" } },
        spec: { containers: [{ ...container, resources: { limits: { cpu: "much" } } }] },
      },
    }),
  ),
  "JSON: a time that is none": post(MAPS, { ...map("x"), metadata: { name: "x", creationTimestamp: "yesterday" } }),
  "YAML: not YAML": post(MAPS, "a: b: c", YAML),
  "YAML: tab": post(MAPS, "a:\n\t- b", YAML),
  "YAML: a list": post(MAPS, "- a\n- b\n", YAML),
  "YAML: text": post(MAPS, "hello", YAML),
  "YAML: empty": post(MAPS, "", YAML),
  "YAML: works": post(MAPS, "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: yaml}\ndata:\n  a: 'yes'\n", YAML),
  "YAML: a boolean where text is wanted": post(
    MAPS,
    "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: yaml2}\ndata: {a: yes}\n",
    YAML,
  ),
  "YAML: unknown kind": post(MAPS, "apiVersion: v1\nkind: Nothing\nmetadata: {name: x}\n", YAML),
  "YAML: unknown field": post(MAPS, "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: yaml3}\nfoo: 1\n", YAML),
  "YAML: duplicate key": post(
    `${MAPS}?dryRun=All`,
    "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: yaml4}\ndata:\n  a: b\n  a: c\n",
    YAML,
  ),
  "YAML: duplicate key, strict": post(
    `${MAPS}?fieldValidation=Strict`,
    "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: yaml4}\ndata:\n  a: b\n  a: c\n",
    YAML,
  ),
  "protobuf: empty": post(MAPS, new Uint8Array(), PROTOBUF),
  "protobuf: no magic": post(MAPS, "hello", PROTOBUF),
  "protobuf: magic alone": post(MAPS, bytes("k8s", [0]), PROTOBUF),
  "protobuf: cut off": post(MAPS, bytes("k8s", [0, 0x0a, 0x20, 1]), PROTOBUF),
  "protobuf: huge length": post(MAPS, bytes("k8s", [0, 0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f]), PROTOBUF),
  "protobuf: unknown kind": post(MAPS, bytes("k8s", [0, 0x0a, 0x0d, 0x0a, 2], "v1", [0x12, 7], "Nothing"), PROTOBUF),
  "protobuf: another kind": post(
    MAPS,
    bytes("k8s", [0, 0x0a, 0x0c, 0x0a, 2], "v1", [0x12, 6], "Secret", [0x12, 0]),
    PROTOBUF,
  ),
  "protobuf: bad wire type": post(
    MAPS,
    bytes("k8s", [0, 0x0a, 0x0f, 0x0a, 2], "v1", [0x12, 9], "ConfigMap", [0x12, 2, 0x0f, 0x01]),
    PROTOBUF,
  ),
  "protobuf: works": post(
    MAPS,
    bytes(
      "k8s",
      [0, 0x0a, 0x0f, 0x0a, 2],
      "v1",
      [0x12, 9],
      "ConfigMap",
      [0x12, 0x10, 0x0a, 4, 0x0a, 2],
      "pb",
      [0x12, 8, 0x0a, 1],
      "a",
      [0x12, 3],
      "xyz",
    ),
    PROTOBUF,
  ),
  "content type: text": post(MAPS, map("x"), { "content-type": "text/plain" }),
  "content type: xml": post(MAPS, map("x"), { "content-type": "application/xml" }),
  "content type: CBOR": post(MAPS, map("x"), { "content-type": "application/cbor" }),
  "content type: nonsense": post(MAPS, map("x"), { "content-type": "nonsense" }),
  "content type: with charset": post(MAPS, map("charset"), { "content-type": "application/json; charset=utf-8" }),
  "content type: none": post(MAPS, map("notype"), { "content-type": "" }),
  "body: 3 MiB and a byte": post(MAPS, " ".repeat(3 * 1024 * 1024 + 1)),
  "body: data over 1 MiB": post(MAPS, map("big", { data: { a: "x".repeat(1024 * 1024 + 1) } })),
};

const kinds: Record<string, Sent> = {
  "kind: unknown": post(MAPS, { ...map("x"), kind: "Nothing" }),
  "kind: another": post(MAPS, { ...map("x"), kind: "Secret" }),
  "kind: in lower case": post(MAPS, { ...map("x"), kind: "configmap" }),
  "kind: a list": post(MAPS, { apiVersion: "v1", kind: "ConfigMapList", items: [] }),
  "kind: none": post(MAPS, { apiVersion: "v1", metadata: { name: "nokind" } }),
  "apiVersion: none": post(MAPS, { kind: "ConfigMap", metadata: { name: "noversion" } }),
  "apiVersion: neither": post(MAPS, { metadata: { name: "neither" } }),
  "apiVersion: v2": post(MAPS, { ...map("x"), apiVersion: "v2" }),
  "apiVersion: apps/v1 for a ConfigMap": post(MAPS, { ...map("x"), apiVersion: "apps/v1" }),
  "apiVersion: apps/v1beta1": post(DEPLOYMENTS, { ...deployment("x"), apiVersion: "apps/v1beta1" }),
  "apiVersion: three parts": post(MAPS, { ...map("x"), apiVersion: "a/b/c" }),
  "apiVersion: extensions/v1beta1": post(DEPLOYMENTS, { ...deployment("x"), apiVersion: "extensions/v1beta1" }),
  "kind: Deployment to configmaps": post(MAPS, deployment("x")),
};

const paths: Record<string, Sent> = {
  "path: unknown resource": get(`${NS}/nothings`),
  "path: unknown group": get("/apis/nothing.example/v1/things"),
  "path: unknown version": get("/apis/apps/v2/deployments"),
  "path: namespaced object without a namespace": get("/api/v1/configmaps/there"),
  "path: unknown subresource": get(`${MAPS}/there/status`),
  "path: unknown subresource of a deployment": get(`${DEPLOYMENTS}/web/nothing`),
  "path: too long": get(`${DEPLOYMENTS}/web/scale/x`),
  "path: not an API": get("/nothing"),
  "method: POST to an object": post(`${MAPS}/there`, map("there")),
  "method: PUT to a collection": put(MAPS, map("there")),
  "method: PATCH to a collection": patch(MAPS, MERGE, {}),
  "method: DELETE over all namespaces": { method: "DELETE", path: "/api/v1/configmaps" },
  "method: POST over all namespaces": post("/api/v1/configmaps", map("x")),
  "method: HEAD": { method: "HEAD", path: `${MAPS}/there` },
  "method: OPTIONS": { method: "OPTIONS", path: MAPS },
  "method: TRACE-like": { method: "PROPFIND", path: MAPS },
  "method: DELETE of a status": { method: "DELETE", path: `${DEPLOYMENTS}/web/status` },
  "method: POST to a scale": post(`${DEPLOYMENTS}/web/scale`, {}),
  "path: trailing slash": get(`${MAPS}/`),
  "get: missing object": get(`${MAPS}/missing`),
  "get: missing object of a group": get(`${DEPLOYMENTS}/missing`),
  "get: missing namespace": get("/api/v1/namespaces/missing"),
  "get: in a missing namespace": get("/api/v1/namespaces/missing/configmaps/x"),
  "list: in a missing namespace": get("/api/v1/namespaces/missing/configmaps"),
  "get: scale of a missing deployment": get(`${DEPLOYMENTS}/missing/scale`),
  "get: status of a missing deployment": get(`${DEPLOYMENTS}/missing/status`),
};

const auth: Record<string, Sent> = {
  "auth: unknown token": { ...get(MAPS), token: "wrong" },
  "auth: a user without rights lists": { ...get(MAPS), token: "nobody-token" },
  "auth: a user without rights gets": { ...get(`${MAPS}/there`), token: "nobody-token" },
  "auth: a user without rights lists cluster-wide": { ...get("/api/v1/namespaces"), token: "nobody-token" },
  "auth: a user without rights creates": { ...post(DEPLOYMENTS, deployment("x")), token: "nobody-token" },
  "auth: a user without rights patches": { ...patch(`${DEPLOYMENTS}/web`, MERGE, {}), token: "nobody-token" },
  "auth: a user without rights scales": { ...put(`${DEPLOYMENTS}/web/scale`, {}), token: "nobody-token" },
  "auth: a user without rights deletes": { method: "DELETE", path: `${MAPS}/there`, token: "nobody-token" },
  "auth: a user without rights deletes all": { method: "DELETE", path: MAPS, token: "nobody-token" },
  "auth: a user without rights watches": { ...get(`${MAPS}?watch=true`), token: "nobody-token" },
  "auth: a user without rights asks for a path": { ...get("/nothing"), token: "nobody-token" },
  "auth: no token": { ...get(MAPS), token: null },
};

const namesAndNamespaces: Record<string, Sent> = {
  "namespace: body names another": post(MAPS, { ...map("x"), metadata: { name: "x", namespace: "other" } }),
  "namespace: missing": post("/api/v1/namespaces/missing/configmaps", map("x")),
  "namespace: missing, object invalid too": post("/api/v1/namespaces/missing/configmaps", map("BAD_name")),
  "namespace: missing, dry run": post("/api/v1/namespaces/missing/configmaps?dryRun=All", map("x")),
  "namespace: PUT with another in the body": put(`${MAPS}/there`, {
    ...map("there"),
    metadata: { name: "there", namespace: "other" },
  }),
  "namespace: a cluster-scoped object with one": post("/api/v1/namespaces", {
    metadata: { name: "nsx", namespace: "diff" },
  }),
  "name: none": post(MAPS, { apiVersion: "v1", kind: "ConfigMap", metadata: {} }),
  "name: no metadata": post(MAPS, { apiVersion: "v1", kind: "ConfigMap" }),
  "name: upper case": post(MAPS, map("Upper")),
  "name: underscore": post(MAPS, map("a_b")),
  "name: slash": post(MAPS, map("a/b")),
  "name: too long": post(MAPS, map("a".repeat(254))),
  "name: two dots": post(MAPS, map("a..b")),
  "name: ends with a dash": post(DEPLOYMENTS, deployment("a-")),
  "name: of a namespace too long": post("/api/v1/namespaces", { metadata: { name: "n".repeat(64) } }),
  "name: of a namespace with a dot": post("/api/v1/namespaces", { metadata: { name: "a.b" } }),
  "name: of a service with a dot": post(`${NS}/services`, {
    metadata: { name: "a.b" },
    spec: { ports: [{ port: 80 }] },
  }),
  "name: PUT with another in the body": put(`${MAPS}/there`, map("other")),
  "name: PUT with none in the body": put(`${MAPS}/there`, { apiVersion: "v1", kind: "ConfigMap" }),
  "name: patch changes it": patch(`${MAPS}/there`, MERGE, { metadata: { name: "other" } }),
  "namespace: patch changes it": patch(`${MAPS}/there`, MERGE, { metadata: { namespace: "other" } }),
  "name: exists already": post(MAPS, map("there")),
  "name: exists already, dry run": post(`${MAPS}?dryRun=All`, map("there")),
  "generateName: invalid": post(MAPS, { apiVersion: "v1", kind: "ConfigMap", metadata: { generateName: "BAD_" } }),
  "labels: bad key": post(MAPS, { ...map("x"), metadata: { name: "x", labels: { "a b": "c" } } }),
  "labels: bad value": post(MAPS, { ...map("x"), metadata: { name: "x", labels: { a: "b c" } } }),
  "annotations: bad key": post(MAPS, { ...map("x"), metadata: { name: "x", annotations: { "a b": "c" } } }),
  "annotations: too long": post(MAPS, { ...map("x"), metadata: { name: "x", annotations: { a: "x".repeat(262145) } } }),
  "finalizers: bad name": post(MAPS, { ...map("x"), metadata: { name: "x", finalizers: ["bad"] } }),
  "ownerReferences: no uid": post(MAPS, {
    ...map("x"),
    metadata: { name: "x", ownerReferences: [{ apiVersion: "v1", kind: "ConfigMap", name: "y" }] },
  }),
  "ownerReferences: two controllers": post(MAPS, {
    ...map("x"),
    metadata: {
      name: "x",
      ownerReferences: ["1", "2"].map((uid) => ({
        apiVersion: "v1",
        kind: "ConfigMap",
        name: "y",
        uid,
        controller: true,
      })),
    },
  }),
  "managedFields: bad operation": post(MAPS, {
    ...map("x"),
    metadata: { name: "x", managedFields: [{ manager: "m", operation: "Nothing", apiVersion: "v1" }] },
  }),
  "resourceVersion: on create": post(MAPS, { ...map("x"), metadata: { name: "x", resourceVersion: "5" } }),
  "resourceVersion: on create, and invalid": post(MAPS, { ...map("X"), metadata: { name: "X", resourceVersion: "5" } }),
};

const options: Record<string, Sent> = {
  "dryRun: nonsense": post(`${MAPS}?dryRun=Some`, map("x")),
  "dryRun: twice": post(`${MAPS}?dryRun=All&dryRun=All`, map("dry")),
  "dryRun: empty": post(`${MAPS}?dryRun=`, map("dryempty")),
  "dryRun: nonsense on PUT": put(`${MAPS}/there?dryRun=x`, map("there")),
  "dryRun: nonsense on PATCH": patch(`${MAPS}/there`, MERGE, {}, "?dryRun=x"),
  "dryRun: nonsense on DELETE": { method: "DELETE", path: `${MAPS}/there?dryRun=x` },
  "fieldManager: too long": post(`${MAPS}?fieldManager=${"m".repeat(129)}`, map("x")),
  "fieldManager: not printable": post(`${MAPS}?fieldManager=a%00b`, map("x")),
  "fieldValidation: nonsense": post(`${MAPS}?fieldValidation=Maybe`, map("x")),
  "options: three errors": post(`${MAPS}?dryRun=x&fieldValidation=y&fieldManager=a%00b`, map("x")),
  "timeout: nonsense": get(`${MAPS}?timeout=abc`),
  "timeout: no unit": get(`${MAPS}?timeout=5`),
  "timeout: unknown unit": get(`${MAPS}?timeout=5x`),
  "timeout: good": get(`${MAPS}/there?timeout=5s`),
  "unknown field: warned of": post(`${MAPS}?dryRun=All`, map("w", { foo: 1, bar: { baz: 2 } })),
  "unknown field: strict": post(`${MAPS}?fieldValidation=Strict`, map("w", { foo: 1 })),
  "unknown field: ignored": post(`${MAPS}?fieldValidation=Ignore&dryRun=All`, map("w", { foo: 1 })),
  "unknown field: deep, strict": post(
    `${DEPLOYMENTS}?fieldValidation=Strict`,
    deployment("x", {
      foo: 1,
      template: { metadata: { labels: { app: "x" } }, spec: { containers: [{ ...container, imagee: "x" }] } },
    }),
  ),
  "unknown field: wrong case": post(`${MAPS}?fieldValidation=Strict`, { ...map("w"), Data: { a: "b" } }),
  "duplicate field: warned of": post(
    `${MAPS}?dryRun=All`,
    '{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"w"},"data":{"a":"1","a":"2"}}',
  ),
  "duplicate field: strict": post(
    `${MAPS}?fieldValidation=Strict`,
    '{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"w"},"data":{"a":"1","a":"2"},"foo":1}',
  ),
  "accept: nothing we have": get(MAPS, { accept: "text/html" }),
  "accept: unknown as": get(MAPS, { accept: "application/json;as=Nothing;g=meta.k8s.io;v=v1" }),
  "accept: PartialObjectMetadata of a list": get(MAPS, {
    accept: "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1",
  }),
  "accept: PartialObjectMetadataList of an object": get(`${MAPS}/there`, {
    accept: "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1",
  }),
  "accept: Table with a bad includeObject": get(`${MAPS}?includeObject=All`, {
    accept: "application/json;as=Table;g=meta.k8s.io;v=v1",
  }),
};

const lists: Record<string, Sent> = {
  "labelSelector: nonsense": get(`${MAPS}?labelSelector=a%20b`),
  "labelSelector: bad key": get(`${MAPS}?labelSelector=-a%3Db`),
  "labelSelector: open set": get(`${MAPS}?labelSelector=a%20in%20(b`),
  "labelSelector: trailing comma": get(`${MAPS}?labelSelector=a%3Db%2C`),
  "labelSelector: not a number": get(`${MAPS}?labelSelector=a%3Eb`),
  "fieldSelector: unknown field": get(`${MAPS}?fieldSelector=spec.foo%3Dbar`),
  "fieldSelector: unknown field of a deployment": get(`${DEPLOYMENTS}?fieldSelector=spec.replicas%3D1`),
  "fieldSelector: nonsense": get(`${MAPS}?fieldSelector=nonsense`),
  "fieldSelector: unknown field of pods": get(`${NS}/pods?fieldSelector=spec.foo%3Dbar`),
  "limit: nonsense": get(`${MAPS}?limit=abc`),
  "limit: negative": get(`${MAPS}?limit=-1`),
  "continue: not base64": get(`${MAPS}?continue=%25%25`),
  "continue: not JSON": get(`${MAPS}?continue=aGVsbG8`),
  "continue: other version": get(`${MAPS}?continue=${btoa('{"v":"x","rv":1,"start":"a"}').replaceAll("=", "")}`),
  "continue: no version": get(`${MAPS}?continue=${btoa('{"v":"meta.k8s.io/v1","start":"a"}').replaceAll("=", "")}`),
  "continue: no start": get(`${MAPS}?continue=${btoa('{"v":"meta.k8s.io/v1","rv":1}').replaceAll("=", "")}`),
  "continue: climbs": get(
    `${MAPS}?continue=${btoa('{"v":"meta.k8s.io/v1","rv":1,"start":"../../secrets"}').replaceAll("=", "")}`,
  ),
  "resourceVersion: nonsense": get(`${MAPS}?resourceVersion=abc`),
  "resourceVersion: nonsense on get": get(`${MAPS}/there?resourceVersion=abc`),
  "resourceVersion: negative": get(`${MAPS}?resourceVersion=-1`),
  "resourceVersion: far ahead": get(`${MAPS}?resourceVersion=99999999`),
  "resourceVersion: far ahead on get": get(`${MAPS}/there?resourceVersion=99999999`),
  "resourceVersion: far ahead, exact": get(`${MAPS}?resourceVersion=99999999&resourceVersionMatch=Exact`),
  "resourceVersionMatch: without a version": get(`${MAPS}?resourceVersionMatch=Exact`),
  "resourceVersionMatch: nonsense": get(`${MAPS}?resourceVersion=1&resourceVersionMatch=Maybe`),
  "resourceVersionMatch: exact 0": get(`${MAPS}?resourceVersion=0&resourceVersionMatch=Exact`),
  "sendInitialEvents: on a list": get(`${MAPS}?sendInitialEvents=true`),
  "watch: sendInitialEvents alone": get(`${MAPS}?watch=true&sendInitialEvents=true`),
  "watch: match alone": get(`${MAPS}?watch=true&resourceVersion=1&resourceVersionMatch=NotOlderThan`),
  "watch: exact": get(`${MAPS}?watch=true&resourceVersion=1&sendInitialEvents=true&resourceVersionMatch=Exact`),
  "watch: nonsense version": get(`${MAPS}?watch=true&resourceVersion=abc`),
  "watch: nonsense timeout": get(`${MAPS}?watch=true&timeoutSeconds=abc`),
  "watch: bad selector": get(`${MAPS}?watch=true&labelSelector=a%20b`),
};

const writes: Record<string, Sent> = {
  "put: missing object": put(`${MAPS}/missing`, map("missing")),
  "put: stale version": put(`${DEPLOYMENTS}/web`, {
    ...deployment("web"),
    metadata: { name: "web", resourceVersion: "1" },
  }),
  "put: nonsense version": put(`${MAPS}/there`, {
    ...map("there"),
    metadata: { name: "there", resourceVersion: "abc" },
  }),
  "put: another uid": put(`${MAPS}/there`, {
    ...map("there"),
    metadata: { name: "there", uid: "11111111-1111-4111-8111-111111111111" },
  }),
  "put: selector changed": put(
    `${DEPLOYMENTS}/web`,
    deployment("web", {
      selector: { matchLabels: { app: "web", x: "y" } },
      template: { metadata: { labels: { app: "web", x: "y" } }, spec: { containers: [container] } },
    }),
  ),
  "put: invalid": put(`${DEPLOYMENTS}/web`, deployment("web", { replicas: -1 })),
  "post: no selector": post(DEPLOYMENTS, {
    metadata: { name: "x" },
    spec: { template: { metadata: { labels: { a: "b" } }, spec: { containers: [container] } } },
  }),
  "post: nothing in spec": post(DEPLOYMENTS, { metadata: { name: "x" } }),
  "patch: wrong content type": patch(`${MAPS}/there`, "json", {}),
  "patch: no content type": { method: "PATCH", path: `${MAPS}/there`, body: {}, headers: { "content-type": "" } },
  "patch: missing object": patch(`${MAPS}/missing`, MERGE, {}),
  "json patch: not JSON": patch(`${MAPS}/there`, JSON_PATCH, "nope"),
  "json patch: an object": patch(`${MAPS}/there`, JSON_PATCH, {}),
  "json patch: unknown op": patch(`${MAPS}/there`, JSON_PATCH, [{ op: "nope", path: "/data" }]),
  "json patch: missing path": patch(`${MAPS}/there`, JSON_PATCH, [{ op: "remove", path: "/data/none" }]),
  "json patch: test fails": patch(`${MAPS}/there`, JSON_PATCH, [{ op: "test", path: "/data/a", value: "2" }]),
  "json patch: extra field, strict": patch(
    `${MAPS}/there`,
    JSON_PATCH,
    [{ op: "test", path: "/data/a", value: "1", x: 1 }],
    "?fieldValidation=Strict",
  ),
  "json patch: unknown op field, warned of": patch(
    `${MAPS}/there`,
    JSON_PATCH,
    [{ op: "test", path: "/data/a", value: "1", x: 1 }],
    "?dryRun=All",
  ),
  "json patch: too many": patch(
    `${MAPS}/there`,
    JSON_PATCH,
    Array.from({ length: 10001 }, () => ({ op: "test", path: "/data/a", value: "1" })),
  ),
  "merge patch: not JSON": patch(`${MAPS}/there`, MERGE, "nope"),
  "merge patch: a list": patch(`${MAPS}/there`, MERGE, []),
  "merge patch: wrong type": patch(`${DEPLOYMENTS}/web`, MERGE, { spec: { replicas: "x" } }),
  "merge patch: stale version": patch(`${DEPLOYMENTS}/web`, MERGE, {
    metadata: { resourceVersion: "1" },
    spec: { replicas: 2 },
  }),
  "merge patch: another uid": patch(`${MAPS}/there`, MERGE, {
    metadata: { uid: "11111111-1111-4111-8111-111111111111" },
  }),
  "merge patch: invalid result": patch(`${DEPLOYMENTS}/web`, MERGE, { spec: { replicas: -1 } }),
  "merge patch: unknown field, warned of": patch(`${DEPLOYMENTS}/web`, MERGE, { spec: { foo: 1 } }, "?dryRun=All"),
  "merge patch: force": patch(`${DEPLOYMENTS}/web`, MERGE, {}, "?force=true"),
  "strategic patch: not JSON": patch(`${DEPLOYMENTS}/web`, STRATEGIC, "nope"),
  "strategic patch: a list": patch(`${DEPLOYMENTS}/web`, STRATEGIC, []),
  "strategic patch: item without its key": patch(`${DEPLOYMENTS}/web`, STRATEGIC, {
    spec: { template: { spec: { containers: [{ image: "x" }] } } },
  }),
  "strategic patch: unknown directive": patch(`${DEPLOYMENTS}/web`, STRATEGIC, { spec: { $patch: "nope" } }),
  "strategic patch: wrong type": patch(`${DEPLOYMENTS}/web`, STRATEGIC, { spec: { replicas: "x" } }),
  "strategic patch: list for an object": patch(`${DEPLOYMENTS}/web`, STRATEGIC, { spec: [] }),
  "apply: no fieldManager": patch(`${MAPS}/there`, APPLY, map("there")),
  "apply: not YAML": patch(`${MAPS}/there`, APPLY, "a: b: c", "?fieldManager=m"),
  "apply: a list": patch(`${MAPS}/there`, APPLY, [], "?fieldManager=m"),
  "apply: no kind": patch(`${MAPS}/there`, APPLY, { metadata: { name: "there" } }, "?fieldManager=m"),
  "apply: another kind": patch(`${MAPS}/there`, APPLY, { ...map("there"), kind: "Secret" }, "?fieldManager=m"),
  "apply: another version": patch(`${MAPS}/there`, APPLY, { ...map("there"), apiVersion: "v2" }, "?fieldManager=m"),
  "apply: another name": patch(`${MAPS}/there`, APPLY, map("other"), "?fieldManager=m"),
  "apply: no name": patch(
    `${MAPS}/there`,
    APPLY,
    { apiVersion: "v1", kind: "ConfigMap" },
    "?fieldManager=m&dryRun=All",
  ),
  "apply: managedFields": patch(
    `${MAPS}/there`,
    APPLY,
    { ...map("there"), metadata: { name: "there", managedFields: [{}] } },
    "?fieldManager=m",
  ),
  "apply: unknown field": patch(`${DEPLOYMENTS}/web`, APPLY, deployment("web", { foo: 1 }), "?fieldManager=m"),
  "apply: wrong type": patch(`${DEPLOYMENTS}/web`, APPLY, deployment("web", { replicas: "x" }), "?fieldManager=m"),
  "apply: conflict": patch(
    `${DEPLOYMENTS}/web`,
    APPLY,
    deployment("web", {
      template: { metadata: { labels: { app: "web" } }, spec: { containers: [{ ...container, image: "nginx:2" }] } },
    }),
    "?fieldManager=m",
  ),
  "apply: another uid": patch(
    `${MAPS}/there`,
    APPLY,
    { ...map("there"), metadata: { name: "there", uid: "11111111-1111-4111-8111-111111111111" } },
    "?fieldManager=m&force=true",
  ),
  "apply: uid of a missing object": patch(
    `${MAPS}/gone`,
    APPLY,
    { ...map("gone"), metadata: { name: "gone", uid: "11111111-1111-4111-8111-111111111111" } },
    "?fieldManager=m",
  ),
  "apply: stale version": patch(
    `${DEPLOYMENTS}/web`,
    APPLY,
    { ...deployment("web"), metadata: { name: "web", resourceVersion: "1" } },
    "?fieldManager=m&force=true",
  ),
  "apply: in a missing namespace": patch("/api/v1/namespaces/missing/configmaps/x", APPLY, map("x"), "?fieldManager=m"),
  "apply: invalid": patch(`${DEPLOYMENTS}/new`, APPLY, deployment("new", { replicas: -1 }), "?fieldManager=m"),
  "scale: negative": put(`${DEPLOYMENTS}/web/scale`, { metadata: { name: "web" }, spec: { replicas: -1 } }),
  "scale: another kind": put(`${DEPLOYMENTS}/web/scale`, deployment("web")),
  "scale: another name": put(`${DEPLOYMENTS}/web/scale`, { metadata: { name: "other" }, spec: { replicas: 1 } }),
  "scale: stale": put(`${DEPLOYMENTS}/web/scale`, {
    metadata: { name: "web", resourceVersion: "1" },
    spec: { replicas: 1 },
  }),
  "scale: patch with a wrong type": patch(`${DEPLOYMENTS}/web/scale`, MERGE, { spec: { replicas: "x" } }),
  "delete: missing object": { method: "DELETE", path: `${MAPS}/missing` },
  "delete: bad body": { method: "DELETE", path: `${MAPS}/there`, body: "nope" },
  "delete: another kind as options": { method: "DELETE", path: `${MAPS}/there`, body: map("x") },
  "delete: unknown policy": { method: "DELETE", path: `${MAPS}/there`, body: { propagationPolicy: "Nothing" } },
  "delete: unknown policy in the query": { method: "DELETE", path: `${MAPS}/there?propagationPolicy=Nothing` },
  "delete: policy and orphanDependents": {
    method: "DELETE",
    path: `${MAPS}/there`,
    body: { propagationPolicy: "Orphan", orphanDependents: true },
  },
  "delete: another uid": {
    method: "DELETE",
    path: `${MAPS}/there`,
    body: { preconditions: { uid: "11111111-1111-4111-8111-111111111111" } },
  },
  "delete: another version": {
    method: "DELETE",
    path: `${MAPS}/there`,
    body: { preconditions: { resourceVersion: "1" } },
  },
  "delete: wrong content type": {
    method: "DELETE",
    path: `${MAPS}/there`,
    body: {},
    headers: { "content-type": "text/plain" },
  },
  "delete: namespace default": { method: "DELETE", path: "/api/v1/namespaces/default" },
  "deletecollection: bad selector": { method: "DELETE", path: `${MAPS}?labelSelector=a%20b` },
};

export function badInput(): Step[] {
  const step = ([name, send]: [string, Sent | ((past: Past) => Sent)]): Step => ({ name, send });
  return [
    ...Object.entries(prepare).map(([name, send]) => ({ name: `prepare ${name}`, send, setup: true })),
    ...[bodies, kinds, paths, auth, namesAndNamespaces, options, lists, writes].flatMap((group) =>
      Object.entries(group).map(step),
    ),
  ];
}
