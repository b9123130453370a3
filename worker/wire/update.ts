// PUT of one object, and of its /status and /finalize. With a resourceVersion it is a compare-and-set; without one it is repeated until it
// lands, where the kind allows that. A uid in the body must be the live object's.
import type { KubeObject } from "../../kinds/object.ts";
import type { Row } from "../store/store.ts";
import { readObject } from "./body.ts";
import { create } from "./create.ts";
import { type Exchange, keyOf, sendStored } from "./exchange.ts";
import { parseRow } from "./splice.ts";
import { badRequest, conflict, notFound } from "./status.ts";
import { type UpdateRequest, type Written, settleNamespace, update } from "./write.ts";
import { type WriteOptions, writeOptionsOf } from "./writeoptions.ts";

const TRIES = 20;

/** Reads, changes and commits until it lands. `change` gets a fresh copy each time. @throws ApiError 404, 409 */
export async function readModifyWrite(
  x: Exchange,
  options: WriteOptions,
  change: (
    old: KubeObject,
    row: Row,
  ) => Pick<UpdateRequest, "next" | "part" | "tracked"> | Promise<Pick<UpdateRequest, "next" | "part" | "tracked">>,
  missing?: () => Promise<Written>,
): Promise<Written> {
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const row = await x.reader.get(keyOf(x.target));
    if (row === undefined) {
      if (missing === undefined) throw notFound(x.target.kind, x.target.name);
      return missing();
    }
    const old = parseRow(row.value, row.version);
    const written = await update(x, { row, old, options, ...(await change(old, row)) });
    if (written !== undefined) return written;
  }
  throw conflict(x.target.kind, x.target.name);
}

/** @throws ApiError 400 */
export function checkName(x: Exchange, object: KubeObject): void {
  const sent = object.metadata.name ?? "";
  const { name } = x.target;
  if (sent === "")
    throw badRequest(`the name of the object (${name} based on URL) was undeterminable: name must be provided`);
  if (sent !== name) throw badRequest(`the name of the object (${sent}) does not match the name on the URL (${name})`);
}

/** @throws ApiError 409 when the body names another life of the object. */
function checkUid(x: Exchange, sent: string | undefined, old?: KubeObject): void {
  if (!sent || sent === old?.metadata.uid) return;
  throw conflict(
    x.target.kind,
    x.target.name,
    `Precondition failed: UID in precondition: ${sent}, UID in object meta: ${old?.metadata.uid ?? ""}`,
  );
}

export async function put(x: Exchange, part?: string): Promise<Response> {
  const options = writeOptionsOf(x, "UpdateOptions");
  const object = await readObject(x, options.validation);
  settleNamespace(x, object);
  checkName(x, object);
  const text = JSON.stringify(object);
  let first = true;
  const written = await readModifyWrite(
    x,
    options,
    (old) => {
      checkUid(x, object.metadata.uid, old);
      const next = first ? object : (JSON.parse(text) as KubeObject);
      first = false;
      return { next, part };
    },
    part === undefined && x.target.kind.createOnUpdate
      ? () => {
          checkUid(x, object.metadata.uid);
          // No version is held against what does not exist (etcd3 GuaranteedUpdate).
          object.metadata.resourceVersion = undefined;
          return create(x, { object, options });
        }
      : undefined,
  );
  return sendStored(x, written.created ? 201 : 200, written.value, written.version);
}
