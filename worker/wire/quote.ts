// Text in quotes as Go's %q prints it: JSON's but for control characters, which Go spells \x00 and not \u0000.

const NAMES: Readonly<Record<string, string>> = { "\\u0007": "\\a", "\\b": "\\b", "\\f": "\\f", "\\u000b": "\\v" };

export function quote(text: string): string {
  return JSON.stringify(text).replace(
    /\\u00([01][0-9a-f])|\u007f/g,
    (found, hex: string | undefined) => NAMES[found] ?? `\\x${hex ?? "7f"}`,
  );
}

/** A JSON value as %+v prints the map[string]interface{} it decodes to: map[a:1 b:map[c:[x y]]]. */
export function printed(value: unknown): string {
  if (value === null || value === undefined) return "<nil>";
  if (Array.isArray(value)) return `[${value.map(printed).join(" ")}]`;
  if (typeof value !== "object") return String(value);
  const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `map[${fields.map(([key, field]) => `${key}:${printed(field)}`).join(" ")}]`;
}
