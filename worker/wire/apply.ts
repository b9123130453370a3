// Server-side apply: PATCH with application/apply-patch+yaml (JSON is YAML). Creates what is missing; conflicts are 409 with one
// cause a field. Defaults come after the merge, so nobody owns them.
import { type ApplyResult, applyServerSide } from "../../core/patch/apply/apply.ts";
import { conflictMessage } from "../../core/patch/apply/conflict.ts";
import { cloneJson } from "../../core/patch/value.ts";
import type { JsonObject, KubeObject } from "../../kinds/object.ts";
import { readBody } from "./body.ts";
import { create } from "./create.ts";
import { decodeAs } from "./decode.ts";
import { conversionError, parseApply } from "./decodepatch.ts";
import { type Exchange, apiVersionOf } from "./exchange.ts";
import { resetFor, versionsOf } from "./managed.ts";
import { schemaFor } from "../../kinds/facts/schema.ts";
import { parseRow } from "./splice.ts";
import { type ApiError, applyConflict, conflict, patchRejected } from "./status.ts";
import { checkName, readModifyWrite } from "./update.ts";
import { type Written, settleNamespace, timestamp } from "./write.ts";
import type { WriteOptions } from "./writeoptions.ts";

export function refusal(result: Extract<ApplyResult, { ok: false }>): ApiError {
  return "conflicts" in result
    ? applyConflict(conflictMessage(result.conflicts))
    : patchRejected(result.code, result.message);
}

function unconvertible(x: Exchange, { metadata }: KubeObject, why: string): ApiError {
  const { kind, name } = x.target;
  const type = `${kind.group}/${kind.version}, Kind=${kind.kind}`;
  const which = `${metadata.namespace ?? ""}/${metadata.name ?? name}; ${type}`;
  return patchRejected(
    500,
    `failed to convert new object (${which}) to proper version: unable to convert unstructured object to ${type}: ${why}`,
  );
}

export async function apply(x: Exchange, options: WriteOptions, part?: string): Promise<Written> {
  const { kind, name } = x.target;
  const bytes = await readBody(x.request, x.options.limits?.bodyBytes);
  const config = parseApply(bytes, options.validation, x.warnings);
  const now = timestamp(x.options.clock());

  // The result shares with the configuration, and defaulting changes the result in place: every attempt gets its own copy.
  const merge = (live: KubeObject | undefined): KubeObject => {
    const result = applyServerSide({
      live,
      config: cloneJson(config as unknown as JsonObject) as unknown as KubeObject,
      schema: schemaFor(kind),
      manager: options.manager,
      apiVersion: apiVersionOf(kind),
      subresource: part,
      force: options.force,
      now,
      reset: resetFor(kind, part),
      version: versionsOf(x),
    });
    if (!result.ok) throw refusal(result);
    // Into the kind's own form, as decoding does for every other write: "1000m" is "1", empty lists are none.
    if (result.object !== live) {
      const decoded = decodeAs(result.object as unknown as JsonObject, schemaFor(kind), []);
      if (!decoded.ok) throw unconvertible(x, config, conversionError(decoded.message));
    }
    settleNamespace(x, result.object);
    checkName(x, result.object);
    return result.object;
  };

  const missing = async (): Promise<Written> => {
    const object = merge(undefined);
    if (object.metadata.uid) {
      throw conflict(
        kind,
        name,
        `uid mismatch: the provided object specified uid ${object.metadata.uid}, and no existing object was found`,
      );
    }
    // Upstream checks a version against what exists; an apply that creates leaves it aside (agents use that to create only).
    object.metadata.resourceVersion = undefined;
    return create(x, { object, options, tracked: true });
  };
  const change = (_old: KubeObject, row: { value: string; version: number }) => ({
    next: merge(parseRow(row.value, row.version)),
    part,
    tracked: true,
  });
  return readModifyWrite(x, options, change, part === undefined ? missing : undefined);
}
