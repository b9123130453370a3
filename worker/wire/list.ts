// GET of a collection. All pages of one listing read the first page's version; when that is compacted the 410 carries a token
// for an inconsistent continuation (rv -1), as upstream's does. Without selectors no object is parsed.
import type { KubeObject } from "../../kinds/object.ts";
import { Compacted, type Row } from "../store/store.ts";
import { decodeContinue, encodeContinue } from "./continue.ts";
import { storedResource } from "./convert.ts";
import { type Exchange, apiVersionOf, goPackage, isBuiltIn, send } from "./exchange.ts";
import { type ListOptions, exactField, listOptionsOf, selects } from "./listoptions.ts";
import { asItem, parseRow, withVersion } from "./splice.ts";
import { ApiError, badRequest, gone } from "./status.ts";
import { type ListMeta, metadataOnly, tableOf } from "./table.ts";
import { atLeast, versionOf } from "./version.ts";

const EXPIRED = "The resourceVersion for the provided list is too old.";
const CONTINUE_EXPIRED =
  "The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, " +
  "or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an " +
  "inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.";

export interface Found {
  rows: Row[];
  /** Parsed, where selectors made that necessary: same order as `rows`. */
  objects?: KubeObject[];
  version: number;
  more: boolean;
  remaining?: number;
}

interface Start {
  at?: number;
  after?: { namespace: string; name: string };
}

async function startOf(x: Exchange, o: ListOptions): Promise<Start> {
  const { kind, namespace } = x.target;
  if (o.continue !== "") {
    const from = decodeContinue(o.continue, kind.namespaced, namespace);
    if (o.resourceVersion !== "" && o.resourceVersion !== "0") {
      throw badRequest("specifying resource version is not allowed when using continue");
    }
    return { at: from.version, after: from.after };
  }
  if (o.resourceVersion === "" || o.resourceVersion === "0") return {};
  const version = versionOf(o.resourceVersion);
  await atLeast(x.reader, version);
  const exact = o.match === "Exact" || (o.match === "" && o.limit > 0);
  return exact && version > 0 ? { at: version } : {};
}

/** Reads the selected rows, page by page where most of them are filtered out. */
export async function find(x: Exchange, o: ListOptions): Promise<Found> {
  const start = await startOf(x, o);
  const { kind } = x.target;
  const name = exactField(o, "metadata.name");
  const namespace = x.target.namespace || exactField(o, "metadata.namespace");
  const query = { resource: storedResource(kind), namespace: namespace || undefined, name };
  const limit = o.limit > 0 ? o.limit : undefined;
  try {
    if (!o.selective) return await x.reader.list({ ...query, ...start, limit });
    const rows: Row[] = [];
    const objects: KubeObject[] = [];
    let { at, after } = start;
    for (;;) {
      const page = await x.reader.list({ ...query, at, after, limit });
      at ??= page.version;
      for (const [index, row] of page.rows.entries()) {
        const object = parseRow(row.value, row.version);
        if (!selects(o, object)) continue;
        rows.push(row);
        objects.push(object);
        // Full: there is more when this page or the store has further rows, matching or not (upstream counts the same way).
        if (rows.length === limit)
          return { rows, objects, version: at, more: page.more || index < page.rows.length - 1 };
      }
      const last = page.rows.at(-1);
      if (!page.more || last === undefined) return { rows, objects, version: at, more: false };
      after = { namespace: last.namespace, name: last.name };
    }
  } catch (error) {
    if (error instanceof Compacted) throw expired(x, o, start);
    throw error;
  }
}

function expired(x: Exchange, o: ListOptions, start: Start): ApiError {
  if (o.continue === "" || start.after === undefined) return gone(EXPIRED);
  const error = gone(CONTINUE_EXPIRED);
  error.status.metadata.continue = encodeContinue(start.after, x.target.namespace, -1);
  return error;
}

function listMeta(x: Exchange, o: ListOptions, found: Found): ListMeta {
  // Plain lists of custom resources say that they are whole, too.
  const custom = x.target.kind.structural !== undefined && x.output.as === undefined;
  const meta: ListMeta = { ...(custom ? { continue: "" } : {}), resourceVersion: String(found.version) };
  const last = found.rows.at(-1);
  if (o.limit > 0 && found.more && last !== undefined) {
    meta.continue = encodeContinue(last, x.target.namespace, found.version);
    if (!o.selective && found.remaining !== undefined) meta.remainingItemCount = found.remaining;
  }
  return meta;
}

export async function list(x: Exchange, o = listOptionsOf(x)): Promise<Response> {
  return sendList(x, o, await find(x, o));
}

export function sendList(x: Exchange, o: ListOptions, found: Found): Response {
  const { kind } = x.target;
  if (kind.warning !== undefined) x.warnings.push(kind.warning);
  const meta = listMeta(x, o, found);
  const { as, metaVersion } = x.output;
  if (as !== undefined) {
    const objects = found.objects ?? found.rows.map((row) => parseRow(row.value, row.version));
    if (as === "Table") return send(x, 200, JSON.stringify(tableOf(x, objects, meta)));
    if (as === "PartialObjectMetadata") {
      throw new ApiError(
        406,
        "NotAcceptable",
        `you requested PartialObjectMetadata, but the requested object is a list (*${goPackage(kind.group)}.${kind.kind}List)`,
      );
    }
    // Go appends to nothing: no items are null here, and [] in a plain list.
    const items = objects.length === 0 ? null : objects.map((object) => metadataOnly(kind, object, metaVersion));
    return send(x, 200, JSON.stringify({ kind: as, apiVersion: `meta.k8s.io/${metaVersion}`, metadata: meta, items }));
  }
  const render = isBuiltIn(kind) ? asItem : withVersion;
  const items = found.rows.map((row) => render(row.value, row.version));
  const head = `{"kind":"${kind.structural?.listKind ?? `${kind.kind}List`}","apiVersion":"${apiVersionOf(kind)}","metadata":${JSON.stringify(meta)}`;
  return send(x, 200, `${head},"items":[${items.join(",")}]}`);
}
