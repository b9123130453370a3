// CEL of cluster selectors, in Kubernetes' dialect: one variable, `cluster`, and an answer that is true or false. The one file that knows the
// parser. An expression is bounded before it runs, since anybody who may write a Placement writes them (P11): its length, its size, comprehensions
// in comprehensions; and no `matches`, whose regular expressions would not be RE2 here. What fails while it runs selects nothing.
import { type ASTNode, Environment } from "@marcbachmann/cel-js";
import type { Loose } from "../object.ts";

const MAX_LENGTH = 4096;
const MAX_NODES = 500;
const MAX_DEPTH = 50;
/** Comprehensions within each other: with MAX_NODES, some ten thousand steps at the most. */
const MAX_NESTED = 2;
const COMPREHENSIONS: ReadonlySet<string> = new Set(["all", "exists", "exists_one", "filter", "map"]);

const environment = new Environment({
  homogeneousAggregateLiterals: false,
  limits: { maxAstNodes: MAX_NODES, maxDepth: MAX_DEPTH },
}).registerVariable("cluster", "map<string, dyn>");

/** What an expression sees as `cluster`. */
export interface CelCluster {
  name: string;
  labels?: Readonly<Record<string, string>>;
  annotations?: Readonly<Record<string, string>>;
  spec?: Loose;
  status?: Loose;
}

type Compiled = { ok: true; holds: (cluster: CelCluster) => boolean } | { ok: false; error: string };

/** Texts are few (one a policy) and read for every decision; a flood of others starts it anew. */
const compiled = new Map<string, Compiled>();
const MAX_COMPILED = 2_000;

export function compileCel(text: string): Compiled {
  let found = compiled.get(text);
  if (found === undefined) {
    if (compiled.size >= MAX_COMPILED) compiled.clear();
    compiled.set(text, (found = compile(text)));
  }
  return found;
}

/** Why it cannot be used and where, as "line 1, column 9: …"; undefined: it can. */
export function celError(text: string): string | undefined {
  const one = compileCel(text);
  return one.ok ? undefined : one.error;
}

function compile(text: string): Compiled {
  if (text.length > MAX_LENGTH) return { ok: false, error: `must have at most ${MAX_LENGTH} characters` };
  try {
    const run = environment.parse(text);
    const { valid, type, error } = run.check();
    if (!valid) return { ok: false, error: located(text, error) };
    if (type !== "bool" && type !== "dyn") return { ok: false, error: `must be true or false, and is of type ${type}` };
    const refused = refusal(run.ast, 0);
    if (refused !== undefined) return { ok: false, error: located(text, refused) };
    return { ok: true, holds: (cluster) => run({ cluster: seen(cluster) }) === true };
  } catch (error) {
    return { ok: false, error: located(text, error as Flaw) };
  }
}

interface Flaw {
  summary?: string;
  message?: string;
  range?: { start: number };
}

function located(text: string, flaw: Flaw | undefined): string {
  const what = flaw?.summary ?? flaw?.message ?? "cannot be read";
  if (flaw?.range === undefined) return what;
  const before = text.slice(0, flaw.range.start).split("\n");
  return `line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}: ${what}`;
}

/** What is valid CEL and not run here. */
function refusal(node: ASTNode, depth: number): Flaw | undefined {
  let inner = depth;
  if (node.op === "call" || node.op === "rcall") {
    const name = node.args[0];
    if (name === "matches") return { summary: "matches() is not available", range: node.range };
    if (node.op === "rcall" && COMPREHENSIONS.has(name)) inner += 1;
    if (inner > MAX_NESTED) return { summary: `more than ${MAX_NESTED} nested comprehensions`, range: node.range };
  }
  for (const child of children(node.args)) {
    const found = refusal(child, inner);
    if (found !== undefined) return found;
  }
  return undefined;
}

function children(args: unknown): ASTNode[] {
  if (Array.isArray(args)) return args.flatMap(children);
  return typeof args === "object" && args !== null && "op" in args ? [args as ASTNode] : [];
}

const views = new WeakMap<CelCluster, Loose>();

/** A cluster as CEL's values: whole numbers are ints there, and what is absent is an empty map. */
function seen(cluster: CelCluster): Loose {
  let view = views.get(cluster);
  if (view === undefined) {
    const { name, labels = {}, annotations = {}, spec = {}, status = {} } = cluster;
    views.set(cluster, (view = { name, labels, annotations, spec: celValue(spec), status: celValue(status) }));
  }
  return view;
}

function celValue(value: unknown): unknown {
  if (typeof value === "number") return Number.isSafeInteger(value) ? BigInt(value) : value;
  if (Array.isArray(value)) return value.map(celValue);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, celValue(inner)]));
}
