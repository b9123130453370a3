// Arbitrary requests in one small world. Placeholders in them stand for what each side made up itself (see play.ts):
// $rv:a  the version of `a` as last seen     $old:a  as first seen     $uid:a     $continue     {ns}
// and a body {"$of":"a","with":…} is `a` as last seen with something merged into it.
import fc from "fast-check";
import type { Loose } from "../../../../kinds/object.ts";
import type { Sent } from "../run.ts";
import { APPLY, JSON_PATCH, MERGE, STRATEGIC } from "../script.ts";
import { type Change, directed, merge, odd, pointers } from "./merge.ts";
import { METADATA, type World } from "./world.ts";

const NAMES = ["a", "b", "c"] as const;
const name = fc.constantFrom(...NAMES);
const mostly = <T>(usual: T, ...rare: T[]): fc.Arbitrary<T> =>
  fc.oneof(
    { weight: 3 * rare.length + 6, arbitrary: fc.constant(usual) },
    ...rare.map((r) => ({ weight: 1, arbitrary: fc.constant(r) })),
  );

const ACCEPT = mostly(
  "application/json",
  "application/json;as=Table;v=v1;g=meta.k8s.io,application/json",
  "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io,application/json",
  "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io,application/json",
  "*/*",
);
const SHORT_ACCEPT = mostly(
  "application/json",
  "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io",
  "application/json;as=Table;v=v1;g=meta.k8s.io",
);
const WRITE = mostly(
  "",
  "dryRun=All",
  "fieldValidation=Strict",
  "fieldValidation=Ignore",
  "fieldManager=m1",
  "fieldManager=m2",
  "dryRun=x",
  "fieldValidation=x",
  "dryRun=All&fieldManager=m1",
);
const APPLY_QUERY = mostly(
  "fieldManager=m1",
  "fieldManager=m2",
  "fieldManager=m3",
  "fieldManager=m1&force=true",
  "fieldManager=m2&force=true",
  "fieldManager=m3&force=true",
  "fieldManager=m1&dryRun=All",
  "",
  "fieldManager=differential&force=true",
);
const some = (from: readonly Loose[], most: number): fc.Arbitrary<Loose[]> =>
  fc.subarray([...from], { maxLength: Math.min(most, from.length) });
const oddChanges = (max: number): fc.Arbitrary<Change[]> =>
  fc.oneof(
    { weight: 3, arbitrary: fc.constant<Change[]>([]) },
    {
      weight: 1,
      arbitrary: fc.array(fc.record({ place: fc.nat(60), how: fc.nat(48) }), { minLength: 1, maxLength: max }),
    },
  );
const SELECTORS = [
  "x=y",
  "x!=y",
  "x in (y,z)",
  "x notin (y)",
  "!x",
  "x",
  "x=z,w=1",
  "x==y",
  "x=",
  "x>1",
  "x in",
  "app=web",
];
const FIELDS = ["metadata.name=a", "metadata.name!=a", "metadata.name=a,metadata.name=b", "bogus=1", "metadata.name"];

/** Put where a request goes that answers an object in `accept`. */
const asked = (sent: Sent, accept: string): Sent =>
  accept === "application/json" ? sent : { ...sent, headers: { ...sent.headers, accept } };
const withQuery = (path: string, query: string): string => (query === "" ? path : `${path}?${query}`);

/** `oddly`: with values of other types too, and strategic directives where they do not belong. */
export function requests(world: World, oddly: boolean): fc.Arbitrary<Sent> {
  const changes = (max: number): fc.Arbitrary<Change[]> => (oddly ? oddChanges(max) : fc.constant([]));
  const { apiVersion } = world;
  const all = `${apiVersion === "v1" ? "/api/v1" : `/apis/${apiVersion}`}/namespaces/{ns}/${world.resource}`;
  // The /status of a kind that PUT creates makes such objects too, half made (registry/core/service: one strategy for both); ours does not.
  const creates = world.kind === "Service";
  const one = (n: string): string => `${all}/${n}`;
  const pick = (most: number): fc.Arbitrary<Loose> =>
    fc
      .tuple(some(world.fragments, most), some(METADATA, 2))
      .map(([a, b]) => [...a, ...b].reduce((sum, next) => merge(sum, next), {}));
  const body = fc
    .tuple(pick(3), changes(2), fc.boolean())
    .map(([parts, bad, first]) => odd(merge(first ? {} : world.base, first ? merge(world.base, parts) : parts), bad));
  const named = (o: Loose, n: string): Loose => merge({ apiVersion, kind: world.kind, metadata: { name: n } }, o);
  const unknown = mostly<Loose>({}, { bogus: 1 }, { spec: { bogus: 1 } }, { metadata: { bogus: { a: 1 } } });

  const create = fc
    .tuple(name, body, unknown, WRITE, SHORT_ACCEPT)
    .map(([n, o, u, q, accept]) =>
      asked({ method: "POST", path: withQuery(all, q), body: merge(named(o, n), u) }, accept),
    );
  const generate = body.map((o) => ({
    method: "POST",
    path: `${all}?dryRun=All`,
    body: merge(merge({ apiVersion, kind: world.kind }, o), { metadata: { generateName: "gen-" } }),
  }));
  const version = mostly<Loose>(
    {},
    { resourceVersion: "$rv" },
    { resourceVersion: "$old" },
    { uid: "$uid" },
    { uid: "22222222-0000-4000-8000-000000000001" },
    { resourceVersion: "0" },
  );
  const put = fc.tuple(name, body, version, unknown, WRITE).map(([n, o, v, u, q]) => ({
    method: "PUT",
    path: withQuery(one(n), q),
    body: merge(merge(named(o, n), u), { metadata: v }),
  }));
  const replace = fc.tuple(name, pick(2), WRITE, mostly("", "status")).map(([n, parts, q, sub]) => ({
    method: "PUT",
    path: withQuery(one(n) + (sub && world.status && !creates ? `/${sub}` : ""), q),
    body: { $of: n, with: parts },
  }));
  const patching = (type: string, content: fc.Arbitrary<Loose>): fc.Arbitrary<Sent> =>
    fc.tuple(name, content, WRITE, version, SHORT_ACCEPT).map(([n, o, q, v, accept]) =>
      asked(
        {
          method: "PATCH",
          path: withQuery(one(n), q),
          body: Object.keys(v).length > 0 ? merge(o, { metadata: v }) : o,
          headers: { "content-type": type },
        },
        accept,
      ),
    );
  const mergePatch = patching(
    MERGE,
    fc.tuple(pick(2), changes(2), unknown).map(([o, bad, u]) => merge(odd(o, bad), u)),
  );
  const strategic = patching(
    STRATEGIC,
    fc
      .tuple(pick(3), changes(2), fc.array(fc.record({ place: fc.nat(30), how: fc.nat(48) }), { maxLength: 2 }))
      .map(([o, bad, d]) => directed(odd(o, bad), d)),
  );
  const operation = fc
    .tuple(pick(2), fc.nat(80), fc.nat(80), fc.nat(6), fc.nat(5))
    .map(([parts, from, to, op, value]) => {
      const known = pointers(merge(world.base, parts));
      const at = known[to % known.length] as { pointer: string; value: Loose };
      const path = at.pointer;
      const other = (known[from % known.length] as { pointer: string }).pointer;
      const kind = ["add", "replace", "remove", "add", "test", "copy", "move"][op] as string;
      if (kind === "remove") return { op: kind, path };
      if (kind === "copy" || kind === "move") return { op: kind, from: other, path };
      return { op: kind, path, value: value < 4 ? at.value : value === 4 ? null : "" };
    });
  const jsonPatch = fc.tuple(name, fc.array(operation, { minLength: 1, maxLength: 3 }), WRITE).map(([n, ops, q]) => ({
    method: "PATCH",
    path: withQuery(one(n), q),
    body: ops,
    headers: { "content-type": JSON_PATCH },
  }));
  const apply = fc.tuple(name, pick(3), fc.boolean(), changes(1), APPLY_QUERY).map(([n, parts, whole, bad, q]) => ({
    method: "PATCH",
    path: withQuery(one(n), q),
    body: odd(named(whole ? merge(world.base, parts) : parts, n), bad),
    headers: { "content-type": APPLY },
  }));
  const get = fc.tuple(name, ACCEPT).map(([n, accept]) => asked({ method: "GET", path: one(n) }, accept));
  const listing = fc
    .tuple(
      fc.option(fc.constantFrom(...SELECTORS)),
      fc.option(fc.constantFrom(...FIELDS), { freq: 2 }),
      mostly("", "limit=1", "limit=2", "limit=1&continue=$continue"),
      ACCEPT,
    )
    .map(([selector, field, page, accept]) => {
      const query = [
        selector === null ? "" : `labelSelector=${encodeURIComponent(selector)}`,
        field === null ? "" : `fieldSelector=${encodeURIComponent(field)}`,
        page,
      ];
      return asked({ method: "GET", path: withQuery(all, query.filter((q) => q !== "").join("&")) }, accept);
    });
  const options = mostly<Loose>(
    undefined,
    {},
    { preconditions: { uid: "$uid" } },
    { preconditions: { resourceVersion: "$rv" } },
    { preconditions: { resourceVersion: "$old" } },
    { preconditions: { uid: "22222222-0000-4000-8000-000000000001" } },
    { gracePeriodSeconds: 0 },
    { gracePeriodSeconds: 5 },
    { propagationPolicy: "Foreground" },
    { propagationPolicy: "Orphan" },
    { propagationPolicy: "Background" },
    { propagationPolicy: "No" },
    { orphanDependents: true },
    { dryRun: ["All"] },
    { bogus: 1 },
  );
  const remove = fc.tuple(name, options).map(([n, o]) => ({ method: "DELETE", path: one(n), body: o }));
  const removeAll = fc
    .constantFrom(
      "labelSelector=x%3Dy",
      "fieldSelector=metadata.name%3Da",
      "dryRun=All",
      "",
      "limit=1",
      "propagationPolicy=Foreground",
    )
    .map((q) => ({ method: "DELETE", path: withQuery(all, q) }));

  const further: fc.WeightedArbitrary<Sent>[] = [];
  if (world.status !== undefined) {
    const status = some(world.status, 2).map((parts) => ({
      status: parts.reduce((sum, next) => merge(sum, next), {}),
    }));
    const also = fc
      .tuple(status, pick(1), fc.boolean(), changes(1))
      .map(([s, o, both, bad]) => odd(both ? merge(s, o) : s, bad));
    further.push({
      weight: 4,
      arbitrary: fc
        .tuple(name, also, fc.constantFrom(MERGE, STRATEGIC, ...(creates ? [] : [APPLY])), WRITE, APPLY_QUERY)
        .map(([n, o, type, q, aq]) => ({
          method: "PATCH",
          path: withQuery(`${one(n)}/status`, type === APPLY ? aq : q),
          body: type === APPLY ? named(o, n) : o,
          headers: { "content-type": type },
        })),
    });
    // A Job that says no labels gets those of the template it was sent with, ours of the one that is kept.
    if (!creates && world.kind !== "Job")
      further.push({
        weight: 1,
        arbitrary: fc.tuple(name, also).map(([n, o]) => ({
          method: "PUT",
          path: `${one(n)}/status`,
          body: merge(named(merge(world.base, o), n), {}),
        })),
      });
  }
  if (world.scale) {
    const scale = fc.tuple(name, fc.nat(4)).map(([n, replicas]) => ({ n, o: { spec: { replicas } } }));
    const identity = (n: string): Loose => ({ apiVersion: "autoscaling/v1", kind: "Scale", metadata: { name: n } });
    further.push(
      {
        weight: 1,
        arbitrary: scale.map(({ n, o }) => ({ method: "PUT", path: `${one(n)}/scale`, body: merge(identity(n), o) })),
      },
      {
        weight: 1,
        arbitrary: scale.map(({ n, o }) => ({
          method: "PATCH",
          path: `${one(n)}/scale`,
          body: o,
          headers: { "content-type": MERGE },
        })),
      },
      {
        weight: 1,
        arbitrary: fc.tuple(scale, APPLY_QUERY).map(([{ n, o }, q]) => ({
          method: "PATCH",
          path: withQuery(`${one(n)}/scale`, q),
          body: merge(identity(n), o),
          headers: { "content-type": APPLY },
        })),
      },
      { weight: 1, arbitrary: name.map((n) => ({ method: "GET", path: `${one(n)}/scale` })) },
    );
  }
  return fc.oneof(
    { weight: 8, arbitrary: create },
    { weight: 1, arbitrary: generate },
    { weight: 3, arbitrary: put },
    { weight: 3, arbitrary: replace },
    { weight: 5, arbitrary: mergePatch },
    { weight: 6, arbitrary: strategic },
    { weight: 4, arbitrary: jsonPatch },
    { weight: 10, arbitrary: apply },
    { weight: 2, arbitrary: get },
    { weight: 3, arbitrary: listing },
    { weight: 3, arbitrary: remove },
    { weight: 1, arbitrary: removeAll },
    ...further,
  );
}
