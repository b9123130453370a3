// The errors of openapi.yaml: one response a code, all of them a Status (../status.ts), referred to by the operations that can give it.
import type { Components } from "./components.ts";

type Doc = Record<string, unknown>;

const META = "io.k8s.apimachinery.pkg.apis.meta.v1.";

/** Code -> name of the response, reasons, and what it says. */
const ERRORS: Readonly<Record<number, readonly [name: string, description: string]>> = {
  400: ["BadRequest", "BadRequest: the body, a selector or a number cannot be read."],
  401: ["Unauthorized", "Unauthorized: no valid token, or one for something else."],
  403: ["Forbidden", "Forbidden: the caller may not do this, or nobody may (delete namespace default)."],
  404: ["NotFound", "NotFound: there is no such object, namespace, cluster or path."],
  405: ["MethodNotAllowed", "MethodNotAllowed: this kind is not watched, or not written here."],
  406: ["NotAcceptable", "NotAcceptable: none of the accepted media types can be written."],
  409: [
    "Conflict",
    "AlreadyExists, or Conflict: another version, another uid, or fields of other managers (server-side apply).",
  ],
  410: [
    "Gone",
    "Expired: the version is older than what the log keeps. Diverged (agents): the log does not hold the cursor. List again.",
  ],
  413: ["TooLarge", "RequestEntityTooLarge: the body is longer than what is read."],
  415: ["UnsupportedMediaType", "UnsupportedMediaType: the body's Content-Type is none that is understood here."],
  422: ["Invalid", "Invalid: fields or parameters have values that they may not have; details.causes names each."],
  429: ["TooManyRequests", "TooManyRequests: nothing was changed; repeat it after Retry-After."],
  500: ["InternalError", "InternalError: the request failed inside."],
  503: [
    "ServiceUnavailable",
    "ServiceUnavailable: the federation is starting or stopping; repeat it after Retry-After.",
  ],
  504: ["Timeout", "Timeout: a write may or may not have happened, or the version asked for was never reached."],
};

const RETRY_AFTER = { "Retry-After": { description: "Seconds to wait.", schema: { type: "integer" } } };

/** components.responses */
export function errorResponses(components: Components): Doc {
  const content = { "application/json": { schema: components.use(`${META}Status`) } };
  return Object.fromEntries(
    Object.entries(ERRORS).map(([code, [name, description]]) => [
      name,
      { description, ...((code === "429" || code === "503") && { headers: RETRY_AFTER }), content },
    ]),
  );
}

/** What every request that needs a token may get. */
const ALWAYS = [401, 403, 429, 500, 503, 504];

/** References to the responses for `codes` and those that are always possible, by code. */
export function errors(...codes: number[]): Doc {
  return only(...codes, ...ALWAYS);
}

/** References to the responses for exactly these codes. */
export function only(...codes: number[]): Doc {
  return Object.fromEntries(
    [...new Set(codes)]
      .sort((a, b) => a - b)
      .map((code) => [code, { $ref: `#/components/responses/${ERRORS[code]![0]}` }]),
  );
}
