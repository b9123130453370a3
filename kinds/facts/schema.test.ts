import { describe, expect, test } from "vitest";
import type { Schema } from "../schema.ts";
import { facts } from "./facts.ts";
import { definitionOf, findDefinition, groupVersionKindsOf, registerSchema, schemaOf } from "./schema.ts";

/** "spec.template.spec.containers[].ports" from a definition on. */
function at(definition: string, path: string): Schema {
  let schema = schemaOf(definition);
  for (const step of path.split(".")) {
    const field = schema.properties?.get(step.replace("[]", ""));
    if (!field) throw new Error(`no ${step} of ${path}`);
    schema = step.endsWith("[]") ? field.items! : field;
  }
  return schema;
}

const POD = "io.k8s.api.core.v1.Pod";
const SERVICE = "io.k8s.api.core.v1.Service";
const DEPLOYMENT = "io.k8s.api.apps.v1.Deployment";

describe("schemaOf", () => {
  const cases: [string, string, Partial<Schema>][] = [
    [
      POD,
      "spec.containers",
      { type: "array", listType: "map", listKeys: ["name"], patchMerge: true, patchMergeKey: "name" },
    ],
    [
      POD,
      "spec.containers[].ports",
      { listType: "map", listKeys: ["containerPort", "protocol"], patchMerge: true, patchMergeKey: "containerPort" },
    ],
    [POD, "spec.containers[].ports[].protocol", { type: "string", default: "TCP", enum: ["SCTP", "TCP", "UDP"] }],
    [POD, "spec.volumes", { patchMerge: true, patchRetainKeys: true, patchMergeKey: "name" }],
    [
      POD,
      "spec.containers[].resources.limits",
      { type: "object", additional: expect.objectContaining({ format: "quantity" }) as Schema },
    ],
    [POD, "spec.containers[].args", { type: "array", listType: "atomic" }],
    [POD, "spec.nodeSelector", { type: "object", atomicMap: true }],
    [POD, "metadata.managedFields[].fieldsV1", { format: "raw" }],
    [POD, "metadata.finalizers", { listType: "set", patchMerge: true }],
    [DEPLOYMENT, "spec.strategy", { patchRetainKeys: true, name: "io.k8s.api.apps.v1.DeploymentStrategy" }],
    [DEPLOYMENT, "spec.selector", { atomicMap: true }],
    [DEPLOYMENT, "spec.strategy.rollingUpdate.maxSurge", { format: "int-or-string" }],
    [DEPLOYMENT, "spec.replicas", { type: "integer", format: "int32" }],
    ["io.k8s.api.core.v1.PersistentVolume", "spec.claimRef", { atomicMap: false }],
    ["io.k8s.api.policy.v1.PodDisruptionBudget", "spec.selector", { patchReplace: true, atomicMap: true }],
    [SERVICE, "spec.ports", { listKeys: ["port", "protocol"], patchMergeKey: "port" }],
    ["io.k8s.api.core.v1.Secret", "data", { type: "object", additional: { type: "string", format: "byte" } }],
  ];
  test.each(cases)("%s %s", (definition, path, expected) => expect(at(definition, path)).toMatchObject(expected));

  test("an empty list that defaulting tells from none is not left out", () => {
    expect(at("io.k8s.api.autoscaling.v2.HPAScalingRules", "policies").omitEmpty).toBeUndefined();
    expect(at(POD, "spec.containers[].args").omitEmpty).toBe(true);
  });

  test("every definition of the facts can be built", () => {
    for (const name of Object.keys(facts().schemas)) expect(schemaOf(name).name).toBe(name);
  });

  test("a type that contains itself is one shared graph", () => {
    const props = "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaProps";
    expect(at(props, "not").properties).toBe(schemaOf(props).properties);
    expect(at(props, "properties").additional?.properties).toBe(schemaOf(props).properties);
  });

  test("unknown types are an error", () => expect(() => schemaOf("io.k8s.Nothing")).toThrow("io.k8s.Nothing"));
});

describe("definitionOf", () => {
  test.each([
    ["", "v1", "Service", SERVICE],
    ["apps", "v1", "Deployment", DEPLOYMENT],
    ["apps", "v1", "DeleteOptions", "io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions"],
    ["autoscaling", "v1", "Scale", "io.k8s.api.autoscaling.v1.Scale"],
    ["rbac.authorization.k8s.io", "v1", "Role", "io.k8s.api.rbac.v1.Role"],
  ])("%s/%s %s", (group, version, kind, expected) => expect(definitionOf(group, version, kind)).toBe(expected));

  test("nobody's kind", () => {
    expect(findDefinition("apps", "v1", "Toaster")).toBeUndefined();
    expect(() => definitionOf("apps", "v1", "Toaster")).toThrow("Toaster");
  });
});

test("an own kind is registered with metadata, list and open fields", () => {
  registerSchema({
    definition: "dev.test.v1.Toaster",
    group: "test.dev",
    version: "v1",
    kind: "Toaster",
    schema: {
      description: "Toasts.",
      properties: {
        spec: {
          type: "object",
          "x-kubernetes-preserve-unknown-fields": true,
          properties: { slots: { type: "integer" } },
        },
      },
    },
  });
  expect(definitionOf("test.dev", "v1", "Toaster")).toBe("dev.test.v1.Toaster");
  expect(groupVersionKindsOf("dev.test.v1.ToasterList")).toEqual([
    { group: "test.dev", version: "v1", kind: "ToasterList" },
  ]);
  expect(at("dev.test.v1.Toaster", "metadata.labels").type).toBe("object");
  expect(at("dev.test.v1.Toaster", "spec").preserveUnknown).toBe(true);
  expect(at("dev.test.v1.ToasterList", "items[].spec.slots").type).toBe("integer");
});
