// Where wire meets core/patch's field ownership: which schema, manager, subresource and time a write is recorded under.
import { schemaOf } from "../../kinds/facts/schema.ts";
import type { Kind } from "../../kinds/kind.ts";
import type { KubeObject, ManagedFieldsEntry } from "../../kinds/object.ts";
import type { Schema } from "../../kinds/schema.ts";
import type { Exchange } from "./exchange.ts";
import type { UpdateRequest } from "./write.ts";
import type { WriteOptions } from "./writeoptions.ts";

const OPEN: Schema = { type: "object" };

/** A kind's schema; one nobody described is an open object. */
export function schemaFor(kind: Kind): Schema {
  return schemaNamed(kind.schema);
}

export function schemaNamed(name: string): Schema {
  return schemaOf(name) ?? OPEN;
}

interface Change {
  old?: KubeObject;
  next: KubeObject;
  options: WriteOptions;
  /** ms */
  now: number;
  part?: UpdateRequest["part"];
}

export function track(_x: Exchange, { next }: Change): ManagedFieldsEntry[] | undefined {
  return next.metadata.managedFields;
}
