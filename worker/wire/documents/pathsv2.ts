// Paths of OpenAPI v2 made from those of version 3: a body is a parameter, media types stand beside the operation, and a parameter that
// is written twice is written once and referred to (kubectl looks both up: cli-runtime query_param_verifier.go).

type Doc = Record<string, unknown>;

interface V3Body {
  content: Record<string, { schema: Doc }>;
  required?: boolean;
}

const METHODS = new Set(["get", "put", "post", "delete", "patch"]);
/** An operation without a body still says that it takes any. */
const ANYTHING = ["*/*"];

/** Counts how often each parameter is written; afterwards those that are written more than once have names. */
class Shared {
  readonly #times = new Map<string, { doc: Doc; count: number }>();

  add(doc: Doc): void {
    const text = JSON.stringify(doc);
    const known = this.#times.get(text);
    if (known === undefined) this.#times.set(text, { doc, count: 1 });
    else known.count++;
  }

  /** By name: `dryRun`, `body-2`. */
  names(): Map<string, { name: string; doc: Doc }> {
    const found = new Map<string, { name: string; doc: Doc }>();
    const taken = new Map<string, number>();
    for (const [text, { doc, count }] of this.#times) {
      if (count < 2) continue;
      const base = doc.name as string;
      const nth = (taken.get(base) ?? 0) + 1;
      taken.set(base, nth);
      found.set(text, { name: nth === 1 ? base : `${base}-${nth}`, doc });
    }
    return found;
  }
}

function operationV2(operation: Doc, schemaV2: (schema: Doc) => Doc): Doc {
  const { tags, operationId, parameters, requestBody, responses, ...rest } = operation;
  const body = requestBody as V3Body | undefined;
  const types = Object.values(responses as Record<string, Partial<V3Body>>).flatMap(({ content }) =>
    Object.keys(content ?? {}),
  );
  const produces = [...new Set(types)];
  // What only tells of kinds is listed as taking what it gives.
  const discovery = rest["x-kubernetes-action"] === undefined;
  const own = ((parameters ?? []) as Doc[]).map(parameterV2);
  if (body !== undefined) own.push(bodyV2(body, schemaV2));
  return {
    consumes: body === undefined ? (discovery ? produces : ANYTHING) : Object.keys(body.content),
    operationId,
    ...(own.length > 0 && { parameters: own }),
    produces,
    responses: Object.fromEntries(
      Object.entries(responses as Record<string, Partial<V3Body> & Doc>).map(([code, { description, content }]) => [
        code,
        { description, ...(content && { schema: schemaV2(Object.values(content)[0]!.schema) }) },
      ]),
    ),
    schemes: ["https"],
    tags,
    ...rest,
  };
}

function parameterV2({ schema, ...parameter }: Doc): Doc {
  return { ...parameter, ...(schema as Doc) };
}

function bodyV2({ content, required }: V3Body, schemaV2: (schema: Doc) => Doc): Doc {
  const { schema } = Object.values(content)[0]!;
  return { name: "body", in: "body", ...(required && { required }), schema: schemaV2(schema) };
}

/** `schemaV2` says a schema of version 3 in version 2. */
export function pathsV2(
  paths: Readonly<Record<string, Doc>>,
  schemaV2: (schema: Doc) => Doc,
): { paths: Doc; parameters: Record<string, Doc> } {
  const shared = new Shared();
  const found: Record<string, Doc> = {};
  for (const [path, item] of Object.entries(paths).sort(([a], [b]) => (a < b ? -1 : 1))) {
    const made: Doc = {};
    for (const [word, value] of Object.entries(item))
      made[word] = METHODS.has(word) ? operationV2(value as Doc, schemaV2) : (value as Doc[]).map(parameterV2);
    found[path] = made;
    for (const list of parameterLists(made)) list.forEach((one) => shared.add(one));
  }
  const names = shared.names();
  for (const item of Object.values(found))
    for (const list of parameterLists(item))
      for (const [index, one] of list.entries()) {
        const name = names.get(JSON.stringify(one))?.name;
        if (name !== undefined) list[index] = { $ref: `#/parameters/${name}` };
      }
  return { paths: found, parameters: Object.fromEntries([...names.values()].map(({ name, doc }) => [name, doc])) };
}

function parameterLists(item: Doc): Doc[][] {
  const holders = [item, ...Object.entries(item).flatMap(([word, value]) => (METHODS.has(word) ? [value as Doc] : []))];
  return holders.map(({ parameters }) => parameters as Doc[] | undefined).filter((list) => list !== undefined);
}
