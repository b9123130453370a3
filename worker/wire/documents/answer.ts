// A document is computed once, kept as bytes, and answered by hash: If-None-Match gets 304.

export interface StoredDocument {
  bytes: Uint8Array<ArrayBuffer>;
  /** SHA-512, upper-case hex. */
  hash: string;
}

/** Lazily, and once even when many ask at the same time. Bytes stand as they are, anything else is written as JSON. */
export function once(make: () => object): () => Promise<StoredDocument> {
  let stored: Promise<StoredDocument> | undefined;
  return () => (stored ??= store(make()));
}

async function store(document: object): Promise<StoredDocument> {
  const bytes =
    document instanceof Uint8Array
      ? (document as Uint8Array<ArrayBuffer>)
      : new TextEncoder().encode(JSON.stringify(document));
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-512", bytes));
  const hash = [...digest]
    .map((byte) => byte.toString(16).padStart(2, "0"))
    .join("")
    .toUpperCase();
  return { bytes, hash };
}

function matches(request: Request, etag: string): boolean {
  const asked = request.headers.get("if-none-match");
  return (
    asked !== null && asked.split(",").some((tag) => tag.trim().replace(/^W\//, "") === etag || tag.trim() === "*")
  );
}

/** 200 with the bytes, or 304; both carry ETag, Vary and `headers`. */
export function answerStored(request: Request, document: StoredDocument, headers: Record<string, string>): Response {
  const etag = `"${document.hash}"`;
  const all: Record<string, string> = { vary: "Accept", etag, ...headers };
  if (matches(request, etag)) {
    delete all["content-type"];
    return new Response(null, { status: 304, headers: all });
  }
  return new Response(document.bytes, { headers: all });
}
