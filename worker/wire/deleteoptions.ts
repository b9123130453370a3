// DeleteOptions: from the body (JSON, YAML, protobuf) or, without one, from the query; checked as apimachinery meta/v1/validation does.
import type { FieldError } from "../../kinds/kind.ts";
import { mediaOf, readBody } from "./body.ts";
import { decodeBody } from "./decode.ts";
import { type Exchange, apiVersionOf } from "./exchange.ts";
import { flag } from "./listoptions.ts";
import { quote } from "./quote.ts";
import { badRequest, invalidOptions } from "./status.ts";
import { dryRunErrors } from "./writeoptions.ts";

export interface DeleteOptions {
  gracePeriodSeconds?: number;
  propagationPolicy?: string;
  orphanDependents?: boolean;
  preconditions?: { uid?: string; resourceVersion?: string };
  dryRun?: string[];
}

const POLICIES = ["Foreground", "Background", "Orphan"];

export function deleteOptionErrors(o: DeleteOptions): FieldError[] {
  const errors: FieldError[] = [];
  const policy = o.propagationPolicy;
  if (policy !== undefined && o.orphanDependents !== undefined) {
    errors.push({
      reason: "FieldValueInvalid",
      field: "propagationPolicy",
      message: `Invalid value: ${quote(policy)}: orphanDependents and deletionPropagation cannot be both set`,
    });
  }
  if (policy !== undefined && !POLICIES.includes(policy)) {
    errors.push({
      reason: "FieldValueNotSupported",
      field: "propagationPolicy",
      message: `Unsupported value: ${quote(policy)}: supported values: "Foreground", "Background", "Orphan", "nil"`,
    });
  }
  return [...errors, ...dryRunErrors(o.dryRun ?? [])];
}

/** Seconds as a query parameter. @throws ApiError 400 */
function secondsOf(text: string | null): number | undefined {
  if (text === null || text === "") return undefined;
  const fail = (why: string) => badRequest(`strconv.ParseInt: parsing ${quote(text)}: ${why}`);
  if (!/^[+-]?\d+$/.test(text)) throw fail("invalid syntax");
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw fail("value out of range");
  return value;
}

/** Preconditions come only in a body. @throws ApiError 400 */
function fromQuery(query: URLSearchParams): DeleteOptions {
  const orphan = query.get("orphanDependents");
  return {
    gracePeriodSeconds: secondsOf(query.get("gracePeriodSeconds")),
    propagationPolicy: query.get("propagationPolicy") ?? undefined,
    dryRun: query.getAll("dryRun"),
    orphanDependents: orphan === null ? undefined : flag(orphan),
  };
}

/** @throws ApiError 400, 413, 415, 422 */
export async function deleteOptionsOf(x: Exchange): Promise<DeleteOptions> {
  const bytes = await readBody(x.request, x.options.limits?.bodyBytes);
  const expected = {
    kind: "DeleteOptions",
    apiVersion: "v1",
    schema: "io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions",
    bare: true,
    // Typed clients send it in the version of what they delete.
    alsoIn: (apiVersion: string) =>
      apiVersion === "meta.k8s.io/v1" || x.options.kinds.all.some((kind) => apiVersionOf(kind) === apiVersion),
  };
  const options =
    bytes.length === 0
      ? fromQuery(x.query)
      : (decodeBody(bytes, mediaOf(x.request), expected, "Ignore", []) as DeleteOptions);
  const errors = deleteOptionErrors(options);
  if (errors.length > 0) throw invalidOptions("DeleteOptions", errors);
  return options;
}
