// The spec of a CustomResourceDefinition in upstream's internal form, in which it is validated: what all versions have alike stands once, at the
// top, so that errors name it there (apiextensions-apiserver pkg/apis/apiextensions/v1/conversion.go).
import type { Loose } from "../../object.ts";
import type { PrinterColumn } from "../columns.ts";
import type { JsonSchema } from "../jsonschema.ts";
import { sorted } from "../lists.ts";

export interface Validation {
  openAPIV3Schema?: JsonSchema;
}

export interface Scale {
  specReplicasPath?: string;
  statusReplicasPath?: string;
  labelSelectorPath?: string;
}

export interface Subresources {
  status?: object;
  scale?: Scale;
}

/** What stands either in each version or, where all are alike, above them. */
interface PerVersion {
  subresources?: Subresources;
  additionalPrinterColumns?: PrinterColumn[];
  selectableFields?: { jsonPath?: string }[];
}

export interface InternalVersion extends PerVersion {
  name: string;
  served: boolean;
  storage: boolean;
  deprecated?: boolean;
  deprecationWarning?: string;
  schema?: Validation;
}

export interface InternalSpec extends PerVersion {
  group: string;
  version: string;
  scope: string;
  names: Loose;
  validation?: Validation;
  versions: InternalVersion[];
  conversion: Loose;
  preserveUnknownFields?: boolean;
}

const SHARED = ["subresources", "schema", "additionalPrinterColumns", "selectableFields"] as const;

export function internalSpec(spec: Loose): InternalSpec {
  const versions = ((spec.versions ?? []) as InternalVersion[]).map((version) => ({ ...version }));
  const made: Loose = { ...spec, versions, version: versions[0]?.name ?? "" };
  for (const part of SHARED) {
    const [first] = versions;
    if (first === undefined || !versions.every((version) => alike(version[part], first[part]))) continue;
    if (first[part] !== undefined) made[part === "schema" ? "validation" : part] = first[part];
    for (const version of versions) delete version[part];
  }
  return made;
}

/** An empty subresource and none are two things; an empty list and none are not. */
function alike(a: Loose, b: Loose): boolean {
  const shown = (value: Loose): string =>
    JSON.stringify(Array.isArray(value) && value.length === 0 ? null : sorted(value ?? null));
  return shown(a) === shown(b);
}
