// P12 for what stands in several clusters and is no Deployment, over random interleavings of changes, decisions, applies, the members' own
// controllers, late reports and lost clusters; judged by what `kubectl rollout status` concludes (pkg/polymorphichelpers/rollout_status.go).
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Binding, Report } from "../../kinds/binding.ts";
import type { JsonObject, KubeObject, Loose } from "../../kinds/object.ts";
import { release, want } from "../schedule/binding.ts";
import type { Decision } from "../schedule/decision.ts";
import { settled, type Member as Seen } from "./member.ts";
import { wholeStatus } from "./whole.ts";

const NOW = "2026-01-01T00:00:00Z";
const NAMES = ["a", "b", "c"] as const;
const ref = { apiVersion: "apps/v1", kind: "X", resource: "xs.apps", namespace: "default", name: "x", uid: "x" };

interface Shape {
  initial: JsonObject;
  share(pods: number): Record<string, number>;
  status(member: Member): Loose;
  done(object: Loose): boolean;
}

const SHAPES: Record<string, Shape> = {
  StatefulSet: {
    initial: { replicas: 0, availableReplicas: 0 },
    share: (pods) => ({ "spec.replicas": pods, "spec.ordinals.start": 1000 }),
    status(member) {
      const { revision, pods } = member;
      const fresh = pods.filter((pod) => pod.revision === revision).length;
      // completeRollingUpdate: once all are updated and ready the update is over.
      if (pods.every((pod) => pod.revision === revision && pod.ready)) member.past = revision;
      return {
        replicas: pods.length,
        readyReplicas: pods.filter(({ ready }) => ready).length,
        availableReplicas: pods.filter(({ ready }) => ready).length,
        currentReplicas: pods.filter((pod) => pod.revision === member.past).length,
        updatedReplicas: fresh,
        currentRevision: `m-${member.past}`,
        updateRevision: `m-${revision}`,
      };
    },
    done: ({ spec, status }) =>
      (status.readyReplicas ?? 0) >= spec.replicas && status.updateRevision === status.currentRevision,
  },
  DaemonSet: {
    initial: {
      currentNumberScheduled: 0,
      numberMisscheduled: 0,
      desiredNumberScheduled: 0,
      numberReady: 0,
    },
    share: () => ({}),
    status: ({ revision, pods, wanted }) => ({
      currentNumberScheduled: pods.length,
      numberMisscheduled: 0,
      desiredNumberScheduled: wanted,
      numberReady: pods.filter(({ ready }) => ready).length,
      updatedNumberScheduled: pods.filter((pod) => pod.revision === revision).length,
      numberAvailable: pods.filter(({ ready }) => ready).length,
    }),
    done: ({ status }) =>
      (status.updatedNumberScheduled ?? 0) >= status.desiredNumberScheduled &&
      (status.numberAvailable ?? 0) >= status.desiredNumberScheduled,
  },
};

/** An object in a member as its own controllers have it. */
class Member {
  applied = 0;
  generation = 0;
  revision = "";
  past = "";
  wanted = 0;
  pods: { revision: string; ready: boolean }[] = [];
  status: Loose;

  /** One pod at a time, the last first. */
  step(): void {
    const waiting = this.pods.find(({ ready }) => !ready);
    const old = this.pods.findLastIndex(({ revision }) => revision !== this.revision);
    if (this.pods.length > this.wanted) this.pods.pop();
    else if (this.pods.length < this.wanted) this.pods.push({ revision: this.revision, ready: false });
    else if (waiting !== undefined) waiting.ready = true;
    else if (old >= 0) this.pods[old] = { revision: this.revision, ready: false };
  }
}

const cluster = fc.constantFrom(...NAMES);
const step = fc.oneof(
  { weight: 1, arbitrary: fc.record({ do: fc.constant("spec" as const), revision: fc.constantFrom("x", "y") }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("decide" as const),
      shares: fc.tuple(fc.nat(3), fc.nat(3), fc.nat(3)),
      unplaced: fc.boolean(),
    }),
  },
  {
    weight: 10,
    arbitrary: fc.record({ do: fc.constantFrom("apply", "pods", "observe", "report", "deliver"), cluster }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom("lose" as const, "find" as const), cluster }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("round" as const), cluster }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("settle" as const) }) },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

class World {
  readonly template: KubeObject & { spec: Loose; status: Loose };
  revision = "x";
  readonly history = ["x"];
  decision: Decision | undefined;
  readonly bindings = new Map<string, Binding>();
  readonly reports = new Map<string, Report>();
  readonly flying = new Map<string, (Report | "removed")[]>(NAMES.map((name) => [name, []]));
  readonly members = new Map<string, Member>(NAMES.map((name) => [name, new Member()]));
  readonly lost = new Set<string>();
  readonly shape: Shape;

  constructor(shape: Shape) {
    this.shape = shape;
    this.template = {
      apiVersion: "apps/v1",
      kind: "X",
      metadata: { name: "x", namespace: "default", uid: "x", generation: 1 },
      spec: { replicas: 3, template: { spec: {} } },
      status: shape.initial,
    };
  }

  run(action: Step): void {
    if (action.do === "spec") this.change(action.revision, this.template.spec.replicas);
    else if (action.do === "decide") this.decide(action.shares, action.unplaced);
    else if (action.do === "settle") {
      this.lost.clear();
      for (let count = 0; count < 8; count += 1) for (const name of NAMES) this.round(name);
    } else this.act(action.do, (action as { cluster: string }).cluster);
  }

  act(what: string, name: string): void {
    const member = this.members.get(name) as Member;
    if (what === "lose") this.lost.add(name);
    else if (what === "find") this.lost.delete(name);
    else if (what === "round") this.round(name);
    else if (what === "apply") this.apply(name, member);
    else if (what === "pods") member.step();
    else if (what === "observe")
      member.status = { ...this.shape.status(member), observedGeneration: member.generation };
    else if (what === "report") {
      if (member.applied > 0)
        this.flying.get(name)?.push({
          template: ref,
          generation: member.applied,
          memberGeneration: member.generation,
          ...(member.status === undefined ? {} : { status: { ...member.status } }),
        });
    } else this.deliver(name);
  }

  round(name: string): void {
    this.act("apply", name);
    for (let count = 0; count < 12; count += 1) this.members.get(name)?.step();
    for (const what of ["observe", "report", "deliver", "deliver"]) this.act(what, name);
  }

  change(revision: string, replicas: number): void {
    if (revision === this.revision && replicas === this.template.spec.replicas) return;
    this.revision = revision;
    this.template.spec.replicas = replicas;
    this.template.metadata.generation = (this.template.metadata.generation ?? 0) + 1;
  }

  decide(shares: readonly number[], unplaced: boolean): void {
    const total = shares.reduce((sum, share) => sum + share, 0) + (unplaced ? 1 : 0);
    this.change(this.revision, total);
    const { generation = 0 } = this.template.metadata;
    for (const [index, name] of NAMES.entries()) {
      const before = this.bindings.get(name);
      const share = this.shape.share(shares[index] ?? 0);
      const wanted = { template: ref, templateGeneration: generation, revision: this.revision, share, needs: [] };
      const next =
        (shares[index] ?? 0) > 0
          ? want(wanted, before, NOW)
          : before === undefined
            ? undefined
            : release(before, undefined, NOW);
      if (next !== undefined) this.bindings.set(name, next);
    }
    // The current one is the last: an old one that comes back is made anew, as upstream numbers it.
    if (this.history.includes(this.revision)) this.history.splice(this.history.indexOf(this.revision), 1);
    this.history.push(this.revision);
    this.decision = {
      template: ref,
      templateGeneration: generation,
      replicas: total,
      unplaced: unplaced ? 1 : 0,
      verdicts: [],
      revisions: [],
      lingering: false,
      history: this.history.map((name, number) => ({ number, name })),
    };
  }

  apply(name: string, member: Member): void {
    const binding = this.bindings.get(name);
    if (binding === undefined || this.lost.has(name)) return;
    if (binding.tombstone !== undefined) {
      this.members.set(name, new Member());
      this.flying.get(name)?.push("removed");
      return;
    }
    if (binding.generation === member.applied) return;
    member.applied = binding.generation;
    // Of a DaemonSet the cluster's nodes count, here two.
    member.wanted = binding.share["spec.replicas"] ?? 2;
    member.generation += 1;
    member.past ||= binding.revision;
    member.revision = binding.revision;
  }

  deliver(name: string): void {
    const message = this.lost.has(name) ? undefined : this.flying.get(name)?.shift();
    if (message === undefined || !this.bindings.has(name)) return;
    if (message !== "removed") this.reports.set(name, message);
    else if (this.bindings.get(name)?.tombstone !== undefined) {
      this.bindings.delete(name);
      this.reports.delete(name);
    }
  }

  aggregate(): void {
    const members = [...this.bindings].map(([name, binding]): Seen => {
      const report = this.reports.get(name);
      return { cluster: name, binding, ...(report && { report }), reachable: !this.lost.has(name) };
    });
    const input = { template: this.template, decision: this.decision, members, followerFailures: [], now: NOW };
    const status = wholeStatus({ ...input, once: false, initial: this.shape.initial });
    this.template.status = status;
    expect(wholeStatus({ ...input, members: members.toReversed(), once: false, initial: this.shape.initial })).toEqual(
      status,
    );
  }
}

describe.each(Object.entries(SHAPES))("a %s in several clusters", (what, shape) => {
  test("P12 is never rolled out while a reachable cluster is not, or an unreachable one holds a share", () => {
    let finished = 0;
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80, size: "max" }), (steps) => {
        const world = new World(shape);
        for (const action of steps) {
          world.run(action);
          world.aggregate();
          const { status } = world.template;
          for (const field of ["readyReplicas", "currentReplicas", "updatedReplicas"])
            expect(status[field] ?? 0).toBeLessThanOrEqual(status.replicas ?? 0);
          expect(status.availableReplicas ?? 0).toBeLessThanOrEqual(status.readyReplicas ?? 0);
          const observed = status.observedGeneration === world.template.metadata.generation;
          if (!observed || !shape.done(world.template)) continue;
          expect(world.decision?.templateGeneration).toBe(world.template.metadata.generation);
          // A DaemonSet has no replicas that could be unplaced.
          if (what === "StatefulSet") expect(world.decision?.unplaced).toBe(0);
          for (const [name, binding] of world.bindings) {
            if (binding.tombstone !== undefined) continue;
            finished += 1;
            const member = world.members.get(name);
            expect(world.lost.has(name), `${name} is lost`).toBe(false);
            expect(binding.revision).toBe(world.revision);
            expect(member?.revision).toBe(world.revision);
            expect(
              member?.pods.filter((pod) => pod.ready && pod.revision === world.revision).length,
            ).toBeGreaterThanOrEqual(binding.share["spec.replicas"] ?? 2);
          }
        }
      }),
      { numRuns: 1500 },
    );
    // The law must not hold for want of rollouts that end.
    expect(finished).toBeGreaterThan(1000);
  });

  test("P12 is rolled out once every cluster is, with the root's names", () => {
    const world = new World(shape);
    world.decide([2, 1, 0], false);
    world.run({ do: "settle" });
    world.aggregate();
    expect(shape.done(world.template)).toBe(true);
    world.change("y", 3);
    world.decide([2, 1, 0], false);
    world.round("a");
    world.aggregate();
    expect(world.template.status.observedGeneration).toBe(1);
    if (what === "StatefulSet")
      expect(world.template.status).toMatchObject({ updatedReplicas: 2, currentReplicas: 1, currentRevision: "x" });
    world.round("b");
    world.aggregate();
    expect(world.template.status.observedGeneration).toBe(2);
    expect(shape.done(world.template)).toBe(true);
    if (what === "StatefulSet")
      expect(world.template.status).toMatchObject({
        replicas: 3,
        readyReplicas: 3,
        availableReplicas: 3,
        currentReplicas: 3,
        updatedReplicas: 3,
        currentRevision: "y",
        updateRevision: "y",
      });
    else
      expect(world.template.status).toMatchObject({
        desiredNumberScheduled: 4,
        currentNumberScheduled: 4,
        numberReady: 4,
        updatedNumberScheduled: 4,
        numberAvailable: 4,
      });
    for (const name of ["a", "b"])
      expect(settled(world.bindings.get(name) as Binding, world.reports.get(name))).toBe(true);
    // One falls silent: what it holds counts, as unavailable.
    world.lost.add("b");
    world.aggregate();
    expect(shape.done(world.template)).toBe(false);
    expect(world.template.status.conditions.map((one: Loose) => `${one.type} ${one.status}`)).toContain(
      "hanse.dev/Applied False",
    );
    if (what === "StatefulSet") expect(world.template.status).toMatchObject({ readyReplicas: 2, replicas: 3 });
    else expect(world.template.status).toMatchObject({ numberUnavailable: 2, updatedNumberScheduled: 2 });
  });
});
