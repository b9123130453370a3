// One JSON line per event worth knowing: what was made, healed, removed or refused, and what stopped answering.
// Never an object's content: Secrets pass through here.

export type Log = (event: string, fields?: Record<string, string | number | boolean | undefined>) => void;

export function jsonLog(write: (line: string) => void, clock: () => number): Log {
  return (event, fields) => write(JSON.stringify({ time: new Date(clock()).toISOString(), event, ...fields }));
}
