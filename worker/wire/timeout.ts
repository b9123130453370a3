// ?timeout=: a Go duration. What is not answered by then is answered with 504; whether a write happened nobody knows then. Without it
// requests end when the store answers or their connection closes.
import { ApiError, badRequest } from "./status.ts";

const DURATION = /^[+-]?(0|((\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h))+)$/;
/** Upstream's --request-timeout: whoever asks for more gets this. */
const MAX_MS = 60_000;
const UNIT_MS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};

/** Milliseconds; undefined: none was asked for, or one that means none. @throws ApiError 400 in the words of Go's time.ParseDuration. */
export function timeoutOf(query: URLSearchParams): number | undefined {
  const text = query.get("timeout");
  if (text === null || text === "") return undefined;
  if (!DURATION.test(text)) throw badDuration(text);
  if (text.startsWith("-")) return undefined;
  let ms = 0;
  for (const [, number, unit] of text.matchAll(/([\d.]+)([a-zµμ]+)/g)) ms += Number(number) * UNIT_MS[unit as string]!;
  return ms === 0 ? undefined : Math.min(ms, MAX_MS);
}

function badDuration(text: string): ApiError {
  const fail = (why: string) =>
    badRequest(`invalid timeout specified in the request URL - time: ${why}duration ${JSON.stringify(text)}`);
  if (/^[+-]?(\d+\.?\d*|\.\d+)$/.test(text)) return fail("missing unit in ");
  const unit = /^[+-]?(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))*(?:\d+\.?\d*|\.\d+)([^\d.]+)/.exec(text);
  return unit === null ? fail("invalid ") : fail(`unknown unit ${JSON.stringify(unit[1])} in `);
}

/** @throws ApiError 504 */
export async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    const text = "Timeout: request did not complete within the allotted timeout";
    timer = setTimeout(() => reject(new ApiError(504, "Timeout", text, {})), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
