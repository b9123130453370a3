// What a record says of a name that people chose: a cluster may be called "constructor", which every object has by inheritance.

/** Undefined: it says nothing. */
export function own<T>(record: Readonly<Record<string, T>> | undefined, name: string): T | undefined {
  return record !== undefined && Object.hasOwn(record, name) ? record[name] : undefined;
}
