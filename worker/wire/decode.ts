// placeholder until core/codec lands
import type { KubeObject } from "../../kinds/object.ts";
import type { FieldValidation, Media } from "./body.ts";
import { badRequest } from "./status.ts";

export interface Expected {
  kind: string;
  apiVersion: string;
  schema: string;
}

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

export function decodeText(bytes: Uint8Array, _media: Media, expected: Expected, _v: FieldValidation, _w: string[]): KubeObject {
  try {
    const object = JSON.parse(decoder.decode(bytes)) as KubeObject;
    object.apiVersion ??= expected.apiVersion;
    object.kind ??= expected.kind;
    object.metadata ??= {} as KubeObject["metadata"];
    return object;
  } catch (error) {
    throw badRequest(String(error));
  }
}
