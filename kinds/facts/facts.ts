// The generated facts, parsed once, when first asked for. Keys as generate/schemas.ts and generate/messages.ts describe them.
import { DATA } from "./data.ts";

export interface SchemaFact {
  t?: "s" | "i" | "n" | "b" | "a" | "o";
  f?: string;
  $?: string;
  i?: SchemaFact;
  a?: SchemaFact;
  l?: "atomic" | "set" | "map";
  k?: string[];
  /** 1: an atomic map; 0: granular, said where it is not already so. */
  m?: 0 | 1;
  s?: string;
  g?: string;
  d?: unknown;
  e?: string[];
  p?: Record<string, SchemaFact>;
  r?: string[];
  u?: object[];
  n?: string;
  v?: string;
  o?: 1;
}

export interface Facts {
  /** Kubernetes release, "v1.36.3". */
  release: string;
  /** Definition -> "group/version/kind". */
  kinds: Record<string, string[]>;
  schemas: Record<string, SchemaFact>;
  /** Protobuf message (named like its definition) -> fields. */
  messages: Record<string, string[]>;
}

let parsed: Facts | undefined;

export function facts(): Facts {
  return (parsed ??= JSON.parse(DATA) as Facts);
}
