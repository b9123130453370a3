// placeholder until core/patch lands
import type { KubeObject, ManagedFieldsEntry } from "../../kinds/object.ts";
import type { Exchange } from "./exchange.ts";
import type { WriteOptions } from "./writeoptions.ts";

export function track(
  _x: Exchange,
  change: { old?: KubeObject; next: KubeObject; options: WriteOptions; now: number; part?: string },
): ManagedFieldsEntry[] | undefined {
  return change.next.metadata.managedFields;
}
