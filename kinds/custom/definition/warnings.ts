// Formats that nobody checks are warned of where they are new (apiextensions-apiserver pkg/registry/customresourcedefinition/strategy.go).
import type { KubeObject, Loose } from "../../object.ts";
import { isFormat } from "../formats.ts";
import { someSchema } from "../jsonschema.ts";
import { internalSpec } from "./internal.ts";

function unknownFormats({ spec }: KubeObject): string[] {
  const { validation, versions } = internalSpec(spec);
  const found: string[] = [];
  for (const holder of [validation, ...versions.map(({ schema }) => schema)] as Loose[]) {
    if (!holder?.openAPIV3Schema) continue;
    someSchema(holder.openAPIV3Schema, ({ format, type }) => {
      if (format && !isFormat(format, type)) found.push(format);
      return false;
    });
  }
  return found;
}

export function formatWarnings(object: KubeObject, old?: KubeObject): string[] {
  const before = new Set(old === undefined ? [] : unknownFormats(old));
  return unknownFormats(object)
    .filter((format) => !before.has(format))
    .map((format) => `unrecognized format ${JSON.stringify(format)}`);
}
