// resourceVersion as clients send it: a decimal number, checked as upstream does, and the wait for one that lies ahead.
import { type Reader, TooLarge } from "../store/store.ts";
import { badRequest } from "./status.ts";

const WAIT_MS = 3000;
const STEP_MS = 50;

/** What is wrong with a resourceVersion, in the words of Go's strconv; undefined: nothing. */
export function versionError(text: string): string | undefined {
  if (/^\d+$/.test(text)) {
    return BigInt(text) > 0xffffffffffffffffn
      ? `strconv.ParseUint: parsing ${JSON.stringify(text)}: value out of range`
      : undefined;
  }
  return `strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`;
}

/** @throws ApiError 400 */
export function versionOf(text: string): number {
  const error = versionError(text);
  if (error !== undefined)
    throw badRequest(`invalid resource version: resourceVersion: Invalid value: ${JSON.stringify(text)}: ${error}`);
  return Number(text);
}

/**
 * Waits until the store has reached `version`, at most 3 s (as the watch cache does): another process may be about to commit it.
 * @throws TooLarge when it does not come.
 */
export async function atLeast(reader: Reader, version: number): Promise<void> {
  let current = await reader.version();
  for (let waited = 0; current < version; waited += STEP_MS) {
    if (waited >= WAIT_MS) throw new TooLarge(version, current);
    await new Promise((resolve) => setTimeout(resolve, STEP_MS));
    current = await reader.version();
  }
}
