// Admission that looks at classes, beside a real kube-apiserver: what it fills in and what it forbids. Upstream reads classes from a cache, so
// each table first waits until that has seen them.
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { MEMBER_KINDS, ROOT_KINDS } from "../../kinds/all.ts";
import type { Loose } from "../../kinds/object.ts";
import { type ControlPlane, startControlPlane } from "../../test/real/controlplane.ts";
import { describeReal } from "../../test/real/describe.ts";
import { openTrial, type Trial } from "./trial.ts";

const PRIORITIES = "/apis/scheduling.k8s.io/v1/priorityclasses";
const STORAGES = "/apis/storage.k8s.io/v1/storageclasses";
const INGRESSES = "/apis/networking.k8s.io/v1/ingressclasses";
const DEFAULT_STORAGE = "storageclass.kubernetes.io/is-default-class";
const DEFAULT_INGRESS = "ingressclass.kubernetes.io/is-default-class";

const priority = (name: string, value: number, more: Loose = {}): [string, Loose] => [
  PRIORITIES,
  { metadata: { name }, value, ...more },
];
const storage = (name: string, annotations: Loose = {}): [string, Loose] => [
  STORAGES,
  { metadata: { name, annotations }, provisioner: "a/b" },
];
const ingressClass = (name: string, annotations: Loose = {}): [string, Loose] => [
  INGRESSES,
  { metadata: { name, annotations }, spec: { controller: "a.b/c" } },
];

const pod = (spec: Loose = {}, metadata: Loose = { name: "one" }): [string, Loose] => [
  "pods",
  { metadata, spec: { containers: [{ name: "c", image: "i" }], ...spec } },
];
const claim = (spec: Loose = {}, annotations: Loose = {}): [string, Loose] => [
  "persistentvolumeclaims",
  {
    metadata: { name: "one", annotations },
    spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } }, ...spec },
  },
];
const ingress = (spec: Loose = {}, annotations: Loose = {}): [string, Loose] => [
  "ingresses",
  {
    metadata: { name: "one", annotations },
    spec: { defaultBackend: { service: { name: "a", port: { number: 1 } } }, ...spec },
  },
];
const collection = (resource: string, namespace = "default"): string =>
  `${resource === "ingresses" ? "/apis/networking.k8s.io/v1" : "/api/v1"}/namespaces/${namespace}/${resource}?dryRun=All`;

interface Table {
  /** In the order in which they are made. */
  classes: [string, Loose][];
  /** Answered so when the cache has seen them. */
  seen: [send: [string, Loose], field: string, value: unknown];
  cases: [string, [string, Loose], namespace?: string][];
}

const TABLES: Record<string, Table> = {
  "priority classes": {
    classes: [priority("gold", 100), priority("shy", 5, { preemptionPolicy: "Never" })],
    seen: [pod({ priorityClassName: "shy" }), "priority", 5],
    cases: [
      ["no class", pod()],
      ["a class", pod({ priorityClassName: "gold" })],
      ["one that preempts never", pod({ priorityClassName: "shy" })],
      ["a system class", pod({ priorityClassName: "system-node-critical" })],
      ["unknown", pod({ priorityClassName: "silver" })],
      ["unknown, of a generated name", pod({ priorityClassName: "silver" }, { generateName: "gen-" })],
      ["unknown and invalid", pod({ priorityClassName: "silver", restartPolicy: "x" })],
      ["unknown, in no namespace", pod({ priorityClassName: "silver" }), "missing"],
      ["its own priority, the same", pod({ priorityClassName: "gold", priority: 100 })],
      ["its own priority, another", pod({ priorityClassName: "gold", priority: 1 })],
      ["its own priority without a class", pod({ priority: 1 })],
      ["its own policy", pod({ priorityClassName: "gold", preemptionPolicy: "Never" })],
      ["its own policy without a class", pod({ preemptionPolicy: "Never" })],
      [
        "warned of an annotation when forbidden",
        pod(
          { priorityClassName: "silver" },
          { name: "one", annotations: { "container.apparmor.security.beta.kubernetes.io/c": "unconfined" } },
        ),
      ],
      [
        "warned of an annotation when invalid",
        pod(
          { restartPolicy: "x" },
          { name: "one", annotations: { "container.apparmor.security.beta.kubernetes.io/c": "unconfined" } },
        ),
      ],
    ],
  },
  "a default priority class": {
    classes: [priority("usual", 7, { globalDefault: true, preemptionPolicy: "Never" })],
    seen: [pod(), "priority", 7],
    cases: [
      ["no class", pod()],
      ["empty class", pod({ priorityClassName: "" })],
      ["a system class", pod({ priorityClassName: "system-cluster-critical" })],
      ["its own priority", pod({ priority: 0 })],
    ],
  },
  "no default classes": {
    classes: [storage("slow"), ingressClass("one")],
    seen: [claim(), "storageClassName", undefined],
    cases: [
      ["claim", claim()],
      ["ingress", ingress()],
    ],
  },
  "default classes": {
    classes: [
      storage("slow"),
      storage("b-fast", { [DEFAULT_STORAGE]: "true" }),
      storage("no", { [DEFAULT_STORAGE]: "false" }),
      ingressClass("one"),
      ingressClass("two", { [DEFAULT_INGRESS]: "true" }),
    ],
    seen: [ingress(), "ingressClassName", "two"],
    cases: [
      ["claim", claim()],
      ["claim of a class", claim({ storageClassName: "slow" })],
      ["claim of no class", claim({ storageClassName: "" })],
      ["claim of an annotation's class", claim({}, { "volume.beta.kubernetes.io/storage-class": "slow" })],
      ["ingress", ingress()],
      ["ingress of a class", ingress({ ingressClassName: "one" })],
      ["ingress of an annotation's class", ingress({}, { "kubernetes.io/ingress.class": "one" })],
    ],
  },
};

const UUID = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

/** What matters of an answer. */
function told({ status, body, warnings }: { status: number; body: Loose; warnings: string[] }): Loose {
  const { code, reason, details } = body;
  const message = String(body.message ?? "")
    .replaceAll(/gen-\w{5}/g, "gen-RANDOM")
    .replaceAll(UUID, "UID");
  const { priority, preemptionPolicy, priorityClassName, storageClassName, ingressClassName } = body.spec ?? {};
  const spec = { priority, preemptionPolicy, priorityClassName, storageClassName, ingressClassName };
  const named = details && { ...details, name: String(details.name).replaceAll(/gen-\w{5}/g, "gen-RANDOM") };
  return { status, message, code, reason, details: named, spec, warnings };
}

async function ask(trial: Trial, path: string, body: Loose): Promise<Parameters<typeof told>[0]> {
  const headers = { "content-type": "application/json" };
  const response = await trial.request(path, { method: "POST", headers, body: JSON.stringify(body) });
  const warning = response.headers.get("warning");
  const warnings = warning ? [warning.slice(warning.indexOf('"') + 1, -1).replaceAll(/\\(.)/g, "$1")] : [];
  return { status: response.status, body: await response.json(), warnings };
}

describeReal("admission that looks at classes", () => {
  let plane: ControlPlane;
  beforeAll(async () => {
    plane = await startControlPlane({ name: "admission" });
  }, 60_000);
  afterAll(() => plane?.stop());

  for (const [title, { classes, seen, cases }] of Object.entries(TABLES)) {
    describe(title, () => {
      let trial: Trial;
      beforeAll(async () => {
        trial = await openTrial(MEMBER_KINDS);
        await ask(trial, "/api/v1/namespaces", { metadata: { name: "default" } });
        for (const [path, body] of classes) {
          expect((await plane.call("POST", path, body)).status).toBe(201);
          expect((await ask(trial, path, body)).status).toBe(201);
        }
        const [[resource, body], field, value] = seen;
        await vi.waitFor(
          async () => {
            const { body: answer } = await plane.call("POST", collection(resource), body);
            expect(answer.spec?.[field]).toEqual(value);
          },
          { timeout: 10_000 },
        );
      }, 30_000);
      afterAll(async () => {
        for (const [path, body] of classes) await plane.call("DELETE", `${path}/${body.metadata.name}`);
      });

      test.each(cases)("%s", async (_name, [resource, body], namespace) => {
        const path = collection(resource, namespace);
        expect(told(await ask(trial, path, body))).toEqual(told(await plane.call("POST", path, body)));
      });
    });
  }
});

describe("classes at the root", () => {
  const made = async (classes: [string, Loose][], [resource, body]: [string, Loose]): Promise<Loose> => {
    const trial = await openTrial(ROOT_KINDS);
    await ask(trial, "/api/v1/namespaces", { metadata: { name: "default" } });
    for (const [path, one] of classes) expect((await ask(trial, path, one)).status).toBe(201);
    return ask(trial, collection(resource), body);
  };

  test("a pod's class that the root does not know is left to the cluster", async () => {
    const { status, body } = await made([], pod({ priorityClassName: "silver" }));
    expect([status, body.spec.priorityClassName, body.spec.priority]).toEqual([201, "silver", undefined]);
  });

  test("one that it knows is resolved", async () => {
    const { body } = await made([priority("gold", 100)], pod({ priorityClassName: "gold" }));
    expect(body.spec.priority).toBe(100);
  });

  test("a pod that names none is given none: the cluster has a default of its own", async () => {
    const { body } = await made([priority("usual", 7, { globalDefault: true })], pod());
    expect([body.spec.priorityClassName, body.spec.priority]).toEqual([undefined, 0]);
  });

  test("claims and Ingresses get the root's own default class", async () => {
    const classes = [
      storage("fast", { [DEFAULT_STORAGE]: "true" }),
      ingressClass("web", { [DEFAULT_INGRESS]: "true" }),
    ];
    expect((await made(classes, claim())).body.spec.storageClassName).toBe("fast");
    expect((await made(classes, ingress())).body.spec.ingressClassName).toBe("web");
  });
});
