// The kinds that a CustomResourceDefinition serves: one per served version, all with the same objects. They are stored in the storage version; without
// a conversion of their own (strategy None) versions differ in apiVersion and in what their schemas keep.
import type { OpenApiSchema } from "../facts/openapi.ts";
import { customSchema } from "../facts/schema.ts";
import type { Conversion, FieldError, Kind } from "../kind.ts";
import type { JsonObject, JsonValue, KubeObject } from "../object.ts";
import { invalid } from "../rules/errors.ts";
import { validateCommonMetadata } from "../rules/metadata.ts";
import type { Schema } from "../schema.ts";
import { type PrinterColumn, printerColumns } from "./columns.ts";
import { setObjectDefaults } from "./defaults.ts";
import { parseJsonPath } from "./jsonpath.ts";
import { embeddedErrors } from "./embedded.ts";
import { duplicateErrors } from "./lists.ts";
import { ROOT, schemaDocument, type Props } from "./props.ts";
import { prune } from "./prune.ts";
import { validateSchema } from "./validate.ts";

/** What a custom kind is made of, for whoever would else ask the generated facts. */
export interface Structural {
  /** Name of its CustomResourceDefinition. */
  crd: string;
  /** For patches and field ownership. */
  schema: Schema;
  /** As published: with apiVersion, kind and metadata. */
  document: OpenApiSchema;
  /** As written in the definition. */
  props: Props;
  listKind: string;
}

export interface DefinitionVersion {
  name: string;
  served: boolean;
  storage: boolean;
  deprecated?: boolean;
  deprecationWarning?: string;
  schema?: { openAPIV3Schema?: Props };
  subresources?: {
    status?: object;
    scale?: { specReplicasPath: string; statusReplicasPath: string; labelSelectorPath?: string };
  };
  additionalPrinterColumns?: PrinterColumn[];
  selectableFields?: { jsonPath: string }[];
}

const PRESERVED: Props = { type: "object", "x-kubernetes-preserve-unknown-fields": true };

export function customKinds(crd: KubeObject): Kind[] {
  const versions = crd.spec.versions as DefinitionVersion[];
  const storage = versions.find((version) => version.storage);
  if (storage === undefined) throw new Error(`${crd.metadata.name} has no storage version`);
  const stored = kindOf(crd, storage);
  return versions
    .filter(({ served }) => served)
    .map((version) => (version === storage ? stored : otherVersion(kindOf(crd, version), stored)));
}

function kindOf(crd: KubeObject, version: DefinitionVersion): Kind {
  const { group, scope } = crd.spec;
  const names = crd.status?.acceptedNames?.kind ? crd.status.acceptedNames : crd.spec.names;
  const props = version.schema?.openAPIV3Schema ?? PRESERVED;
  const inner = schemaDocument(props);
  const document: OpenApiSchema = { ...inner, type: "object", properties: { ...inner.properties, ...ROOT } };
  const schema = `${(group as string).split(".").reverse().join(".")}.${version.name}.${names.kind}`;
  const apiVersion = `${group}/${version.name}`;
  const status = version.subresources?.status !== undefined;
  const { scale } = version.subresources ?? {};
  const kind: Kind = {
    group,
    version: version.name,
    kind: names.kind,
    resource: crd.spec.names.plural,
    singular: names.singular ?? "",
    namespaced: scope === "Namespaced",
    ...(names.shortNames?.length ? { shortNames: names.shortNames } : {}),
    ...(names.categories?.length ? { categories: names.categories } : {}),
    verbs: ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"],
    ...(status ? { status } : {}),
    ...(scale === undefined
      ? {}
      : {
          scale: {
            specReplicas: dotted(scale.specReplicasPath),
            statusReplicas: dotted(scale.statusReplicasPath),
            selector: scale.labelSelectorPath === undefined ? "" : dotted(scale.labelSelectorPath),
          },
        }),
    schema,
    structural: {
      crd: crd.metadata.name,
      schema: customSchema(document, schema, props),
      document,
      props,
      listKind: names.listKind ?? `${names.kind}List`,
    },
    generation: true,
    unconditionalUpdate: false,
    columns: printerColumns(version.additionalPrinterColumns),
    ageless: true,
    fields: Object.fromEntries(
      (version.selectableFields ?? []).map(({ jsonPath }) => [dotted(jsonPath), fieldAt(jsonPath)]),
    ),
    setDefaults: (object) => setObjectDefaults(object as JsonObject, props),
    prepareUpdate: status
      ? undefined
      : (next, old) => {
          // Without a status endpoint, status is a field like others and counts.
          if (JSON.stringify(next.status) !== JSON.stringify(old.status))
            next.metadata.generation = (old.metadata.generation ?? 0) + 1;
        },
    validate: (object, old) => validateCustom(kind, apiVersion, props, object, old),
    ...(version.deprecated
      ? { deprecation: version.deprecationWarning ?? `${apiVersion} ${names.kind} is deprecated` }
      : {}),
    // Not sent to clusters yet.
    federation: { rule: "root" },
  };
  if (kind.prepareUpdate === undefined) delete kind.prepareUpdate;
  return kind;
}

/** ".spec.replicas" -> "spec.replicas" */
const dotted = (path: string): string => (parseJsonPath(path)?.fields ?? []).join(".");

function fieldAt(jsonPath: string): (object: KubeObject) => string {
  const path = parseJsonPath(jsonPath);
  return (object) => {
    const [value] = path?.find(object as unknown as JsonValue) ?? [];
    return value === undefined || value === null ? "" : String(value);
  };
}

function validateCustom(
  kind: Kind,
  apiVersion: string,
  props: Props,
  object: KubeObject,
  old: KubeObject | undefined,
): FieldError[] {
  const errors: FieldError[] = [];
  if (object.kind !== kind.kind) errors.push(invalid("kind", object.kind, `must be ${kind.kind}`));
  if (object.apiVersion !== apiVersion) errors.push(invalid("apiVersion", object.apiVersion, `must be ${apiVersion}`));
  errors.push(...validateCommonMetadata(kind, object, old, old === undefined ? [] : ["update"]));
  const { metadata: _metadata, ...rest } = object;
  const plain = rest as JsonObject;
  errors.push(...validateSchema(plain, withoutRoot(props), ""), ...duplicateErrors(plain, props, ""));
  errors.push(...embeddedErrors(plain, props, ""));
  errors.push(...scaleErrors(kind, object));
  return errors;
}

const trimmed = new WeakMap<Props, Props>();

/** metadata has its own rules. */
function withoutRoot(props: Props): Props {
  let made = trimmed.get(props);
  if (made === undefined) {
    const { metadata: _metadata, ...properties } = props.properties ?? {};
    trimmed.set(
      props,
      (made = { ...props, properties, required: props.required?.filter((key) => key !== "metadata") }),
    );
  }
  return made;
}

/** registry/customresource/strategy.go ValidateScaleSpec and ValidateScaleStatus. */
function scaleErrors({ scale }: Kind, object: KubeObject): FieldError[] {
  if (scale === undefined) return [];
  return [scale.specReplicas, scale.statusReplicas].flatMap((path) => {
    const value: unknown = path.split(".").reduce(
      (at: JsonValue | undefined, key) => {
        return typeof at === "object" && at !== null ? (at as JsonObject)[key] : undefined;
      },
      object as unknown as JsonValue,
    );
    const parent: unknown = object[path.split(".")[0]!];
    if (parent !== undefined && parent !== null && typeof parent !== "object") {
      const is = `${String(parent)} is of the type ${typeof parent}, expected map[string]interface{}`;
      return [invalid(`.${path}`, 0, `.${path} accessor error: ${is}`)];
    }
    if (typeof value !== "number") return [];
    if (value < 0) return [invalid(`.${path}`, value, "should be a non-negative integer")];
    return value > 2 ** 31 - 1 ? [invalid(`.${path}`, value, "should be less than or equal to 2147483647")] : [];
  });
}

function otherVersion(kind: Kind, stored: Kind): Kind {
  const turn = (object: KubeObject, to: Kind): KubeObject => {
    const next = structuredCopy(object);
    next.apiVersion = `${to.group}/${to.version}`;
    prune(next as JsonObject, to.structural!.props);
    to.setDefaults?.(next);
    return next;
  };
  const conversion: Conversion = {
    stored,
    toStored: (object) => turn(object, stored),
    fromStored: (object) => turn(object, kind),
  };
  return { ...kind, conversion };
}

const structuredCopy = (object: KubeObject): KubeObject => JSON.parse(JSON.stringify(object)) as KubeObject;
