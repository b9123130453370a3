// Which form of a document a client takes. Discovery has forms of its own (aggregated, two versions), hence not negotiate.ts.

export interface MediaType {
  type: string;
  parameters: ReadonlyMap<string, string>;
}

/** Media types of an Accept header, best first; none given means anything. */
export function acceptedTypes(request: Request): MediaType[] {
  const header = request.headers.get("accept") || "*/*";
  const clauses = header.split(",").map((text) => {
    const [type = "", ...rest] = text.split(";").map((part) => part.trim());
    const parameters = new Map(rest.map((part) => [part.split("=", 1)[0]!, part.slice(part.indexOf("=") + 1)]));
    return { type: type.toLowerCase(), parameters, quality: Number(parameters.get("q") ?? 1) };
  });
  return clauses.filter(({ quality }) => quality > 0).sort((a, b) => b.quality - a.quality);
}

export function isJson({ type }: MediaType): boolean {
  return type === "application/json" || type === "application/*" || type === "*/*";
}

export type DiscoveryForm = { form: "aggregated"; version: "v2" | "v2beta1" } | { form: "json" } | { form: "yaml" };

const AGGREGATED = "APIGroupDiscoveryList";

/** undefined: nothing that we can write. Aggregated only where the place has that form. */
export function discoveryForm(request: Request, aggregates: boolean): DiscoveryForm | undefined {
  for (const media of acceptedTypes(request)) {
    const { type, parameters } = media;
    if (parameters.has("as")) {
      const version = parameters.get("v");
      const wanted = aggregates && parameters.get("as") === AGGREGATED && parameters.get("g") === "apidiscovery.k8s.io";
      if (wanted && type === "application/json" && (version === "v2" || version === "v2beta1"))
        return { form: "aggregated", version };
    } else if (isJson(media)) return { form: "json" };
    else if (type === "application/yaml") return { form: "yaml" };
  }
  return undefined;
}

/** The header that tells the client which form it got; it decides by it how to read the body. */
export function aggregatedContentType(version: "v2" | "v2beta1"): string {
  return `application/json;g=apidiscovery.k8s.io;v=${version};as=${AGGREGATED}`;
}
