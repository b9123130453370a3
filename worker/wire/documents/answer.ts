// A document is made once, kept as bytes, and answered by hash: If-None-Match gets 304. What is long is compressed for those who take
// gzip, once too.
import { ENCODED } from "../gzip.ts";

export type Bytes = Uint8Array<ArrayBuffer>;

export interface StoredDocument {
  bytes: Bytes;
  /** SHA-512, upper-case hex. */
  hash: string;
  gzipped(): Promise<Bytes>;
}

/** As upstream's discovery and lists: less is not worth it. */
const WORTH_COMPRESSING = 128 * 1024;

/** Lazily, and once even when many ask at the same time; again after a failure. */
export function once<T>(make: () => T | Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= (async () => make())().catch((error: unknown) => {
      made = undefined;
      throw error;
    });
    return made;
  };
}

/** `hash`: where another form of the same document has given it. */
export async function store(document: string | Bytes, hash?: string): Promise<StoredDocument> {
  const bytes = typeof document === "string" ? new TextEncoder().encode(document) : document;
  return { bytes, hash: hash ?? (await sha512(bytes)), gzipped: once(() => gzip(bytes)) };
}

async function sha512(bytes: Bytes): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-512", bytes));
  return [...digest]
    .map((byte) => byte.toString(16).padStart(2, "0"))
    .join("")
    .toUpperCase();
}

async function gzip(bytes: Bytes): Promise<Bytes> {
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

function matches(request: Request, etag: string): boolean {
  const asked = request.headers.get("if-none-match");
  return (
    asked !== null && asked.split(",").some((tag) => tag.trim().replace(/^W\//, "") === etag || tag.trim() === "*")
  );
}

function takesGzip(request: Request): boolean {
  const accepted = request.headers.get("accept-encoding") ?? "";
  return accepted.split(",").some((token) => /^gzip\s*(;\s*q=(1|0?\.\d*[1-9]\d*)(\.0*)?\s*)?$/.test(token.trim()));
}

/** 200 with the bytes, or 304; both carry ETag, Vary and `headers`. HEAD gets no body. */
export async function answerStored(
  request: Request,
  document: StoredDocument,
  headers: Record<string, string>,
): Promise<Response> {
  const etag = `"${document.hash}"`;
  const long = document.bytes.length > WORTH_COMPRESSING;
  const all: Record<string, string> = { vary: long ? "Accept, Accept-Encoding" : "Accept", etag, ...headers };
  if (matches(request, etag)) {
    delete all["content-type"];
    return new Response(null, { status: 304, headers: all });
  }
  const compressed = long && takesGzip(request);
  const bytes = compressed ? await document.gzipped() : document.bytes;
  if (compressed) all["content-encoding"] = "gzip";
  all["content-length"] = String(bytes.length);
  return new Response(request.method === "HEAD" ? null : bytes, { headers: all, ...(compressed && ENCODED) });
}
