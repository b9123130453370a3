// Random sequences of writes by several managers, through a real kube-apiserver and through core/patch: the same status, the same
// object, the same managedFields, the same conflicts. What the server adds on its own (defaults, allocated fields) is taken from it:
// our result goes through a dry-run PUT before it is compared.
import { afterAll, beforeAll, expect, it } from "vitest";
import { ROOT_KINDS } from "../../kinds/all.ts";
import { schemaOf } from "../../kinds/facts/schema.ts";
import type { JsonObject, JsonValue, KubeObject, ManagedFieldsEntry } from "../../kinds/object.ts";
import { type ControlPlane, startControlPlane } from "../../test/real/controlplane.ts";
import { describeReal } from "../../test/real/describe.ts";
import { decodeFields } from "../codec/fields.ts";
import { applyServerSide } from "./apply/apply.ts";
import { conflictMessage } from "./apply/conflict.ts";
import { trackUpdate } from "./apply/update.ts";
import { applyJsonPatch } from "./json.ts";
import { applyMergePatch } from "./merge.ts";
import type { PatchResult } from "./result.ts";
import { applyStrategicPatch } from "./strategic.ts";
import { type Operation, type Subject, chance, randomOperation, SUBJECTS } from "./testing/operations.ts";
import { cloneJson, isMap } from "./value.ts";

const NOW = "2026-01-01T00:00:00Z";
const SEEDS = Number(process.env["HANSE_PATCH_SEEDS"] ?? 12);
const FIRST = Number(process.env["HANSE_PATCH_FIRST_SEED"] ?? 1);
const STEPS = 20;

const TYPES = {
  apply: "application/apply-patch+yaml",
  strategic: "application/strategic-merge-patch+json",
  merge: "application/merge-patch+json",
  json: "application/json-patch+json",
  put: "application/json",
} as const;

/** Without what is compared on its own, and on creation without what a dry run allocates anew. */
function bare(object: KubeObject, created: boolean): unknown {
  const { managedFields: _m, resourceVersion: _r, ...metadata } = object.metadata;
  if (!created) return { ...object, metadata };
  const { uid: _u, creationTimestamp: _c, ...named } = metadata;
  const { clusterIP: _ip, clusterIPs: _ips, ...spec } = object.spec ?? {};
  return { ...object, metadata: named, spec };
}

/** managedFields without the moments of their times. */
function owners(entries: ManagedFieldsEntry[] | undefined): unknown {
  return entries
    ?.map(({ time, ...entry }) => ({ ...entry, time: time !== undefined }))
    .sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}

/** As the wire does after a patch: decoded, then defaulted. */
function settled(object: JsonObject, subject: Subject): KubeObject {
  const next = cloneJson(object) as unknown as KubeObject;
  decodeFields(next as unknown as JsonObject, schemaOf(subject.definition));
  ROOT_KINDS.find((kind) => kind.kind === subject.kind)!.setDefaults?.(next);
  return next;
}

/** Without the zero values that Go's omitempty leaves out, as the server's own answer shows. */
function omitEmpty(ours: JsonValue, stored: JsonValue | undefined): JsonValue {
  if (Array.isArray(ours)) return ours.map((item, i) => omitEmpty(item, (stored as JsonValue[] | undefined)?.[i]));
  if (!isMap(ours)) return ours;
  const shown = isMap(stored) ? stored : {};
  const isZero = (value: JsonValue): boolean =>
    !value || (typeof value === "object" && Object.keys(value).length === 0);
  return Object.fromEntries(
    Object.entries(ours)
      .filter(([key, value]) => Object.hasOwn(shown, key) || key === "managedFields" || !isZero(value))
      .map(([key, value]) => [key, key === "managedFields" ? value : omitEmpty(value, shown[key])]),
  );
}

function patched(live: JsonObject, { type, body }: Operation, subject: Subject): PatchResult {
  if (type === "json") return applyJsonPatch(live, body);
  if (type === "strategic") return applyStrategicPatch(live, body as JsonObject, schemaOf(subject.definition));
  return { ok: true, object: type === "merge" ? applyMergePatch(live, body as JsonObject) : (body as JsonObject) };
}

class Pair {
  private readonly plane: ControlPlane;
  private readonly subject: Subject;
  private readonly path: string;
  live: KubeObject | undefined;

  constructor(plane: ControlPlane, subject: Subject, name: string) {
    this.plane = plane;
    this.subject = subject;
    this.path = `${subject.resource}/${name}`;
  }

  private send(operation: Operation): Promise<{ status: number; body: any }> {
    const query = `?fieldValidation=Ignore&fieldManager=${operation.manager}${operation.type === "apply" ? `&force=${operation.force}` : ""}`;
    const method = operation.type === "put" ? "PUT" : "PATCH";
    return this.plane.call(method, this.path + query, operation.body, TYPES[operation.type]);
  }

  /** What the server would store for our object; as an update of the live one, or a creation. */
  private async stored(object: KubeObject): Promise<{ status: number; body: any }> {
    const { managedFields: _m, ...metadata } = object.metadata;
    const body = { ...object, metadata };
    return this.live === undefined
      ? this.plane.call("POST", `${this.subject.resource}?dryRun=All&fieldValidation=Ignore`, body)
      : this.plane.call("PUT", `${this.path}?dryRun=All&fieldValidation=Ignore`, body);
  }

  async create(object: KubeObject, manager: string): Promise<void> {
    const real = await this.plane.call("POST", `${this.subject.resource}?fieldManager=${manager}`, object);
    expect(real.status).toBe(201);
    const next = settled(object as unknown as JsonObject, this.subject);
    const { apiVersion, reset } = this.subject;
    const managedFields = trackUpdate({
      next,
      schema: schemaOf(this.subject.definition),
      manager,
      apiVersion,
      now: NOW,
      reset,
    });
    expect(owners(managedFields)).toEqual(owners(real.body.metadata.managedFields));
    this.live = real.body as KubeObject;
  }

  async step(operation: Operation): Promise<string> {
    const frozen = JSON.stringify([this.live, operation.body]);
    const ours = operation.type === "apply" ? await this.apply(operation) : await this.patch(operation);
    expect(JSON.stringify([this.live, operation.body])).toBe(frozen);
    const real = await this.send(operation);
    expect({ ours, status: ours.status, message: real.body.message }).toMatchObject({ status: real.status });
    if (real.status >= 300) {
      if (ours.message !== undefined) expect(real.body.message).toBe(ours.message);
      if (ours.causes !== undefined) expect(sorted(real.body.details.causes)).toEqual(sorted(ours.causes));
      return String(real.status);
    }
    const created = this.live === undefined;
    expect(bare(ours.object!, created)).toEqual(bare(real.body, created));
    expect(owners(ours.managedFields)).toEqual(owners(real.body.metadata.managedFields));
    if (ours.unchanged) expect(real.body.metadata.resourceVersion).toBe(this.live?.metadata.resourceVersion);
    this.live = real.body as KubeObject;
    return "200";
  }

  private async patch(operation: Operation): Promise<Outcome> {
    const { subject, live } = this;
    const result = patched(live as unknown as JsonObject, operation, subject);
    if (!result.ok) return { status: result.code, message: result.message };
    const answer = await this.stored(result.object as unknown as KubeObject);
    if (answer.status === 400) return { status: 422 };
    if (answer.status >= 300) return { status: answer.status };
    const next = omitEmpty(settled(result.object, subject) as never, answer.body) as unknown as KubeObject;
    const { apiVersion, reset } = subject;
    const managedFields = trackUpdate({
      old: live,
      next,
      schema: schemaOf(subject.definition),
      manager: operation.manager,
      apiVersion,
      now: NOW,
      reset,
    });
    return { status: 200, object: answer.body, managedFields };
  }

  private async apply({ body, manager, force }: Operation): Promise<Outcome> {
    const { subject, live } = this;
    const { apiVersion, reset } = subject;
    const config = body as unknown as KubeObject;
    const result = applyServerSide({
      live,
      config,
      schema: schemaOf(subject.definition),
      manager,
      apiVersion,
      force,
      now: NOW,
      reset,
    });
    if (!result.ok && "conflicts" in result) {
      const { message, causes } = conflictMessage(result.conflicts);
      return {
        status: 409,
        causes,
        message: new Set(result.conflicts.map((conflict) => conflict.manager)).size > 1 ? undefined : message,
      };
    }
    if (!result.ok) return { status: result.code, message: result.message };
    const answer = await this.stored(result.object);
    if (answer.status >= 300) return { status: answer.status };
    const status = result.created ? 201 : 200;
    return {
      status,
      object: answer.body,
      managedFields: result.object.metadata.managedFields,
      unchanged: result.object === live,
    };
  }
}

interface Outcome {
  status: number;
  message?: string;
  causes?: { message: string; field: string }[];
  object?: KubeObject;
  managedFields?: ManagedFieldsEntry[];
  unchanged?: boolean;
}

function sorted(causes: { message: string; field: string }[]): unknown {
  return causes.map(({ message, field }) => `${field}: ${message}`).sort();
}

describeReal("patches and ownership as a real kube-apiserver has them", () => {
  let plane: ControlPlane;
  beforeAll(async () => {
    plane = await startControlPlane({ name: "patch" });
  }, 120_000);
  afterAll(async () => {
    await plane?.stop();
  });

  for (const subject of SUBJECTS) {
    it(`${subject.kind}: ${SEEDS} sequences of ${STEPS} writes`, { timeout: 600_000 }, async () => {
      const seen: Record<string, number> = {};
      for (let seed = FIRST; seed < FIRST + SEEDS; seed++) {
        const random = chance(seed * 7919);
        const name = `${subject.kind.toLowerCase()}-${seed}`;
        const pair = new Pair(plane, subject, name);
        const base = subject.base();
        const object = { ...base, metadata: { ...(base.metadata as JsonObject), name } } as unknown as KubeObject;
        if (random() < 0.5) await pair.create(object, "creator");
        else
          await pair.step({ type: "apply", manager: "creator", force: false, body: object as unknown as JsonObject });
        for (let step = 0; step < STEPS; step++) {
          const operation = randomOperation(random, subject, pair.live as unknown as JsonObject);
          const where = `seed ${seed} step ${step} ${JSON.stringify(operation)}`;
          const status = await pair.step(operation).catch((error: Error) => {
            error.message = `${where}\nlive ${JSON.stringify(pair.live)}\n${error.message}`;
            throw error;
          });
          seen[`${operation.type} ${status}`] = (seen[`${operation.type} ${status}`] ?? 0) + 1;
        }
      }
      console.info(subject.kind, JSON.stringify(seen));
    });
  }
});
