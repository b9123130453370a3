// Which kinds an API serves, as it is now: the built-in ones, and those that CustomResourceDefinitions bring. A new list is a new array, so what
// is derived from one (an index, a document) is kept by it.
import type { Kind } from "./kind.ts";

export interface KindTable {
  readonly all: readonly Kind[];
}
