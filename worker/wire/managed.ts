// Where wire meets core/patch's field ownership: which schema, manager, subresource and time a write is recorded under.
import { type Reset, trackUpdate, type Version } from "../../core/patch/apply/update.ts";
import { schemaFor } from "../../kinds/facts/schema.ts";
import type { Conversion, Kind } from "../../kinds/kind.ts";
import type { KubeObject, ManagedFieldsEntry } from "../../kinds/object.ts";
import { storedKind } from "./convert.ts";
import { type Exchange, apiVersionOf } from "./exchange.ts";
import type { UpdateRequest } from "./write.ts";
import type { WriteOptions } from "./writeoptions.ts";

// The same arrays each time: core/patch keeps what it makes of them.
const STATUS: Reset = [["status"]];
const SPEC: Reset = [["spec"]];
const SPEC_AND_LABELS: Reset = [["spec"], ["metadata", "labels"]];

/** Fields that an endpoint never owns (the strategies' GetResetFields). */
export function resetFor(kind: Kind, part: UpdateRequest["part"]): Reset | undefined {
  if (part === "status") return kind.statusKeepsLabels ? SPEC_AND_LABELS : SPEC;
  // Who writes a part owns all that was sent there, also what is not taken: upstream's endpoints name no fields.
  if (part !== undefined && kind.parts?.[part] !== undefined) return undefined;
  return kind.status ? STATUS : undefined;
}

/** The other versions in which the kind is served, for managers who speak in them. */
export function versionsOf(x: Exchange): (apiVersion: string) => Version | undefined {
  const { kind } = x.target;
  return (apiVersion) => {
    const other = x.options.kinds.all.find((k) => storedKind(k) === storedKind(kind) && apiVersionOf(k) === apiVersion);
    if (other === undefined || other === kind) return undefined;
    const convert = (object: KubeObject): KubeObject => {
      const stored = kind.conversion === undefined ? object : kind.conversion.toStored(object);
      return other.conversion === undefined ? stored : other.conversion.fromStored(stored);
    };
    return { schema: schemaFor(other), convert };
  };
}

interface Change {
  old?: KubeObject;
  next: KubeObject;
  options: WriteOptions;
  /** RFC 3339 */
  now: string;
  part?: UpdateRequest["part"];
}

/** Whoever writes another version owns what converting it defaults; but of a new object no times that Go writes as null: those it had before. */
function converted({ toStored, fromStored }: Conversion, object: KubeObject, old: KubeObject | undefined): KubeObject {
  const next = fromStored(toStored(object));
  if (old === undefined) for (const field of Object.keys(next)) if (next[field] === null) next[field] = undefined;
  return next;
}

export function track(x: Exchange, { old, options, now, part, ...change }: Change): ManagedFieldsEntry[] | undefined {
  const { kind } = x.target;
  const next = kind.conversion === undefined ? change.next : converted(kind.conversion, change.next, old);
  return trackUpdate({
    old,
    next,
    schema: schemaFor(kind),
    manager: options.manager,
    apiVersion: apiVersionOf(kind),
    subresource: part,
    now,
    reset: resetFor(kind, part),
    version: versionsOf(x),
  });
}
