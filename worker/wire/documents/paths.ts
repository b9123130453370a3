// `paths` of OpenAPI v3 documents: one operation per verb that the table gives a kind. kubectl reads from them whether a kind
// takes fieldValidation and which patches (cli-runtime query_param_verifier_v3.go, kubectl apply/patcher.go), explain finds kinds by them.
import type { Kind } from "../../../kinds/kind.ts";
import type { Components } from "./components.ts";
import { type GroupVersion, subresourcesOf } from "./groups.ts";
import {
  create,
  discovery,
  type Doc,
  get,
  list,
  patch,
  remove,
  removeAll,
  type Subject,
  update,
  watch,
} from "./operations.ts";

/** "rbac.authorization.k8s.io" -> "RbacAuthorization". */
function camel(group: string): string {
  const short = group === "" ? "core" : group.replace(/\.k8s\.io$/, "");
  return short.replaceAll(/(?:^|[.-])(\w)/g, (_, letter: string) => letter.toUpperCase());
}

function upperFirst(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

interface Parameter {
  name: string;
}

const byName = (a: Parameter, b: Parameter): number => (a.name < b.name ? -1 : 1);

/** What all operations of a path have in common stands beside them. */
function item(operations: Record<string, Doc>): Doc {
  const all = Object.entries(operations);
  const given = all.map(([, operation]) => operation.parameters as Parameter[]);
  const common = new Set(
    given[0]!.map(({ name }) => name).filter((name) => given.every((some) => some.some((one) => one.name === name))),
  );
  const own = all.map(([method, operation], index) => {
    const { parameters: _, ...rest } = operation;
    const left = given[index]!.filter(({ name }) => !common.has(name)).sort(byName);
    return [method, left.length > 0 ? { ...rest, parameters: left } : rest] as const;
  });
  return { ...Object.fromEntries(own), parameters: given[0]!.filter(({ name }) => common.has(name)).sort(byName) };
}

type Found = [string, Doc][];

function kindPaths(base: string, kind: Kind, scope: Pick<Subject, "components" | "title" | "tag">): Found {
  const { verbs, namespaced, resource } = kind;
  const inside = `${namespaced ? "namespaces/{namespace}/" : ""}${resource}`;
  const around = namespaced ? ["namespace"] : [];
  const name = namespaced ? `Namespaced${kind.kind}` : kind.kind;
  const many: Subject = {
    ...scope,
    name,
    around,
    about: kind,
    schema: kind.schema,
    builtIn: kind.schema.startsWith("io.k8s."),
  };
  const one: Subject = { ...many, around: ["name", ...around] };
  const everywhere: Subject = { ...many, around: [], name: `${kind.kind}ForAllNamespaces` };
  const found: Found = [];
  const add = (path: string, operations: Record<string, Doc | false>): void => {
    const served = Object.fromEntries(
      Object.entries(operations).filter((entry): entry is [string, Doc] => entry[1] !== false),
    );
    if (Object.keys(served).length > 0) found.push([`${base}/${path}`, item(served)]);
  };
  const can = (verb: Kind["verbs"][number]): boolean => verbs.includes(verb);
  if (namespaced) add(resource, { get: can("list") && list(everywhere) });
  add(inside, {
    get: can("list") && list(many),
    post: can("create") && create(many),
    delete: can("deletecollection") && removeAll(many),
  });
  add(`${inside}/{name}`, {
    get: can("get") && get(one),
    put: can("update") && update(one),
    delete: can("delete") && remove(one, kind),
    patch: can("patch") && patch(one),
  });
  for (const sub of subresourcesOf(kind)) {
    const part = { ...one, name: name + upperFirst(sub.name), about: sub.other ?? kind, schema: sub.schema };
    add(`${inside}/{name}/${sub.name}`, {
      get: sub.verbs.includes("get") && get(part),
      put: sub.verbs.includes("update") && update(part),
      post: sub.verbs.includes("create") && create(part),
      patch: sub.verbs.includes("patch") && patch(part),
    });
  }
  if (!can("watch")) return found;
  if (namespaced)
    add(`watch/${resource}`, { get: watch({ ...everywhere, name: `${kind.kind}ListForAllNamespaces` }, "watchlist") });
  add(`watch/${inside}`, { get: watch({ ...many, name: `${name}List` }, "watchlist") });
  add(`watch/${inside}/{name}`, { get: watch(one, "watch") });
  return found;
}

const sorted = (all: Found): Doc => Object.fromEntries(all.sort(([a], [b]) => (a < b ? -1 : 1)));

/** All paths of one group version, by path; fills `components` with what they refer to. */
export function pathsOf({ group, version, kinds }: GroupVersion, components: Components): Doc {
  const base = group === "" ? `/api/${version}` : `/apis/${group}/${version}`;
  const title = camel(group) + upperFirst(version);
  const tag = `${lowerFirst(camel(group))}_${version}`;
  return sorted([
    [`${base}/`, discovery(components, tag, `get${title}APIResources`, "APIResourceList")],
    ...kinds.flatMap((kind) => kindPaths(base, kind, { components, title, tag })),
  ]);
}

/** The path that tells a group's versions; "/api/" and "/apis/" tell of all. */
export function groupPath(name: string, components: Components): Doc {
  if (name === "/api/") return { [name]: discovery(components, "core", "getCoreAPIVersions", "APIVersions") };
  if (name === "/apis/") return { [name]: discovery(components, "apis", "getAPIVersions", "APIGroupList") };
  const group = name.split("/")[2]!;
  return { [name]: discovery(components, lowerFirst(camel(group)), `get${camel(group)}APIGroup`, "APIGroup") };
}
