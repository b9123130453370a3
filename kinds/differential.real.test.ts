// Defaults and validation compared with a real kube-apiserver: the same manifests, with dryRun=All, must come back equal but for what
// a server makes up, and bad ones must fail for the same causes.
import { readFileSync } from "node:fs";
import { get } from "node:https";
import { isDeepStrictEqual } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type ControlPlane, startControlPlane } from "../test/real/controlplane.ts";
import { describeReal } from "../test/real/describe.ts";
import { decodeFields } from "../core/codec/fields.ts";
import { tableColumns, tableRow } from "../core/query/table.ts";
import { MEMBER_KINDS } from "./all.ts";
import * as autoscaling from "./differential/autoscaling.ts";
import * as batch from "./differential/batch.ts";
import * as general from "./differential/general.ts";
import * as networking from "./differential/networking.ts";
import * as pods from "./differential/pods.ts";
import * as storage from "./differential/storage.ts";
import * as warned from "./differential/warnings.ts";
import { schemaOf } from "./facts/schema.ts";
import type { Kind } from "./kind.ts";
import { type Loose, parseApiVersion } from "./object.ts";

const AREAS = [general, pods, batch, autoscaling, networking, storage, warned];
const valid = AREAS.flatMap((area) => area.valid);
const invalid = AREAS.flatMap((area) => area.invalid);
const updates = AREAS.flatMap((area) => area.updates);

/** Warnings that only one of the two gives, each with its reason. */
const UNWARNED: [RegExp, string][] = [];

/** Accepted differences, each with its reason. */
const ANY_FAMILY = "the root grants both families, since some member may have them";
const ACCEPTED: Record<string, string> = {
  "Service, both families required": ANY_FAMILY,
  "Service, IPv6": ANY_FAMILY,
  "Service, address of IPv6": ANY_FAMILY,
  "Service, two addresses, one stack": ANY_FAMILY,
  "Service, address out of range": "an address that the user writes is kept at the root and never rendered",
};

function kindOf(object: Loose): Kind {
  const { group, version } = parseApiVersion(object.apiVersion);
  const is = (kind: Kind): boolean => kind.kind === object.kind && kind.group === group && kind.version === version;
  return MEMBER_KINDS.find(is) as Kind;
}

function path(kind: Kind, name = ""): string {
  const base = kind.group === "" ? "/api/v1" : `/apis/${kind.group}/${kind.version}`;
  return `${base}${kind.namespaced ? "/namespaces/default" : ""}/${kind.resource}${name}?dryRun=All`;
}

const UID = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

/** Set by admission and taken away by controllers that neither the root nor a simulated member runs, so that we set neither (kinds/persistentvolumeclaim.ts). */
const PROTECTIONS = ["kubernetes.io/pvc-protection", "kubernetes.io/pv-protection", "kubernetes.io/vac-protection"];

/** In earnest: a dry run of a Service checks less, since it allocates nothing. */
const earnest = (kind: Kind, pathname: string): string =>
  kind.kind === "Service" ? pathname.replace("?dryRun=All", "") : pathname;

/** What the server makes up; a uid wherever it stands (a Job's labels), node ports that `known` does not name. */
function masked(object: Loose, known = ""): Loose {
  const copy = JSON.parse(JSON.stringify(object).replace(UID, "uid"));
  for (const field of ["uid", "creationTimestamp", "managedFields", "generation", "resourceVersion"])
    delete copy.metadata[field];
  const finalizers = copy.metadata.finalizers?.filter((name: string) => !PROTECTIONS.includes(name));
  if (finalizers?.length === 0) delete copy.metadata.finalizers;
  else if (finalizers !== undefined) copy.metadata.finalizers = finalizers;
  if (copy.kind === "PersistentVolume") delete copy.status.lastPhaseTransitionTime;
  if (copy.kind === "Service" && copy.spec.clusterIP && copy.spec.clusterIP !== "None") {
    copy.spec.clusterIP = "allocated";
    if (copy.spec.clusterIPs) copy.spec.clusterIPs = copy.spec.clusterIPs.map(() => "allocated");
  }
  for (const holder of copy.kind === "Service" ? [copy.spec, ...(copy.spec.ports ?? [])] : [])
    for (const field of ["nodePort", "healthCheckNodePort"])
      // A dry run allocates nothing and makes up ports beyond the range.
      if (holder[field] >= 30000 && !known.includes(`Port":${holder[field]}`)) holder[field] = "allocated";
  for (const condition of copy.status?.conditions ?? []) delete condition.lastTransitionTime;
  return copy;
}

function decoded(manifest: Loose): Loose {
  const object = JSON.parse(JSON.stringify(manifest));
  expect(decodeFields(object, schemaOf(kindOf(object).schema))).toMatchObject({ ok: true });
  return object;
}

/** What upstream walks a Go map for comes in any order. */
const said = (warnings: string[]): string[] =>
  [...new Set(warnings)].filter((text) => !UNWARNED.some(([which]) => which.test(text))).sort();

/** Of the kind as which it is stored, and what is said to every request of the served one. */
function warningsOf(next: Loose, old?: Loose): string[] {
  const { deprecation, conversion } = kindOf(next);
  const stored = (object: Loose): Loose => (conversion ? conversion.toStored(object) : object);
  const found = (conversion?.stored ?? kindOf(next)).warnings?.(stored(next), old && stored(old)) ?? [];
  return [...(deprecation === undefined ? [] : [deprecation]), ...found];
}

/** What the wire does around a kind: decoding, namespace, uid, defaults, strategy; of another version's kind in the stored one. */
function ours(manifest: Loose, told: string[] = []): Loose {
  let object = decoded(manifest);
  let kind = kindOf(object);
  if (kind.namespaced) object.metadata.namespace = "default";
  kind.setDefaults?.(object);
  if (kind.status) delete object.status;
  const { conversion } = kind;
  if (conversion) {
    object = conversion.toStored(object);
    kind = conversion.stored;
    kind.setDefaults?.(object);
  }
  object.metadata.uid = "00000000-0000-4000-8000-000000000000";
  if (kind.generation) object.metadata.generation = 1;
  told.push(...(kind.prepareCreate?.(object) ?? []));
  kind.admit?.(object);
  return JSON.parse(JSON.stringify(conversion ? conversion.fromStored(object) : object));
}

/** By the kind's own rules, or by those of the kind as which it is stored. */
function errorsOf(object: Loose, old?: Loose): Loose[] {
  const { validate, conversion } = kindOf(object);
  if (validate || !conversion) return validate?.(object, old) ?? [];
  return conversion.stored.validate?.(conversion.toStored(object), old && conversion.toStored(old)) ?? [];
}

/** In one order: upstream goes through Go maps here and there. */
const causesOf = (errors: Loose[]): Loose[] =>
  errors
    .map(({ reason, message, field }) => ({ reason, message: message.replace(UID, "uid"), field }))
    .sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));

function sameSpec(next: Loose, old: Loose): boolean {
  const spec = ({ apiVersion: _v, kind: _k, metadata: _m, status: _s, ...rest }: Loose): Loose => rest;
  return isDeepStrictEqual(JSON.parse(JSON.stringify(spec(next))), spec(old));
}

/** What the wire does around an update. */
function oursAfter(old: Loose, manifest: Loose): Loose {
  let next = decoded(manifest);
  let kind = kindOf(next);
  if (kind.namespaced) next.metadata.namespace = "default";
  kind.setDefaults?.(next);
  if (kind.status) next.status = old.status;
  next.metadata.uid = old.metadata.uid;
  const { conversion } = kind;
  if (conversion) {
    next = conversion.toStored(next);
    kind = conversion.stored;
    kind.setDefaults?.(next);
  }
  const before = (conversion ? conversion.toStored(old as never) : old) as never;
  next.metadata.generation = old.metadata.generation;
  kind.prepareUpdate?.(next, before);
  if (kind.generation && next.metadata.generation === old.metadata.generation && !sameSpec(next, before))
    next.metadata.generation++;
  kind.admit?.(next, old as never);
  return JSON.parse(JSON.stringify(conversion ? conversion.fromStored(next) : next));
}

async function fetchTable({ server, token, caFile }: ControlPlane, pathname: string): Promise<Loose> {
  const headers = { authorization: `Bearer ${token}`, accept: "application/json;as=Table;v=v1;g=meta.k8s.io" };
  const text = await new Promise<string>((resolve, reject) => {
    get(`${server}${pathname}`, { headers, ca: readFileSync(caFile) }, (response) => {
      let body = "";
      response.on("data", (chunk: Buffer) => (body += chunk.toString()));
      response.on("end", () => resolve(body));
    }).on("error", reject);
  });
  return JSON.parse(text);
}

describeReal("kinds and a real kube-apiserver", () => {
  let plane: ControlPlane;
  beforeAll(async () => {
    plane = await startControlPlane({ name: "kinds" });
  }, 60_000);
  afterAll(() => plane?.stop());

  it.each(valid)("fill in the same: %s", async (_name, manifest) => {
    const { status, body, warnings } = await plane.call("POST", path(kindOf(manifest)), manifest);
    expect([status, status === 201 ? "" : body.message]).toEqual([201, ""]);
    const known = JSON.stringify(manifest);
    expect(masked(ours(manifest), known)).toEqual(masked(body, known));
    const told: string[] = [];
    const made = ours(manifest, told);
    expect(errorsOf(made)).toEqual([]);
    expect(said([...told, ...warningsOf(made)])).toEqual(said(warnings));
  });

  it.each(valid)("fill in nothing twice: %s", async (_name, manifest) => {
    const once = ours(manifest);
    const twice = structuredClone(once);
    kindOf(manifest).setDefaults?.(twice);
    expect(twice).toEqual(once);
  });

  it.each(invalid)("refuse alike: %s", async (name, manifest) => {
    const kind = kindOf(manifest);
    const { status, body } = await plane.call("POST", earnest(kind, path(kind)), manifest);
    expect(status).toBe(422);
    if (name in ACCEPTED) return;
    expect(causesOf(errorsOf(ours(manifest)))).toEqual(causesOf(body.details.causes));
  });

  it.each(valid)("show alike in a Table: %s", async (_name, manifest) => {
    const kind = kindOf(manifest);
    const { metadata } = (await plane.call("POST", path(kind).replace("?dryRun=All", ""), manifest)).body;
    const named = path(kind, `/${metadata.name}`).replace("?dryRun=All", "");
    try {
      const { body: object } = await plane.call("GET", named);
      const answer = await fetchTable(plane, `${named}?includeObject=None`);
      const shown = answer.columnDefinitions.map(({ name, type, format, priority }: Loose) => ({
        name,
        type,
        format,
        priority,
      }));
      expect(tableColumns(kind).map(({ description: _, ...column }) => column)).toEqual(shown);
      const ages = (cells: Loose[]): Loose[] =>
        cells.map((cell) => (typeof cell === "string" && /^\d+s$/.test(cell) ? "age" : cell));
      expect(ages(tableRow(kind, object, Date.now()))).toEqual(ages(answer.rows[0].cells));
    } finally {
      await plane.call("PATCH", named, { metadata: { finalizers: null } }, "application/merge-patch+json");
      await plane.call("DELETE", `${named}?propagationPolicy=Background`);
      if (kind.kind === "Namespace")
        await plane.call("PUT", `${named}/finalize`, { ...manifest, spec: { finalizers: [] } });
    }
  });

  it.each(updates)("update alike: %s", async (_name, before, after) => {
    const kind = kindOf(before);
    const named = path(kind, `/${before.metadata.name}`);
    const created = await plane.call("POST", path(kind).replace("?dryRun=All", ""), before);
    expect(created.status).toBe(201);
    try {
      const { resourceVersion } = created.body.metadata;
      const sent =
        kind.unconditionalUpdate === false ? { ...after, metadata: { ...after.metadata, resourceVersion } } : after;
      const { status, body, warnings } = await plane.call("PUT", earnest(kind, named), sent);
      const next = oursAfter(created.body, after);
      const causes = causesOf(errorsOf(next, created.body));
      if (status === 422) expect(causes).toEqual(causesOf(body.details.causes));
      else {
        expect([status, causes]).toEqual([200, []]);
        const known = JSON.stringify([created.body, after]);
        expect(masked(next, known)).toEqual(masked(body, known));
        expect(said(warningsOf(next, created.body))).toEqual(said(warnings));
      }
    } finally {
      const real = named.replace("?dryRun=All", "");
      await plane.call("PATCH", real, { metadata: { finalizers: null } }, "application/merge-patch+json");
      await plane.call("DELETE", `${real}?propagationPolicy=Background`);
    }
  });
});
