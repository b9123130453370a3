// The kinds that a CustomResourceDefinition serves: one per served version, all with the same objects. They are stored in the storage version; without
// a conversion of their own (strategy None) versions differ in apiVersion and in what their schemas keep.
import type { OpenApiSchema } from "../facts/openapi.ts";
import { customSchema } from "../facts/schema.ts";
import type { Conversion, FieldError, Kind } from "../kind.ts";
import type { JsonObject, JsonValue, KubeObject } from "../object.ts";
import { invalid } from "../rules/errors.ts";
import { validateCommonMetadata } from "../rules/metadata.ts";
import type { Schema } from "../schema.ts";
import { type PrinterColumn, printed, printerColumns } from "./columns.ts";
import { setSchemaDefaults } from "./defaults.ts";
import { parseJsonPath } from "./jsonpath.ts";
import { ROOT, schemaDocument, type Props } from "./props.ts";
import { prune } from "./prune.ts";
import { finalizerWarnings } from "./finalizers.ts";
import { validateCustomResource } from "./resource.ts";

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
  // Some may still lie there in what was the storage version before.
  if ((crd.status?.storedVersions?.length ?? 1) > 1) stored.conversion = conversionOf(stored, stored);
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
    setDefaults: (object) => setSchemaDefaults(object as JsonObject, props),
    prepareUpdate: status
      ? undefined
      : (next, old) => {
          // Without a status endpoint, status is a field like others and counts.
          if (JSON.stringify(next.status) !== JSON.stringify(old.status))
            next.metadata.generation = (old.metadata.generation ?? 0) + 1;
        },
    warnings: finalizerWarnings,
    validate: (object, old) => validateCustom(kind, apiVersion, version, object, old),
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
const dotted = (path: string): string => path.replace(/^\./, "");

function fieldAt(jsonPath: string): (object: KubeObject) => string {
  const path = parseJsonPath(jsonPath);
  return (object) => {
    const [value] = path?.(object as unknown as JsonValue) ?? [];
    return value === undefined || value === null ? "" : printed(value);
  };
}

function validateCustom(
  kind: Kind,
  apiVersion: string,
  { schema, subresources }: DefinitionVersion,
  object: KubeObject,
  old: KubeObject | undefined,
): FieldError[] {
  const errors: FieldError[] = [];
  if (object.kind !== kind.kind) errors.push(invalid("kind", object.kind, `must be ${kind.kind}`));
  if (object.apiVersion !== apiVersion) errors.push(invalid("apiVersion", object.apiVersion, `must be ${apiVersion}`));
  if (errors.length > 0) return errors;
  errors.push(...validateCommonMetadata(kind, object, old, old === undefined ? [] : ["update"]));
  const props = schema?.openAPIV3Schema ?? PRESERVED;
  return [...errors, ...validateCustomResource(object, props, subresources?.scale, old)];
}

const otherVersion = (kind: Kind, stored: Kind): Kind => ({ ...kind, conversion: conversionOf(kind, stored) });

/** Strategy None. `kind` may be the stored one itself: then only what lies there in an earlier version changes. */
function conversionOf(kind: Kind, stored: Kind): Conversion {
  const turn = (object: KubeObject, to: Kind): KubeObject => {
    const apiVersion = `${to.group}/${to.version}`;
    if (object.apiVersion === apiVersion) return object;
    const next = JSON.parse(JSON.stringify(object)) as KubeObject;
    next.apiVersion = apiVersion;
    prune(next as JsonObject, to.structural!.props);
    to.setDefaults?.(next);
    return next;
  };
  return { stored, toStored: (object) => turn(object, stored), fromStored: (object) => turn(object, kind) };
}
