// ?timeout=: a Go duration. Only its form is checked here; requests end when the store answers or their connection closes.
import { badRequest } from "./status.ts";

const DURATION = /^[+-]?(0|((\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h))+)$/;

/** @throws ApiError 400 in the words of Go's time.ParseDuration. */
export function checkTimeout(query: URLSearchParams): void {
  const text = query.get("timeout");
  if (text === null || text === "" || DURATION.test(text)) return;
  const fail = (why: string): never => {
    throw badRequest(`invalid timeout specified in the request URL - time: ${why}duration ${JSON.stringify(text)}`);
  };
  if (/^[+-]?(\d+\.?\d*|\.\d+)$/.test(text)) fail("missing unit in ");
  const unit = /^[+-]?(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))*(?:\d+\.?\d*|\.\d+)([^\d.]+)/.exec(text);
  if (unit !== null) fail(`unknown unit ${JSON.stringify(unit[1])} in `);
  fail("invalid ");
}
