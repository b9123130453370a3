// Every controller looks at every change of the log: what the change says is parsed once for all of them. Two texts are remembered, what
// is and what was. Nobody may change what is returned here; a reconcile, which may, parses for itself.

let last: { text: string; value: unknown } | undefined;
let other: { text: string; value: unknown } | undefined;

export function parsed<T>(text: string): Readonly<T> {
  if (last?.text === text) return last.value as T;
  [last, other] = [other, last];
  if (last?.text !== text) last = { text, value: JSON.parse(text) };
  return last.value as T;
}
