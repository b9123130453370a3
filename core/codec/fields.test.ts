import { describe, expect, test } from "vitest";
import { definitionOf, registerSchema, schemaOf } from "../../kinds/facts/schema.ts";
import type { JsonObject } from "../../kinds/object.ts";
import { decodeFields, type DecodedFields } from "./fields.ts";
import { readTypeMeta } from "./gotype.ts";
import { parseJson } from "./json.ts";

function decodeText(
  group: string,
  version: string,
  kind: string,
  text: string,
): DecodedFields & { object: JsonObject } {
  const parsed = parseJson(text);
  if (!parsed.ok) throw new Error(parsed.message);
  const object = parsed.value as JsonObject;
  return { ...decodeFields(object, schemaOf(definitionOf(group, version, kind)), parsed.duplicates), object };
}

const configMap = (text: string) => decodeText("", "v1", "ConfigMap", text);
const deployment = (text: string) => decodeText("apps", "v1", "Deployment", text);
const container = (text: string): string => `{"spec":{"template":{"spec":{"containers":[${text}]}}}}`;

// Expected texts in this file are answers of kube-apiserver 1.36.3.
describe("strict findings", () => {
  test("of a ConfigMap, leaving out what Go does not notice", () => {
    const decoded = configMap('{"metadata":{"name":"x"},"data":{"a":"1","a":"2"},"foo":1,"foo":2,"bar":{"x":1,"x":2}}');
    expect(decoded).toEqual({
      ok: true,
      strict: ['duplicate field "data.a"', 'unknown field "foo"', 'unknown field "bar"'],
      object: { metadata: { name: "x" }, data: { a: "2" } },
    });
  });

  test("of a Deployment, in the order of the document", () => {
    const decoded = deployment(
      '{"metadata":{"name":"x","name":"y"},"spec":{"foo":1,"template":{"spec":{"containers":[{"name":"a","foo":1,"image":"5","image":"6"},{"name":"a","foo":1}],"bar":{}},"baz":1}},"Spec":{}}',
    );
    expect(decoded.ok && decoded.strict).toEqual([
      'duplicate field "metadata.name"',
      'unknown field "spec.foo"',
      'unknown field "spec.template.spec.containers[0].foo"',
      'duplicate field "spec.template.spec.containers[0].image"',
      'unknown field "spec.template.spec.containers[1].foo"',
      'unknown field "spec.template.spec.bar"',
      'unknown field "spec.template.baz"',
      'unknown field "Spec"',
    ]);
    expect(decoded.object).toEqual({
      metadata: { name: "y" },
      spec: { template: { spec: { containers: [{ name: "a", image: "6" }, { name: "a" }] } } },
    });
  });

  test("P11 at most 100", () => {
    const body = Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`f${index}`, 1]));
    expect(decodeFields(body, schemaOf(definitionOf("", "v1", "ConfigMap")))).toMatchObject({
      ok: true,
      strict: { length: 100 },
    });
    expect(body).toEqual({});
  });
});

describe("type mismatches", () => {
  const field = (struct: string, path: string, type: string, value = "number"): string =>
    `json: cannot unmarshal ${value} into Go struct field ${struct}.${path} of type ${type}`;
  const pod = "spec.template.spec";
  const cases: [string, string][] = [
    ['{"metadata":{"labels":{"a":1}}}', field("ObjectMeta", "metadata.labels", "string")],
    ['{"metadata":"x"}', field("Deployment", "metadata", "v1.ObjectMeta", "string")],
    ['{"metadata":{"creationTimestamp":5}}', field("ObjectMeta", "metadata.creationTimestamp", "string")],
    ['{"spec":true}', field("Deployment", "spec", "v1.DeploymentSpec", "bool")],
    ['{"spec":{"replicas":"3","paused":"x"}}', field("DeploymentSpec", "spec.replicas", "int32", "string")],
    ['{"spec":{"replicas":3.5}}', field("DeploymentSpec", "spec.replicas", "int32", "number 3.5")],
    ['{"spec":{"replicas":99999999999}}', field("DeploymentSpec", "spec.replicas", "int32", "number 99999999999")],
    ['{"spec":{"paused":"x"}}', field("DeploymentSpec", "spec.paused", "bool", "string")],
    [
      '{"spec":{"selector":{"matchLabels":["a"]},"template":[]}}',
      field("LabelSelector", "spec.selector.matchLabels", "map[string]string", "array"),
    ],
    [
      '{"spec":{"strategy":{"rollingUpdate":{"maxSurge":true}}}}',
      field("RollingUpdateDeployment", "spec.strategy.rollingUpdate.maxSurge", "int32", "bool"),
    ],
    [
      '{"spec":{"template":{"spec":{"containers":{"a":1}}}}}',
      field("PodSpec", `${pod}.containers`, "[]v1.Container", "object"),
    ],
    ['{"spec":{"template":{"spec":{"nodeSelector":5}}}}', field("PodSpec", `${pod}.nodeSelector`, "map[string]string")],
    [
      '{"spec":{"template":{"spec":{"volumes":[{"emptyDir":"x"}]}}}}',
      field("Volume", `${pod}.volumes.VolumeSource.emptyDir`, "v1.EmptyDirVolumeSource", "string"),
    ],
    [container("5"), field("PodSpec", `${pod}.containers`, "v1.Container")],
    [container('{"image":5}'), field("Container", `${pod}.containers.image`, "string")],
    [container('{"args":[5],"imagePullPolicy":5}'), field("Container", `${pod}.containers.args`, "string")],
    [container('{"imagePullPolicy":5}'), field("Container", `${pod}.containers.imagePullPolicy`, "v1.PullPolicy")],
    [
      container('{"resources":{"limits":5}}'),
      field("ResourceRequirements", `${pod}.containers.resources.limits`, "v1.ResourceList"),
    ],
    [
      container('{"resources":{"limits":{"cpu":"abc"}}}'),
      "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
    ],
    [
      container('{"image":5,"resources":{"limits":{"cpu":true}}}'),
      "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
    ],
    [
      '{"metadata":{"creationTimestamp":"yesterday"}}',
      'parsing time "yesterday" as "2006-01-02T15:04:05Z07:00": cannot parse "yesterday" as "2006"',
    ],
  ];
  test.each(cases)("%s", (text, message) => expect(deployment(text)).toMatchObject({ ok: false, message }));

  const micro = 'as "2006-01-02T15:04:05.000000Z07:00"';
  const times: [string, string][] = [
    ["2024-13-01T00:00:00Z", ": month out of range"],
    ["2024-01-01T25:00:00Z", ": hour out of range"],
    ["2024-01-01", ` ${micro}: cannot parse "" as "T"`],
    ["2024-01-01T00:00:00", ` ${micro}: cannot parse "" as ".000000"`],
    ["2024-01-01T00:00:00.999Z", ` ${micro}: cannot parse ".999Z" as ".000000"`],
    ["2024-01-01T00:00:00.123456789Z", ` ${micro}: cannot parse "789Z" as "Z07:00"`],
    ["2024-01-01 00:00:00Z", ` ${micro}: cannot parse " 00:00:00Z" as "T"`],
    ["", ` ${micro}: cannot parse "" as "2006"`],
  ];
  test.each(times)("MicroTime %j", (text, rest) => {
    const lease = decodeText("coordination.k8s.io", "v1", "Lease", JSON.stringify({ spec: { acquireTime: text } }));
    expect(lease).toMatchObject({ ok: false, message: `parsing time ${JSON.stringify(text)}${rest}` });
  });

  const base64: [string, number][] = [
    ["*", 0],
    ["YWJ", 0],
    ["YW=", 3],
    ["Y=Jj", 1],
    ["YWJj=", 4],
    ["YWJj*", 4],
    ["YW Jj", 2],
    ["YWJjYQ", 4],
    ["YWJjYQ=a", 6],
    ["=", 0],
  ];
  test.each(base64)("base64 %j", (text, at) => {
    expect(configMap(JSON.stringify({ binaryData: { a: text } }))).toMatchObject({
      ok: false,
      message: `illegal base64 data at input byte ${at}`,
    });
  });
});

test("values take the form Kubernetes stores", () => {
  const decoded = deployment(
    JSON.stringify({
      metadata: {
        managedFields: [{ time: "2024-01-01T00:30:00.5+02:00", fieldsV1: { "f:x": null } }],
        labels: null,
        annotations: { a: null },
      },
      spec: {
        replicas: null,
        template: {
          spec: {
            containers: [
              null,
              { args: [null], resources: { limits: { cpu: 0.5, memory: "1024Mi", "example.com/x": null } } },
            ],
          },
        },
      },
    }),
  );
  expect(decoded).toEqual({
    ok: true,
    strict: [],
    object: {
      metadata: {
        managedFields: [{ time: "2023-12-31T22:30:00Z", fieldsV1: { "f:x": null } }],
        annotations: { a: "" },
      },
      spec: {
        template: {
          spec: {
            containers: [
              {},
              { args: [""], resources: { limits: { cpu: "500m", memory: "1Gi", "example.com/x": "0" } } },
            ],
          },
        },
      },
    },
  });
  expect(configMap('{"binaryData":{"a":"YW\\nJj","b":"YWJjYR==","c":""}}').object).toEqual({
    binaryData: { a: "YWJj", b: "YWJjYQ==", c: "" },
  });
});

test("what omitempty leaves out is left out; pointers, required fields and structs stay", () => {
  const { object } = deployment(
    JSON.stringify({
      metadata: { finalizers: [], labels: {}, name: "" },
      spec: {
        replicas: 0,
        minReadySeconds: 0,
        paused: false,
        strategy: {},
        template: {
          metadata: {},
          spec: {
            containers: [{ name: "", image: "", args: [], ports: [{ containerPort: 0, hostPort: 0 }], resources: {} }],
            volumes: [],
          },
        },
      },
      status: { replicas: 0 },
    }),
  );
  expect(object).toEqual({
    metadata: {},
    spec: {
      replicas: 0,
      strategy: {},
      template: { metadata: {}, spec: { containers: [{ name: "", ports: [{ containerPort: 0 }], resources: {} }] } },
    },
    status: {},
  });
});

test("open objects keep what nobody described", () => {
  registerSchema({
    definition: "dev.test.v1.Open",
    group: "test.dev",
    version: "v1",
    kind: "Open",
    schema: {
      properties: {
        spec: { type: "object", "x-kubernetes-preserve-unknown-fields": true, properties: { n: { type: "integer" } } },
        any: { type: "object" },
      },
    },
  });
  const decoded = decodeText(
    "test.dev",
    "v1",
    "Open",
    '{"spec":{"n":1,"more":{"x":null,"x":1}},"any":{"y":[{"z":1,"z":2}]},"no":1}',
  );
  expect(decoded).toEqual({
    ok: true,
    strict: ['duplicate field "spec.more.x"', 'duplicate field "any.y[0].z"', 'unknown field "no"'],
    object: { spec: { n: 1, more: { x: 1 } }, any: { y: [{ z: 2 }] } },
  });
});

describe("readTypeMeta", () => {
  test("absent, present, of the wrong type", () => {
    expect(readTypeMeta(null)).toEqual({ ok: true, apiVersion: "", kind: "" });
    expect(readTypeMeta({ kind: "Pod" })).toEqual({ ok: true, apiVersion: "", kind: "Pod" });
    expect(readTypeMeta({ kind: 7 })).toEqual({
      ok: false,
      message:
        "couldn't get version/kind; json parse error: json: cannot unmarshal number into Go struct field .kind of type string",
    });
    expect(readTypeMeta([])).toEqual({
      ok: false,
      message:
        'couldn\'t get version/kind; json parse error: json: cannot unmarshal array into Go value of type struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }',
    });
  });
});
