// Name rules for the wire: which of them holds for a kind's metadata.name. The rules themselves stand in kinds/rules/names.ts.
import type { Kind } from "../../kinds/kind.ts";
import { objectName } from "../../kinds/rules/names.ts";

export {
  dns1035Label,
  dns1123Label,
  dns1123Subdomain,
  labelValueErrors,
  qualifiedName,
} from "../../kinds/rules/names.ts";

/** What is wrong with a name (or generateName, `prefix`) of this kind, in kube-apiserver's words; empty: nothing. */
export function nameErrors(kind: Pick<Kind, "nameRule">, name: string, prefix = false): string[] {
  return objectName(kind.nameRule ?? "subdomain", name, prefix);
}
