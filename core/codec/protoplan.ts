// What kinds/facts knows of a protobuf message, read once: its fields by number and how Go's JSON shows each.
import { facts } from "../../kinds/facts/facts.ts";

export interface Field {
  number: number;
  name: string;
  /** s string, y bytes, i integer, b bool, d double, @ message. */
  type: string;
  /** Of a message. */
  message: string;
  repeated: boolean;
  map: boolean;
  inline: boolean;
  pointer: boolean;
  /** Written although zero. */
  keepZero: boolean;
  omitZero: boolean;
}

export interface Plan {
  /** Last part of the message's name. */
  short: string;
  fields: Field[];
  byNumber: Map<number, Field>;
  /** A message that JSON shows as just its list (ExtraValue, Verbs). */
  bare: boolean;
}

const plans = new Map<string, Plan>();

function readField(text: string): Field {
  const [number, name, kind, flags = ""] = text.split(" ") as [string, string, string, string?];
  const type = kind.replace(/^[*%]/, "");
  return {
    number: Number(number),
    name,
    type: type[0]!,
    message: type.slice(1),
    repeated: kind.startsWith("*"),
    map: kind.startsWith("%"),
    inline: flags.includes("n"),
    pointer: flags.includes("p"),
    keepZero: flags.includes("z"),
    omitZero: flags.includes("o"),
  };
}

export function planOf(message: string): Plan | undefined {
  const known = plans.get(message);
  if (known) return known;
  const source = facts().messages[message];
  if (source === undefined) return undefined;
  const fields = source.map(readField);
  const plan: Plan = {
    short: message.slice(message.lastIndexOf(".") + 1),
    fields,
    byNumber: new Map(fields.map((field) => [field.number, field])),
    bare: fields.length === 1 && fields[0]?.name === "items" && !(message in facts().schemas),
  };
  plans.set(message, plan);
  return plan;
}
