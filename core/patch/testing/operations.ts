// Random writes by several managers, for the comparison with a real kube-apiserver: what a client may send to a Deployment, a Service or
// a ConfigMap. A sequence is a pure function of its seed, so a difference is found again by its seed.
import type { JsonObject, JsonValue } from "../../../kinds/object.ts";
import { isMap } from "../value.ts";

export type Chance = () => number;

/** mulberry32. */
export function chance(seed: number): Chance {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

export interface Operation {
  type: "apply" | "strategic" | "merge" | "json" | "put";
  manager: string;
  force: boolean;
  body: JsonValue;
}

export interface Subject {
  apiVersion: string;
  kind: string;
  resource: string;
  definition: string;
  reset: readonly (readonly string[])[];
  /** A whole valid object, without metadata.name. */
  base(): JsonObject;
  /** Some of the fields a client may set. */
  partial(random: Chance): JsonObject;
}

function pick<T>(random: Chance, from: readonly T[]): T {
  return from[Math.floor(random() * from.length)]!;
}

/** Each entry with probability `p`. */
function some(random: Chance, p: number, fields: Record<string, () => JsonValue>): JsonObject {
  const out: JsonObject = {};
  for (const [name, make] of Object.entries(fields)) if (random() < p) out[name] = make();
  return out;
}

function few(random: Chance, from: readonly JsonValue[]): JsonValue[] {
  return from.filter(() => random() < 0.4).sort(() => random() - 0.5);
}

function metadata(random: Chance): JsonObject {
  return some(random, 0.35, {
    labels: () => some(random, 0.5, { l0: () => pick(random, ["a", "b"]), l1: () => "x", l2: () => "y" }),
    annotations: () => some(random, 0.5, { "e.io/<a>": () => pick(random, ["1", "2"]), b: () => "x" }),
    finalizers: () => few(random, ["e.io/a", "e.io/b", "e.io/c"]),
  });
}

function container(random: Chance, name: string, image: boolean): JsonObject {
  return {
    name,
    ...(image || random() < 0.4 ? { image: pick(random, ["nginx:1", "nginx:2"]) } : {}),
    ...some(random, 0.3, {
      command: () => few(random, ["a", "b", "c"]),
      env: () =>
        few(random, ["A", "B", "C"]).map((key) => ({
          name: key,
          ...(random() < 0.8
            ? { value: pick(random, ["1", "2"]) }
            : { valueFrom: { fieldRef: { fieldPath: "metadata.name" } } }),
        })),
      envFrom: () => few(random, ["p", "q"]).map((key) => ({ configMapRef: { name: key } })),
      ports: () =>
        few(random, [80, 81, 82]).map((containerPort) => ({
          containerPort,
          ...some(random, 0.3, { protocol: () => pick(random, ["TCP", "UDP"]) }),
          ...(random() < 0.2 ? { name: `p${String(containerPort)}` } : {}),
        })),
      resources: () =>
        some(random, 0.5, {
          limits: () => some(random, 0.6, { cpu: () => pick(random, ["1", "500m"]), memory: () => "1Gi" }),
          requests: () => ({ cpu: "100m" }),
        }),
      volumeMounts: () => few(random, ["v0", "v1"]).map((v) => ({ name: v, mountPath: `/${String(v)}` })),
      readinessProbe: () => ({
        httpGet: { path: "/", port: pick(random, [80, "http"]) },
        ...some(random, 0.5, { periodSeconds: () => 5, initialDelaySeconds: () => 1 }),
      }),
      securityContext: () =>
        some(random, 0.5, {
          runAsUser: () => 1,
          privileged: () => false,
          capabilities: () => ({ add: few(random, ["A", "B"]) }),
        }),
    }),
  };
}

function podSpec(random: Chance): JsonObject {
  return some(random, 0.3, {
    terminationGracePeriodSeconds: () => pick(random, [10, 20]),
    securityContext: () =>
      some(random, 0.5, { runAsUser: () => 1000, fsGroup: () => 1, supplementalGroups: () => few(random, [1, 2, 3]) }),
    nodeSelector: () => some(random, 0.5, { a: () => "1", b: () => "2" }),
    tolerations: () => few(random, ["k1", "k2"]).map((key) => ({ key, operator: "Exists" })),
    hostAliases: () =>
      few(random, ["10.0.0.1", "10.0.0.2"]).map((ip) => ({ ip, hostnames: few(random, ["a.b", "c.d"]) })),
    imagePullSecrets: () => few(random, ["s1", "s2"]).map((name) => ({ name })),
    topologySpreadConstraints: () =>
      few(random, ["zone", "host"]).map((topologyKey) => ({
        topologyKey,
        whenUnsatisfiable: pick(random, ["DoNotSchedule", "ScheduleAnyway"]),
        maxSkew: pick(random, [1, 2]),
      })),
    volumes: () =>
      few(random, ["v0", "v1"]).map((name) => ({
        name,
        ...pick<JsonObject>(random, [
          { emptyDir: {} },
          { emptyDir: { medium: "Memory" } },
          { configMap: { name: "c" } },
        ]),
      })),
    initContainers: () => [container(random, "i0", true)],
    containers: () => few(random, ["c0", "c1"]).map((name) => container(random, String(name), name === "c1")),
  });
}

const deployment: Subject = {
  apiVersion: "apps/v1",
  kind: "Deployment",
  resource: "/apis/apps/v1/namespaces/default/deployments",
  definition: "io.k8s.api.apps.v1.Deployment",
  reset: [["status"]],
  base: () => ({
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { labels: { app: "w" } },
    spec: {
      selector: { matchLabels: { app: "w" } },
      template: {
        metadata: { labels: { app: "w" } },
        spec: {
          containers: [{ name: "c0", image: "nginx:1" }],
          volumes: [
            { name: "v0", emptyDir: {} },
            { name: "v1", emptyDir: {} },
          ],
        },
      },
    },
  }),
  partial: (random) => ({
    metadata: metadata(random),
    spec: {
      ...some(random, 0.3, {
        replicas: () => pick(random, [1, 2, 3]),
        minReadySeconds: () => pick(random, [0, 5]),
        paused: () => pick(random, [true, false]),
        revisionHistoryLimit: () => pick(random, [3, 10]),
        strategy: () =>
          pick<JsonObject>(random, [
            { type: "RollingUpdate", rollingUpdate: { maxSurge: pick<JsonValue>(random, [1, "10%"]) } },
            { type: "RollingUpdate" },
          ]),
      }),
      ...some(random, 0.7, {
        template: () => ({
          ...some(random, 0.3, { metadata: () => ({ labels: { app: "w", ...some(random, 0.5, { t: () => "1" }) } }) }),
          spec: podSpec(random),
        }),
      }),
    },
  }),
};

const service: Subject = {
  apiVersion: "v1",
  kind: "Service",
  resource: "/api/v1/namespaces/default/services",
  definition: "io.k8s.api.core.v1.Service",
  reset: [["status"]],
  base: () => ({
    apiVersion: "v1",
    kind: "Service",
    metadata: {},
    spec: { selector: { app: "w" }, ports: [{ name: "p80", port: 80 }] },
  }),
  partial: (random) => ({
    metadata: metadata(random),
    spec: some(random, 0.4, {
      selector: () => some(random, 0.6, { app: () => pick(random, ["w", "x"]), tier: () => "t" }),
      sessionAffinity: () => pick(random, ["None", "ClientIP"]),
      externalIPs: () => few(random, ["1.2.3.4", "1.2.3.5"]),
      publishNotReadyAddresses: () => true,
      ports: () =>
        few(random, [80, 81, 443]).map((port) => ({
          name: `p${String(port)}`,
          port,
          ...some(random, 0.3, {
            protocol: () => pick(random, ["TCP", "UDP"]),
            targetPort: () => pick(random, [8080, "http"]),
          }),
        })),
    }),
  }),
};

const configMap: Subject = {
  apiVersion: "v1",
  kind: "ConfigMap",
  resource: "/api/v1/namespaces/default/configmaps",
  definition: "io.k8s.api.core.v1.ConfigMap",
  reset: [],
  base: () => ({ apiVersion: "v1", kind: "ConfigMap", metadata: {}, data: { a: "1" } }),
  partial: (random) => ({
    metadata: metadata(random),
    ...some(random, 0.6, {
      data: () =>
        some(random, 0.5, { a: () => pick(random, ["1", "2"]), b: () => "x", constructor: () => "y", c: () => "" }),
      binaryData: () => some(random, 0.5, { z: () => pick(random, ["AA==", "AAA="]) }),
    }),
  }),
};

export const SUBJECTS: readonly Subject[] = [deployment, service, configMap];

const MANAGERS = ["alpha", "beta", "gamma"] as const;

export function randomOperation(random: Chance, subject: Subject, live: JsonObject): Operation {
  const type = pick(random, [
    "apply",
    "apply",
    "apply",
    "apply",
    "strategic",
    "strategic",
    "merge",
    "json",
    "put",
  ] as const);
  return { type, manager: pick(random, MANAGERS), force: random() < 0.5, body: bodyOf(random, type, subject, live) };
}

function bodyOf(random: Chance, type: Operation["type"], subject: Subject, live: JsonObject): JsonValue {
  const { apiVersion, kind } = subject;
  switch (type) {
    case "apply":
      return {
        apiVersion,
        kind,
        ...(random() < 0.3 ? overlay(subject.base(), subject.partial(random)) : subject.partial(random)),
      };
    case "merge":
      return withNulls(random, subject.partial(random));
    case "strategic":
      return withDirectives(random, withNulls(random, subject.partial(random)) as JsonObject);
    case "json":
      return Array.from({ length: 1 + Math.floor(random() * 3) }, () => jsonOperation(random, live));
    case "put":
      return overlay(live, subject.partial(random));
  }
}

/** `over` laid on `under`, lists replaced. */
function overlay(under: JsonObject, over: JsonObject): JsonObject {
  const out = { ...under };
  for (const [key, value] of Object.entries(over)) {
    const below = Object.hasOwn(out, key) ? out[key] : undefined;
    out[key] = isMap(below) && isMap(value) ? overlay(below, value) : value;
  }
  return out;
}

function withNulls(random: Chance, value: JsonValue): JsonValue {
  if (!isMap(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      key !== "metadata" && random() < 0.12 ? null : withNulls(random, inner),
    ]),
  );
}

const LISTS: Readonly<Record<string, string>> = {
  containers: "name",
  ports: "",
  volumes: "name",
  env: "name",
  imagePullSecrets: "name",
  hostAliases: "ip",
};

function withDirectives(random: Chance, value: JsonObject): JsonObject {
  const out: JsonObject = {};
  for (const [key, inner] of Object.entries(value)) {
    const merged = Array.isArray(inner)
      ? inner.map((item) => (isMap(item) ? withDirectives(random, item) : item))
      : isMap(inner)
        ? withDirectives(random, inner)
        : inner;
    out[key] = merged;
    const mergeKey =
      LISTS[key] === ""
        ? isMap((inner as JsonValue[] | null)?.[0]) && "containerPort" in (inner as JsonObject[])[0]!
          ? "containerPort"
          : "port"
        : LISTS[key];
    if (key === "finalizers" && Array.isArray(inner)) {
      // Never what the same patch adds: upstream goes through the two in random order.
      if (random() < 0.4)
        out["$deleteFromPrimitiveList/finalizers"] = few(random, ["e.io/a", "e.io/b"]).filter(
          (item) => !inner.includes(item),
        );
      if (random() < 0.3)
        out["$setElementOrder/finalizers"] = [...inner, "e.io/b"].filter((item, i, all) => all.indexOf(item) === i);
    } else if (mergeKey !== undefined && Array.isArray(merged) && merged.length > 0) {
      const items = merged as JsonObject[];
      const what = random();
      if (what < 0.3) items[0] = { [mergeKey]: items[0]![mergeKey]!, $patch: "delete" };
      else if (what < 0.37) items.push({ $patch: "replace" });
      else if (what < 0.6) out[`$setElementOrder/${key}`] = items.map((item) => ({ [mergeKey]: item[mergeKey]! }));
    } else if (
      isMap(inner) &&
      isMap(merged) &&
      Object.keys(merged).length > 0 &&
      ["strategy", "securityContext", "resources"].includes(key)
    ) {
      if (random() < 0.2) merged.$patch = pick(random, ["replace", "delete"]);
      else if (random() < 0.3) merged.$retainKeys = Object.keys(merged).filter((name) => !name.startsWith("$"));
    }
  }
  return out;
}

function jsonOperation(random: Chance, live: JsonObject): JsonObject {
  const paths: string[] = [];
  const walk = (value: JsonValue, path: string): void => {
    if (
      path !== "" &&
      !path.startsWith("/metadata/managedFields") &&
      !path.startsWith("/apiVersion") &&
      !path.startsWith("/status")
    )
      paths.push(path);
    if (typeof value !== "object" || value === null) return;
    for (const [key, inner] of Object.entries(value))
      walk(inner as JsonValue, `${path}/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`);
  };
  walk(live, "");
  // Not what a Service is given on creation: an emptied list would be filled again by the server.
  const path = pick(
    random,
    paths
      .filter(
        (candidate) =>
          !/clusterIP|ipFamil/.test(candidate) &&
          /^\/(spec|data|metadata\/(labels|annotations|finalizers))\//.test(candidate),
      )
      .concat("/metadata/labels"),
  );
  switch (Math.floor(random() * 8)) {
    case 0:
      return { op: "remove", path };
    case 1:
      return { op: "replace", path: `${path}x`, value: "1" };
    case 2:
      return { op: "test", path, value: "1" };
    case 3:
      return { op: "add", path: "/metadata/labels", value: { j: pick(random, ["1", "2"]) } };
    case 4:
      return { op: "copy", from: path, path: "/metadata/annotations/copied" };
    case 5:
      return { op: "add", path: "/metadata/finalizers/-", value: "e.io/j" };
    case 6:
      return { op: "move", from: path, path: "/metadata/annotations/moved" };
    default:
      return { op: "replace", path, value: pick<JsonValue>(random, ["1", 2, true]) };
  }
}
