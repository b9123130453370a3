// Long answers are compressed for clients that ask for it, as upstream does: over 128 KiB, never a watch (handlers/responsewriters).
// Short answers pay one comparison.

const THRESHOLD = 128 * 1024;

/** The body to send; undefined: as it is. */
export function compressed(request: Request, body: string): ReadableStream<Uint8Array> | undefined {
  if (body.length <= THRESHOLD) return undefined;
  const accepted = request.headers.get("accept-encoding");
  if (accepted === null || !accepted.split(",").some((token) => token.trim() === "gzip")) return undefined;
  return new Blob([body]).stream().pipeThrough(new CompressionStream("gzip"));
}

/** What Workers must be told, who would compress by that header themselves; other platforms ignore it. */
export const ENCODED = { encodeBody: "manual" } as ResponseInit;

export function markCompressed(headers: Headers): Headers {
  headers.set("content-encoding", "gzip");
  headers.append("vary", "Accept-Encoding");
  return headers;
}
