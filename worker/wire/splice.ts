// Stored text to answer text without parsing. A stored value begins {"apiVersion":…,"kind":…,"metadata":{ and holds no
// resourceVersion (worker/store/store.ts); names and kinds cannot contain `"metadata":{`, so the first match is the right one.
import type { KubeObject } from "../../kinds/object.ts";

const METADATA = '"metadata":{';

/** The object with its version, complete with apiVersion and kind. */
export function withVersion(value: string, version: number): string {
  const at = value.indexOf(METADATA) + METADATA.length;
  return `${value.slice(0, at)}"resourceVersion":"${version}",${value.slice(at)}`;
}

/** As an item of a list of a built-in kind: upstream leaves apiVersion and kind out there. */
export function asItem(value: string, version: number): string {
  const at = value.indexOf(METADATA) + METADATA.length;
  return `{${METADATA}"resourceVersion":"${version}",${value.slice(at)}`;
}

export function parseRow(value: string, version: number): KubeObject {
  const object = JSON.parse(value) as KubeObject;
  object.metadata.resourceVersion = String(version);
  return object;
}

/** The text to store: contract order of the first three fields, no resourceVersion. */
export function storedText(object: KubeObject): string {
  const { apiVersion, kind, metadata, ...rest } = object;
  const { name, resourceVersion: _dropped, ...others } = metadata;
  return JSON.stringify({ apiVersion, kind, metadata: { name, ...others }, ...rest });
}
