// Conflicts of an apply and the texts kubectl shows for them (apimachinery pkg/util/managedfields/internal/conflict.go).
import { type FieldSet, printedPaths } from "./fieldset.ts";
import type { ManagerSet } from "./managers.ts";

export interface Conflict {
  manager: string;
  operation: "Apply" | "Update";
  apiVersion: string;
  subresource?: string;
  time?: string;
  /** As printed: ".spec.replicas", `.spec.template.spec.containers[name="c"].image`. */
  field: string;
}

/** `lost`: by manager identity, the fields that the apply would take. */
export function conflictsOf(
  lost: ReadonlyMap<string, FieldSet>,
  managers: ReadonlyMap<string, ManagerSet>,
): Conflict[] {
  const conflicts: Conflict[] = [];
  for (const id of [...lost.keys()].sort()) {
    const { manager, operation, apiVersion, subresource, time } = managers.get(id)!;
    for (const field of printedPaths(lost.get(id)!)) {
      conflicts.push({ manager, operation, apiVersion, subresource: subresource || undefined, time, field });
    }
  }
  return conflicts;
}

function print({ manager, operation, apiVersion, subresource }: Conflict): string {
  const who = `${JSON.stringify(manager)}${subresource ? ` with subresource ${JSON.stringify(subresource)}` : ""}`;
  return operation === "Update" ? `${who} using ${apiVersion}` : who;
}

/** Message and causes of the 409 Status. */
export function conflictMessage(conflicts: readonly Conflict[]): {
  message: string;
  causes: { reason: "FieldManagerConflict"; message: string; field: string }[];
} {
  const causes = conflicts.map((conflict) => ({
    reason: "FieldManagerConflict" as const,
    message: `conflict with ${print(conflict)}`,
    field: conflict.field,
  }));
  if (conflicts.length === 1)
    return { message: `Apply failed with 1 conflict: ${causes[0]!.message}: ${causes[0]!.field}`, causes };
  const lines: string[] = [];
  let last: string | undefined;
  for (const conflict of conflicts) {
    const who = print(conflict);
    if (who !== last) lines.push(`conflicts with ${who}:`);
    last = who;
    lines.push(`- ${conflict.field}`);
  }
  return { message: `Apply failed with ${conflicts.length} conflicts: ${lines.join("\n")}`, causes };
}
