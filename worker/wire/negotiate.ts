// Accept negotiation (RFC 9110 12.5.1 and apiserver endpoints/handlers/negotiation): JSON, YAML or protobuf, as the object itself, a Table
// or its metadata only. Protobuf is answered to those who take nothing else as gladly: JSON is stored and goes out unparsed.
import { ApiError, notAcceptable } from "./status.ts";

export interface Output {
  format: "json" | "yaml" | "protobuf";
  as?: "Table" | "PartialObjectMetadata" | "PartialObjectMetadataList";
  /** Version of meta.k8s.io in which Table and PartialObjectMetadata are wanted. */
  metaVersion: "v1" | "v1beta1";
  pretty: boolean;
}

const PROTOBUF = "application/vnd.kubernetes.protobuf";
const ACCEPTED = `application/json, application/yaml, ${PROTOBUF}`;
/** Of kinds without protobuf. */
const ACCEPTED_CUSTOM = "application/json, application/yaml";
const PLAIN: Output = { format: "json", metaVersion: "v1", pretty: false };
// Clients send a handful of different headers, thousands of times each.
const knownBuiltIn = new Map<string, Output | undefined>();
const knownCustom = new Map<string, Output | undefined>();
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
  if (type === PROTOBUF) return "protobuf";
  return type === "application/yaml" ? "yaml" : undefined;
}

/** `protobuf`: may it be the answer? */
function resolve(header: string, protobuf: boolean): Output | undefined {
  let spare: { output: Output; quality: number } | undefined;
  for (const clause of clauses(header)) {
    if (spare !== undefined && clause.quality < spare.quality) break;
    const output = outputOf(clause);
    if (output === undefined) continue;
    if (output.format !== "protobuf") return output;
    if (protobuf) spare ??= { output, quality: clause.quality };
  }
  return spare?.output;
}

function outputOf({ type, parameters }: Clause): Output | undefined {
  const format = formatOf(type);
  if (format === undefined) return undefined;
  const as = parameters.get("as");
  const stream = parameters.get("stream");
  if (stream !== undefined && stream !== "watch") return undefined;
  const pretty = parameters.get("pretty") === "1";
  if (as === undefined && parameters.get("g") === undefined && parameters.get("v") === undefined) {
    return { ...PLAIN, format, pretty };
  }
  const version = parameters.get("v");
  if (parameters.get("g") !== "meta.k8s.io" || (version !== "v1" && version !== "v1beta1")) return undefined;
  if (as !== "Table" && as !== "PartialObjectMetadata" && as !== "PartialObjectMetadataList") return undefined;
  // A Table has no protobuf.
  return format === "protobuf" && as === "Table" ? undefined : { format, as, metaVersion: version, pretty };
}

const STREAMS = "application/json;stream=watch, application/vnd.kubernetes.protobuf;stream=watch";

/** Upstream's router refuses what no serializer answers, its negotiation what no conversion answers: two texts. */
function refusal(accept: string, protobuf: boolean, streams: boolean): ApiError {
  const accepted = protobuf ? ACCEPTED : ACCEPTED_CUSTOM;
  if (clauses(accept).some(({ type }) => formatOf(type) !== undefined)) return notAcceptable(accepted);
  // Where one may watch, the router offers the types of streams too.
  const all = streams && protobuf ? `${accepted}, ${STREAMS}` : accepted;
  return new ApiError(406, "NotAcceptable", `406: Not Acceptable\n\nAvailable representations: ${all}`, {});
}

/** `protobuf`: does what is asked for have one? `streams`: can it be watched? @throws ApiError 406 */
export function negotiate(request: Request, query: URLSearchParams, protobuf: boolean, streams = false): Output {
  const accept = request.headers.get("accept");
  let output: Output | undefined = PLAIN;
  if (accept !== null && accept !== "" && accept !== "application/json" && accept !== "*/*") {
    const known = protobuf ? knownBuiltIn : knownCustom;
    if (known.has(accept)) output = known.get(accept);
    else {
      output = resolve(accept, protobuf);
      if (known.size < KNOWN_MAX) known.set(accept, output);
    }
    if (output === undefined) throw refusal(accept, protobuf, streams);
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

/** Errors too go out as protobuf to those who read nothing else. */
export function errorFormat(request: Request): Output["format"] {
  const accept = request.headers.get("accept") ?? "";
  return accept.includes(PROTOBUF) ? (resolve(accept, true)?.format ?? "json") : "json";
}
