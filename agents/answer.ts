// Checks the federation's answers by hand: zod would be a fifth of the agent's memory at rest. Same shapes as kinds/protocol.ts; an answer that
// is not of that shape is refused whole, and nothing of it is done.
import type { Changes, Item, MemberAct } from "../kinds/protocol.ts";

type Fields = Record<string, unknown>;

const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isText = (value: unknown): value is string => typeof value === "string" && value !== "";
const isCount = (value: unknown): value is number => Number.isSafeInteger(value);
const isFlag = (value: unknown): boolean => typeof value === "boolean";
const isMaybe = (value: unknown, is: (value: unknown) => boolean) => value === undefined || is(value);

/** Throws with what is wrong. */
export function checkChanges(value: unknown): Changes {
  if (!isFields(value)) throw new Error("changes: not an object");
  const { cursor, items, complete, hold, acts } = value;
  if (typeof cursor !== "string" || !/^(|\d+\.\d+\.-?\d+(\.[\w-]{1,43})?)$/.test(cursor))
    throw new Error("changes: no cursor");
  if (!Array.isArray(items) || typeof complete !== "boolean") throw new Error("changes: no items");
  for (const item of items)
    if (!isItem(item)) throw new Error(`changes: an item is malformed: ${JSON.stringify(item).slice(0, 200)}`);
  if (!isMaybe(acts, (list) => Array.isArray(list) && list.every(isAct)))
    throw new Error("changes: an act is malformed");
  return {
    cursor,
    items: items as Item[],
    complete,
    hold: hold === true,
    ...(acts === undefined ? {} : { acts: acts as MemberAct[] }),
  };
}

/** Path segments of the member's API: what is no name or resource never gets into a URL. */
const isSegment = (text: unknown): boolean => typeof text === "string" && !/[/?#%]|^\.\.?$/.test(text);

function isAct(value: unknown): boolean {
  if (!isFields(value)) return false;
  const { uid, op, resource, namespace, name, graceSeconds } = value;
  return (
    [uid, namespace, name].every(isText) &&
    [namespace, name].every(isSegment) &&
    (op === "delete" || op === "evict") &&
    resource === "pods" &&
    isMaybe(graceSeconds, (seconds) => isCount(seconds) && seconds >= 0)
  );
}

function isItem(value: unknown): value is Item {
  if (!isFields(value)) return false;
  const { uid, version, generation, key, policy, rank, object, tombstone, memberUid, once } = value;
  return (
    isText(uid) &&
    isCount(version) &&
    isCount(generation) &&
    isFields(key) &&
    [key["apiVersion"], key["kind"], key["resource"], key["name"]].every(isText) &&
    isMaybe(key["namespace"], isText) &&
    [key["name"], key["resource"], key["namespace"] ?? ""].every(isSegment) &&
    (policy === "apply" || policy === "ensure") &&
    isCount(rank) &&
    isFields(tombstone) !== isObject(object, key) &&
    [once, value["adopt"], value["reportDrift"], value["alone"]].every((flag) => isMaybe(flag, isFlag)) &&
    isMaybe(value["ignoreFields"], isPointers) &&
    (tombstone === undefined || isTombstone(tombstone)) &&
    isMaybe(memberUid, isText)
  );
}

const isPointers = (value: unknown): boolean =>
  Array.isArray(value) && value.every((one) => typeof one === "string" && /^(|\/.*)$/s.test(one));

function isTombstone(value: unknown): boolean {
  if (!isFields(value)) return false;
  return (
    isMaybe(value["memberUid"], isText) &&
    isMaybe(value["orphan"], isFlag) &&
    isMaybe(value["graceSeconds"], (seconds) => isCount(seconds) && seconds >= 0)
  );
}

/** The object is the one its key names: an agent applies under the key's URL. */
function isObject(value: unknown, key: Fields): boolean {
  if (!isFields(value) || !isFields(value["metadata"])) return false;
  const { name, namespace } = value["metadata"];
  return (
    value["apiVersion"] === key["apiVersion"] &&
    value["kind"] === key["kind"] &&
    name === key["name"] &&
    namespace === key["namespace"]
  );
}
