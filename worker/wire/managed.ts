// Where wire meets core/patch's field ownership: which schema, manager, subresource and time a write is recorded under.
import { type Reset, trackUpdate } from "../../core/patch/apply/update.ts";
import { schemaOf } from "../../kinds/facts/schema.ts";
import type { Kind } from "../../kinds/kind.ts";
import type { KubeObject, ManagedFieldsEntry } from "../../kinds/object.ts";
import type { Schema } from "../../kinds/schema.ts";
import { type Exchange, apiVersionOf } from "./exchange.ts";
import type { UpdateRequest } from "./write.ts";
import type { WriteOptions } from "./writeoptions.ts";

export function schemaFor(kind: Kind): Schema {
  return schemaOf(kind.schema);
}

// The same arrays each time: core/patch keeps what it makes of them.
const STATUS: Reset = [["status"]];
const ALL_BUT_STATUS: Reset = [["spec"], ["metadata", "labels"]];

/** Fields that an endpoint never owns (the strategies' GetResetFields). */
export function resetFor(kind: Kind, part: UpdateRequest["part"]): Reset | undefined {
  if (part === "status") return ALL_BUT_STATUS;
  return kind.status ? STATUS : undefined;
}

interface Change {
  old?: KubeObject;
  next: KubeObject;
  options: WriteOptions;
  /** RFC 3339 */
  now: string;
  part?: UpdateRequest["part"];
}

export function track(x: Exchange, { old, next, options, now, part }: Change): ManagedFieldsEntry[] | undefined {
  const { kind } = x.target;
  return trackUpdate({
    old,
    next,
    schema: schemaFor(kind),
    manager: options.manager,
    apiVersion: apiVersionOf(kind),
    subresource: part,
    now,
    reset: resetFor(kind, part),
  });
}
