// Accept negotiation (RFC 9110 12.5.1 and apiserver endpoints/handlers/negotiation): JSON or YAML, as the object itself, a Table
// or its metadata only. Protobuf is never answered: every client that prefers it lists JSON or a wildcard behind it.
import { ApiError, notAcceptable } from "./status.ts";

export interface Output {
  format: "json" | "yaml";
  as?: "Table" | "PartialObjectMetadata" | "PartialObjectMetadataList";
  /** Version of meta.k8s.io in which Table and PartialObjectMetadata are wanted. */
  metaVersion: "v1" | "v1beta1";
  pretty: boolean;
}

const ACCEPTED = "application/json, application/yaml";
const PLAIN: Output = { format: "json", metaVersion: "v1", pretty: false };
// Clients send a handful of different headers, thousands of times each.
const known = new Map<string, Output | undefined>();
const KNOWN_MAX = 200;

interface Clause {
  type: string;
  quality: number;
  parameters: Map<string, string>;
}

function clauses(header: string): Clause[] {
  const parsed = header.split(",").map((text): Clause => {
    const [type = "", ...rest] = text.split(";").map((part) => part.trim());
    const parameters = new Map(rest.map((p) => [p.split("=", 1)[0] ?? "", p.slice(p.indexOf("=") + 1)]));
    const quality = Number(parameters.get("q") ?? "1");
    return { type: type.toLowerCase(), quality: Number.isNaN(quality) ? 1 : quality, parameters };
  });
  return parsed.filter((c) => c.quality > 0).sort((a, b) => b.quality - a.quality);
}

function formatOf(type: string): Output["format"] | undefined {
  if (type === "application/json" || type === "*/*" || type === "application/*") return "json";
  return type === "application/yaml" ? "yaml" : undefined;
}

function resolve(header: string): Output | undefined {
  for (const { type, parameters } of clauses(header)) {
    const format = formatOf(type);
    if (format === undefined) continue;
    const as = parameters.get("as");
    const stream = parameters.get("stream");
    if (stream !== undefined && stream !== "watch") continue;
    if (as === undefined && parameters.get("g") === undefined && parameters.get("v") === undefined) {
      return { ...PLAIN, format, pretty: parameters.get("pretty") === "1" };
    }
    const version = parameters.get("v");
    if (parameters.get("g") !== "meta.k8s.io" || (version !== "v1" && version !== "v1beta1")) continue;
    if (as !== "Table" && as !== "PartialObjectMetadata" && as !== "PartialObjectMetadataList") continue;
    return { format, as, metaVersion: version, pretty: parameters.get("pretty") === "1" };
  }
  return undefined;
}

/** Upstream's router refuses what no serializer answers, its negotiation what no conversion answers: two texts. */
function refusal(accept: string): ApiError {
  if (clauses(accept).some(({ type }) => formatOf(type) !== undefined)) return notAcceptable(ACCEPTED);
  return new ApiError(406, "NotAcceptable", `406: Not Acceptable\n\nAvailable representations: ${ACCEPTED}`, {});
}

/** @throws ApiError 406 */
export function negotiate(request: Request, query: URLSearchParams): Output {
  const accept = request.headers.get("accept");
  let output: Output | undefined = PLAIN;
  if (accept !== null && accept !== "" && accept !== "application/json" && accept !== "*/*") {
    if (known.has(accept)) output = known.get(accept);
    else {
      output = resolve(accept);
      if (known.size < KNOWN_MAX) known.set(accept, output);
    }
    if (output === undefined) throw refusal(accept);
  }
  return wantsPretty(request, query) ? { ...output, pretty: true } : output;
}

/** ?pretty=true, else programs that people look at (negotiate.go isPrettyPrint). */
function wantsPretty(request: Request, query: URLSearchParams): boolean {
  const pretty = query.get("pretty");
  if (pretty !== null && pretty !== "") return pretty === "true" || pretty === "1" || pretty === "t" || pretty === "T";
  const agent = request.headers.get("user-agent");
  return agent !== null && (agent.startsWith("curl") || agent.startsWith("Wget") || agent.startsWith("Mozilla/5.0"));
}
