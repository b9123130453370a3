// Deep equality of JSON values, blind to key order; an undefined field counts as absent (Go's omitempty keeps none).

export function equal(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a)) {
    if (!Array.isArray(b) || a.length !== b.length) return false;
    for (let i = 0; i < a.length; i++) if (!equal(a[i], b[i])) return false;
    return true;
  }
  if (Array.isArray(b)) return false;
  const left = a as Record<string, unknown>;
  const right = b as Record<string, unknown>;
  let matched = 0;
  for (const key in left) {
    if (left[key] === undefined) continue;
    if (right[key] === undefined || !equal(left[key], right[key])) return false;
    matched++;
  }
  for (const key in right) if (right[key] !== undefined) matched--;
  return matched === 0;
}

/** As `equal`, over all top-level fields but `except`. */
export function equalBut(
  a: Readonly<Record<string, unknown>>,
  b: Readonly<Record<string, unknown>>,
  except: (key: string) => boolean,
): boolean {
  for (const key in a) if (!except(key) && !equal(a[key], b[key])) return false;
  for (const key in b) if (!except(key) && b[key] !== undefined && a[key] === undefined) return false;
  return true;
}
