// Secret (v1): bytes by key (base64), at most 1 MiB together. `stringData` is folded into `data` on the way in, never stored.
import type { FieldError, Kind } from "./kind.ts";
import type { KubeObject } from "./object.ts";
import { decodeBase64, encodeBase64 } from "./rules/base64.ts";
import { AGE, NAME } from "./rules/columns.ts";
import { base64Length, immutableData, MAX_DATA_BYTES } from "./rules/data.ts";
import { invalid, invalidEach, required, tooManyBytes } from "./rules/errors.ts";
import { sameJson, validateMetadata } from "./rules/metadata.ts";
import { configMapKey } from "./rules/names.ts";
import { keyPairProblem } from "./rules/pem.ts";
import { dropZeros } from "./rules/zeros.ts";

export const SERVICE_ACCOUNT_TOKEN = "kubernetes.io/service-account-token";
const TLS = "kubernetes.io/tls";
const SERVICE_ACCOUNT_NAME = "kubernetes.io/service-account.name";

/** Keys that a type demands (kk:pkg/apis/core/validation ValidateSecret). */
function validateType(object: KubeObject): FieldError[] {
  const data: Record<string, string> = object.data ?? {};
  const missing = (...keys: string[]): FieldError[] =>
    keys.filter((key) => !(key in data)).map((key) => required(`data[${key}]`));
  switch (object.type) {
    case SERVICE_ACCOUNT_TOKEN:
      return object.metadata.annotations?.[SERVICE_ACCOUNT_NAME]
        ? []
        : [required(`metadata.annotations[${SERVICE_ACCOUNT_NAME}]`)];
    case "kubernetes.io/dockercfg":
      return [...missing(".dockercfg"), ...validateJson(data, ".dockercfg")];
    case "kubernetes.io/dockerconfigjson":
      return [...missing(".dockerconfigjson"), ...validateJson(data, ".dockerconfigjson")];
    case "kubernetes.io/basic-auth":
      return "username" in data || "password" in data ? [] : [required("data[username]"), required("data[password]")];
    case "kubernetes.io/ssh-auth":
      return data["ssh-privatekey"] ? [] : [required("data[ssh-privatekey]")];
    case TLS:
      return missing("tls.crt", "tls.key");
    default:
      return [];
  }
}

function validateJson(data: Record<string, string>, key: string): FieldError[] {
  const text = data[key];
  if (text === undefined) return [];
  try {
    const value: unknown = JSON.parse(decodeBase64(text) ?? "");
    if (typeof value === "object" && !Array.isArray(value)) return [];
    return [
      invalid(
        `data[${key}]`,
        "<secret contents redacted>",
        "json: cannot unmarshal value into Go value of type map[string]interface {}",
      ),
    ];
  } catch {
    return [invalid(`data[${key}]`, "<secret contents redacted>", "unexpected end of JSON input")];
  }
}

function validateContent(object: KubeObject): FieldError[] {
  const errors = validateMetadata(secret, object);
  let size = 0;
  for (const [key, value] of Object.entries((object.data ?? {}) as Record<string, string>)) {
    errors.push(...invalidEach(`data[${key}]`, key, configMapKey(key)));
    size += base64Length(value ?? "");
  }
  if (size > MAX_DATA_BYTES) errors.push(tooManyBytes("data", MAX_DATA_BYTES));
  return [...errors, ...validateType(object)];
}

function setDefaults(object: KubeObject): void {
  dropZeros(object, secret.schema);
  object.type ||= "Opaque";
  if (object.stringData === undefined || object.stringData === null) return;
  for (const [key, value] of Object.entries(object.stringData as Record<string, string>)) {
    object.data = { ...object.data, [key]: encodeBase64(value) };
  }
  delete object.stringData;
}

/** A broken pair is kept, and warned of (kk:pkg/registry/core/secret/strategy.go). */
function warnings({ type, data }: KubeObject): string[] {
  if (type !== TLS) return [];
  const problem = keyPairProblem(
    decodeBase64(data?.["tls.crt"] ?? "") ?? "",
    decodeBase64(data?.["tls.key"] ?? "") ?? "",
  );
  return problem === undefined ? [] : [problem];
}

export const secret: Kind = {
  group: "",
  version: "v1",
  kind: "Secret",
  resource: "secrets",
  singular: "secret",
  namespaced: true,
  verbs: ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"],
  schema: "io.k8s.api.core.v1.Secret",
  fields: { type: (object) => object.type ?? "" },
  columns: [
    NAME,
    { name: "Type", type: "string", description: "What its data means", cell: (object) => object.type ?? "" },
    {
      name: "Data",
      type: "string",
      description: "How many keys it holds",
      cell: (object) => Object.keys(object.data ?? {}).length,
    },
    AGE,
  ],
  setDefaults,
  prepareUpdate: (object, old) => {
    if (!object.type) object.type = old.type;
  },
  validate: (object, old) => {
    if (old === undefined) return validateContent(object);
    return [
      ...validateMetadata(secret, object, old),
      ...(sameJson(object.type, old.type) ? [] : [invalid("type", object.type, "field is immutable")]),
      ...immutableData(object, old, ["data"]),
      ...validateContent(object),
    ];
  },
  warnings,
  federation: { rule: "follower" },
};
