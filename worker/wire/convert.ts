// Kinds that are another served version of a stored one (Kind.conversion): rows are read as the served version and written as the stored
// one, so that what one version writes the other reads. Kinds without a conversion come nowhere near this file: their texts stay unparsed.
import { type Conversion, type Kind, kindKey } from "../../kinds/kind.ts";
import type { KubeObject } from "../../kinds/object.ts";
import type { Batch, Event, Reader, Row } from "../store/store.ts";
import { storedText } from "./splice.ts";

/** The kind under whose name, and in whose version, the objects of `kind` lie in the store. */
export function storedKind(kind: Kind): Kind {
  return kind.conversion?.stored ?? kind;
}

/** Name of the kind's resource in the store. */
export function storedResource(kind: Kind): string {
  return kindKey(storedKind(kind));
}

/** A row in the served version, with the text it was made of. */
export interface ConvertedRow extends Row {
  stored: string;
}

/** The text in which the store holds the object; of a converted row the original. */
export function originalText(row: Row): string {
  return (row as Partial<ConvertedRow>).stored ?? row.value;
}

/** The object of which Tables and PartialObjectMetadata are made: upstream makes both of what it holds, not of what it serves. */
export function storedObject({ conversion }: Kind, object: KubeObject): KubeObject {
  // Versions of a custom kind are printed and cut down as they are served.
  if (conversion === undefined || conversion.stored.structural !== undefined) return object;
  const { resourceVersion } = object.metadata;
  const stored = conversion.toStored(object);
  return { ...stored, metadata: { ...stored.metadata, resourceVersion } };
}

/** A stored text as the served version has it. */
export function servedText({ fromStored }: Conversion, value: string): string {
  return storedText(fromStored(JSON.parse(value) as KubeObject));
}

/** Reads rows of the stored kind, under its own keys, as objects of the served version. */
export function convertedReader(source: Reader, conversion: Conversion): Reader {
  const row = (of: Row): ConvertedRow => ({ ...of, value: servedText(conversion, of.value), stored: of.value });
  const event = (of: Event): Event => ({
    ...of,
    value: servedText(conversion, of.value),
    previous: of.previous === undefined ? undefined : servedText(conversion, of.previous),
  });
  return {
    async get(key) {
      const found = await source.get(key);
      return found && row(found);
    },
    getMany: async (keys) => (await source.getMany(keys)).map(row),
    async list(query) {
      const listed = await source.list(query);
      return { ...listed, rows: listed.rows.map(row) };
    },
    listByRef: async (resource, ref) => (await source.listByRef(resource, ref)).map(row),
    listByName: async (resource, name) => (await source.listByName(resource, name)).map(row),
    async changes(query) {
      const listed = await source.changes(query);
      return { ...listed, rows: listed.rows.map(row) };
    },
    version: () => source.version(),
    async *watch(options): AsyncIterable<Batch> {
      for await (const batch of source.watch(options)) yield { ...batch, events: batch.events.map(event) };
    },
  };
}
