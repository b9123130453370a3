// The one file that turns errors into a Kubernetes Status (apimachinery api/errors: reasons, codes, texts). Handlers throw an
// ApiError; the store's named errors are translated in `statusOf`; anything else is a 500 that says nothing of its inside.
import type { FieldError, Kind } from "../../kinds/kind.ts";
import { Compacted, TooLarge, Unavailable } from "../store/store.ts";

export interface Cause {
  reason?: string;
  message?: string;
  field?: string;
}

export interface Details {
  name?: string;
  group?: string;
  kind?: string;
  uid?: string;
  causes?: Cause[];
  retryAfterSeconds?: number;
}

export interface Status {
  kind: "Status";
  apiVersion: "v1";
  metadata: { continue?: string };
  status: "Success" | "Failure";
  message?: string;
  reason?: string;
  details?: Details;
  code: number;
}

export class ApiError extends Error {
  override name = "ApiError";
  readonly status: Status;
  constructor(code: number, reason: string | undefined, message: string, details?: Details) {
    super(message);
    this.status = { kind: "Status", apiVersion: "v1", metadata: {}, status: "Failure", message, reason, details, code };
  }
}

type Named = Pick<Kind, "group" | "resource">;

/** "deployments.apps", "services": schema.GroupResource as upstream prints it. */
function qualified(group: string, name: string): string {
  return group === "" ? name : `${name}.${group}`;
}

function about(kind: Named, name?: string): Details {
  return { name: name || undefined, group: kind.group || undefined, kind: kind.resource };
}

export const badRequest = (message: string) => new ApiError(400, "BadRequest", message);
export const unauthorized = () => new ApiError(401, "Unauthorized", "Unauthorized");
export const gone = (message: string) => new ApiError(410, "Expired", message);
export const tooLargeBody = (message: string) =>
  new ApiError(413, "RequestEntityTooLarge", `Request entity too large: ${message}`);
export const notAcceptable = (accepted: string) =>
  new ApiError(406, "NotAcceptable", `only the following media types are accepted: ${accepted}`);
export const unsupportedMedia = (accepted: string) =>
  new ApiError(
    415,
    "UnsupportedMediaType",
    `the body of the request was in an unknown format - accepted media types include: ${accepted}`,
  );

export function notFound(kind: Named, name: string): ApiError {
  return new ApiError(
    404,
    "NotFound",
    `${qualified(kind.group, kind.resource)} "${name}" not found`,
    about(kind, name),
  );
}

/** A path that nothing answers to. */
export function unknownPath(message = "the server could not find the requested resource"): ApiError {
  return new ApiError(404, "NotFound", message, {});
}

export function methodNotAllowed(why = "the server does not allow this method on the requested resource"): ApiError {
  return new ApiError(405, "MethodNotAllowed", why, {});
}

export function alreadyExists(kind: Named, name: string, generated = false, deleting = false): ApiError {
  const text = `${deleting ? "object is being deleted: " : ""}${qualified(kind.group, kind.resource)} "${name}" already exists`;
  return generated
    ? new ApiError(409, "AlreadyExists", `${text}, the server was not able to generate a unique name for the object`, {
        ...about(kind, name),
        retryAfterSeconds: 1,
      })
    : new ApiError(409, "AlreadyExists", text, about(kind, name));
}

const MODIFIED = "the object has been modified; please apply your changes to the latest version and try again";

export function conflict(kind: Named, name: string, why: string = MODIFIED): ApiError {
  const text = `Operation cannot be fulfilled on ${qualified(kind.group, kind.resource)} "${name}": ${why}`;
  return new ApiError(409, "Conflict", text, about(kind, name));
}

export function forbidden(kind: Named, name: string, why: string, causes?: Cause[]): ApiError {
  const of = `${qualified(kind.group, kind.resource)}${name === "" ? "" : ` "${name}"`}`;
  return new ApiError(403, "Forbidden", `${of} is forbidden: ${why}`, { ...about(kind, name), causes });
}

/** 422 for the object of a kind; `errors` may be empty. */
export function invalid(kind: { group: string; kind: string }, name: string, errors: readonly FieldError[]): ApiError {
  const lines = [...new Set(errors.map((e) => (e.field === "" ? e.message : `${e.field}: ${e.message}`)))];
  const all = lines.length === 0 ? "" : `: ${lines.length === 1 ? lines[0] : `[${lines.join(", ")}]`}`;
  return new ApiError(422, "Invalid", `${qualified(kind.group, kind.kind)} "${name}" is invalid${all}`, {
    name: name || undefined,
    group: kind.group || undefined,
    kind: kind.kind || undefined,
    causes: errors.map((e) => ({ reason: e.reason, message: e.message, field: e.field })),
  });
}

/** 422 for query parameters: kinds ListOptions, CreateOptions … of meta.k8s.io. */
export function invalidOptions(kind: string, errors: readonly FieldError[]): ApiError {
  return invalid({ group: "meta.k8s.io", kind }, "", errors);
}

/** Server-side apply met fields of other managers: one cause each, no object named (NewApplyConflict). */
export function applyConflict({ message, causes }: { message: string; causes: Cause[] }): ApiError {
  return new ApiError(409, "Conflict", message, { causes });
}

const PATCH_REASONS: Readonly<Record<number, string>> = {
  400: "BadRequest",
  413: "RequestEntityTooLarge",
  422: "Invalid",
};

/** What core/patch refused, with the code and text it gives. */
export function patchRejected(code: number, message: string): ApiError {
  return new ApiError(code, PATCH_REASONS[code], message, code === 422 ? {} : undefined);
}

export function internal(message: string): ApiError {
  return new ApiError(500, "InternalError", `Internal error occurred: ${message}`, { causes: [{ message }] });
}

/** A 500 as upstream gives it for an error of its storage that no one classified: no reason, no details. */
export function unclassified(message: string): ApiError {
  return new ApiError(500, undefined, message);
}

/** What the watch cache answers to a version that is no number: an unclassified error with the field's text. */
export function invalidVersion(asked: string, why: string): ApiError {
  return unclassified(`resourceVersion: Invalid value: ${JSON.stringify(asked)}: ${why}`);
}

/** 429 of an eviction that a PodDisruptionBudget does not allow; `after` 0: nobody knows when it may. */
export function disruptionBudget(message: string, after: number): ApiError {
  const text = "Cannot evict pod as it would violate the pod's disruption budget.";
  return new ApiError(429, "TooManyRequests", text, {
    causes: [{ reason: "DisruptionBudget", message }],
    retryAfterSeconds: after === 0 ? undefined : after,
  });
}

export function tooManyRequests(message: string): ApiError {
  return new ApiError(429, "TooManyRequests", message, { retryAfterSeconds: 1 });
}

/** apimachinery NewTimeoutError with the cause that client-go's reflector looks for. */
function tooLargeVersion(error: TooLarge): ApiError {
  const text = `Too large resource version: ${error.asked}, current: ${error.current}`;
  return new ApiError(504, "Timeout", `Timeout: ${text}`, {
    causes: [{ reason: "ResourceVersionTooLarge", message: "Too large resource version" }],
    retryAfterSeconds: 1,
  });
}

export function statusOf(error: unknown): Status {
  if (error instanceof ApiError) return error.status;
  if (error instanceof Compacted) return gone(error.message).status;
  if (error instanceof TooLarge) return tooLargeVersion(error).status;
  if (error instanceof Unavailable) {
    // Known not to have happened: clients may repeat it at once (client-go does so only with Retry-After). Unknown: they must look first.
    return error.unknown
      ? new ApiError(504, "Timeout", `Timeout: ${error.message}: the write may or may not have happened`, {}).status
      : tooManyRequests(error.message).status;
  }
  return internal("the request failed").status;
}

export function successStatus(kind: Named, name: string, uid: string | undefined): Status {
  const details = { ...about(kind, name), uid };
  return { kind: "Status", apiVersion: "v1", metadata: {}, status: "Success", details, code: 200 };
}
