// P12 over random interleavings of everything that happens to one Deployment: changes of the spec, decisions, applies, the members' own
// controllers, reports that arrive late, clusters that come and go. Members only make progress, so what was true when reported still is.
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Binding, Report } from "../../kinds/binding.ts";
import type { KubeObject } from "../../kinds/object.ts";
import { release, want } from "../schedule/binding.ts";
import type { Decision } from "../schedule/decision.ts";
import { divide } from "../schedule/divide.ts";
import { rolloutStatus } from "../../test/sim/rollout.ts";
import { deploymentStatus } from "./deployment.ts";

const NAMES = ["a", "b", "c"] as const;

/** A member's Deployment as its own controllers have it. */
class Member {
  applied = 0;
  generation = 0;
  image = "";
  replicas = 0;
  pods: { image: string; available: boolean }[] = [];
  status: Record<string, number> | undefined;

  apply(binding: Binding): void {
    if (binding.generation === this.applied) return;
    const replicas = binding.share["spec.replicas"] ?? 0;
    if (binding.revision !== this.image || replicas !== this.replicas) this.generation += 1;
    this.applied = binding.generation;
    this.image = binding.revision;
    this.replicas = replicas;
  }

  /** One step of a rolling update: surge one, then take one. */
  step(): void {
    const fresh = this.pods.filter((pod) => pod.image === this.image);
    const waiting = this.pods.find((pod) => !pod.available);
    if (fresh.length < this.replicas) this.pods.push({ image: this.image, available: false });
    else if (waiting !== undefined) waiting.available = true;
    else if (this.pods.length > this.replicas)
      this.pods.splice(
        Math.max(
          0,
          this.pods.findIndex((pod) => pod.image !== this.image),
        ),
        1,
      );
  }

  /** The deployment controller writes what it sees. */
  observe(): void {
    const available = this.pods.filter((pod) => pod.available).length;
    this.status = {
      observedGeneration: this.generation,
      replicas: this.pods.length,
      updatedReplicas: this.pods.filter((pod) => pod.image === this.image).length,
      readyReplicas: available,
      availableReplicas: available,
    };
  }

  done(share: number, revision: string): boolean {
    return (
      this.image === revision &&
      this.pods.length === share &&
      this.pods.every((pod) => pod.image === revision && pod.available)
    );
  }
}

const step = fc.oneof(
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant("spec" as const), replicas: fc.nat(5), image: fc.constantFrom("x", "y") }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant("decide" as const), room: fc.tuple(fc.nat(5), fc.nat(5), fc.nat(5)) }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constantFrom("apply" as const, "observe" as const, "report" as const, "deliver" as const),
      cluster: fc.constantFrom(...NAMES),
    }),
  },
  { weight: 8, arbitrary: fc.record({ do: fc.constant("pods" as const), cluster: fc.constantFrom(...NAMES) }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constantFrom("lose" as const, "find" as const), cluster: fc.constantFrom(...NAMES) }),
  },
  // A whole round, so that rollouts do come to their end.
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constantFrom("round" as const, "hasty" as const),
      cluster: fc.constantFrom(...NAMES),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("settle" as const) }) },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

class World {
  readonly template: KubeObject = {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "web", namespace: "default", uid: "u", generation: 1 },
    spec: {
      replicas: 3,
      progressDeadlineSeconds: 600,
      strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
    },
  };
  image = "x";
  decision: Decision | undefined;
  readonly bindings = new Map<string, Binding>();
  readonly reports = new Map<string, Report>();
  readonly members = new Map(NAMES.map((name) => [name as string, new Member()]));
  readonly flying = new Map<string, ({ report: Report } | { removed: number })[]>(
    NAMES.map((name) => [name as string, []]),
  );
  readonly lost = new Set<string>();
  readonly ref = REF;

  run(action: Step): void {
    switch (action.do) {
      case "spec":
        if (this.template["spec"].replicas === action.replicas && this.image === action.image) return;
        this.template["spec"].replicas = action.replicas;
        this.image = action.image;
        this.template.metadata.generation = (this.template.metadata.generation ?? 0) + 1;
        return;
      case "decide":
        return this.decide(action.room);
      case "lose":
        this.lost.add(action.cluster);
        return;
      case "find":
        this.lost.delete(action.cluster);
        return;
      case "round":
        return this.round(action.cluster);
      // Applied and reported before the member's controllers looked at it.
      case "hasty":
        this.apply(action.cluster);
        this.report(action.cluster);
        return this.deliver(action.cluster);
      case "settle":
        this.lost.clear();
        this.decide([9, 9, 9]);
        for (const name of NAMES) for (let count = 0; count < 8; count += 1) this.round(name);
        return;
      case "apply":
        return this.apply(action.cluster);
      case "pods":
        return this.members.get(action.cluster)?.step();
      case "observe":
        return this.members.get(action.cluster)?.observe();
      case "report":
        return this.report(action.cluster);
      case "deliver":
        return this.deliver(action.cluster);
    }
  }

  round(cluster: string): void {
    this.apply(cluster);
    for (let count = 0; count < 12; count += 1) this.members.get(cluster)?.step();
    this.members.get(cluster)?.observe();
    this.report(cluster);
    this.deliver(cluster);
  }

  decide(room: readonly number[]): void {
    const { generation = 0 } = this.template.metadata;
    const replicas = this.template["spec"].replicas as number;
    const current = Object.fromEntries(
      [...this.bindings]
        .filter(([, binding]) => binding.tombstone === undefined)
        .map(([name, binding]) => [name, binding.share["spec.replicas"] ?? 0]),
    );
    const { shares, unplaced } = divide({
      replicas,
      clusters: NAMES.map((name, index) => ({
        name,
        weight: 10,
        capacity: this.lost.has(name) ? 0 : (room[index] ?? 0),
      })),
      current,
    });
    for (const name of NAMES) {
      const share = shares[name] ?? 0;
      const before = this.bindings.get(name);
      const next =
        share > 0
          ? want(
              {
                template: this.ref,
                templateGeneration: generation,
                revision: this.image,
                share: { "spec.replicas": share },
                needs: [],
              },
              before,
              NOW,
            )
          : before === undefined
            ? undefined
            : release(before, undefined, "");
      if (next !== undefined) this.bindings.set(name, next);
    }
    this.decision = {
      template: this.ref,
      templateGeneration: generation,
      replicas,
      unplaced,
      verdicts: [],
      revisions: [],
      lingering: false,
    };
  }

  apply(cluster: string): void {
    const binding = this.bindings.get(cluster);
    if (binding === undefined || this.lost.has(cluster)) return;
    if (binding.tombstone === undefined) return this.members.get(cluster)?.apply(binding);
    this.members.set(cluster, new Member());
    this.flying.get(cluster)?.push({ removed: binding.generation });
  }

  report(cluster: string): void {
    const member = this.members.get(cluster);
    if (member === undefined || member.applied === 0) return;
    this.flying.get(cluster)?.push({
      report: {
        template: this.ref,
        generation: member.applied,
        memberGeneration: member.generation,
        ...(member.status === undefined ? {} : { status: { ...member.status } }),
      },
    });
  }

  deliver(cluster: string): void {
    const message = this.lost.has(cluster) ? undefined : this.flying.get(cluster)?.shift();
    const binding = this.bindings.get(cluster);
    if (message === undefined || binding === undefined) return;
    if ("report" in message) this.reports.set(cluster, message.report);
    else if (binding.tombstone !== undefined) {
      this.bindings.delete(cluster);
      this.reports.delete(cluster);
    }
  }

  aggregate(): void {
    const members = [...this.bindings].map(([cluster, binding]) => ({
      cluster,
      binding,
      ...(this.reports.has(cluster) ? { report: this.reports.get(cluster)! } : {}),
      reachable: !this.lost.has(cluster),
    }));
    this.template["status"] = deploymentStatus({
      template: this.template,
      decision: this.decision,
      members,
      followerFailures: [],
      now: "2026-01-01T00:00:00Z",
    });
  }
}

let finished = 0;

test("P12 never 'successfully rolled out' while a reachable cluster has not, or an unreachable one holds a share", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 100, size: "max" }), (steps) => {
      const world = new World();
      for (const action of steps) {
        world.run(action);
        world.aggregate();
        if (!rolloutStatus(world.template).done) continue;
        finished += 1;
        expect(world.decision?.templateGeneration).toBe(world.template.metadata.generation);
        let placed = 0;
        for (const [cluster, binding] of world.bindings) {
          if (binding.tombstone !== undefined) continue;
          const share = binding.share["spec.replicas"] ?? 0;
          placed += share;
          expect(world.lost.has(cluster), `${cluster} is lost`).toBe(false);
          expect(binding.revision).toBe(world.image);
          expect(world.members.get(cluster)?.done(share, world.image), `${cluster} is through`).toBe(true);
        }
        expect(placed).toBe(world.template["spec"].replicas);
      }
    }),
    { numRuns: 2000 },
  );
  // The law must not hold for want of rollouts that end.
  expect(finished).toBeGreaterThan(1000);
});

const NOW = "2026-01-01T00:00:00Z";
const REF = {
  apiVersion: "apps/v1",
  kind: "Deployment",
  resource: "deployments.apps",
  namespace: "default",
  name: "web",
  uid: "u",
};

test("the same members in another order are the same status: nobody rewrites another's words for ever", () => {
  const binding: Binding = {
    template: REF,
    templateGeneration: 1,
    generation: 2,
    revision: "r",
    share: { "spec.replicas": 1 },
    needs: [],
    revisedAt: 1,
  };
  const template: KubeObject = {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "web", uid: "u", generation: 1 },
    spec: { replicas: 2 },
  };
  const members = ["a", "b"].map((cluster) => ({ cluster, binding, reachable: false }));
  const followerFailures = ["a", "b"].map((cluster) => ({
    cluster,
    follower: "configmaps/default/m",
    failure: { reason: "Rejected", message: "no", since: NOW, permanent: true },
  }));
  const status = (reverse: boolean) =>
    deploymentStatus({
      template,
      decision: undefined,
      now: NOW,
      members: reverse ? members.toReversed() : members,
      followerFailures: reverse ? followerFailures.toReversed() : followerFailures,
    });
  expect(status(true)).toEqual(status(false));
});

test.each([
  [[1, 0], 1],
  [[0, 0], 0],
  [[1, undefined], undefined],
])("terminatingReplicas %j of the members are %s: shown only where all of them tell", (counts, sum) => {
  const binding: Binding = {
    template: REF,
    templateGeneration: 1,
    generation: 1,
    revision: "r",
    share: { "spec.replicas": 1 },
    needs: [],
    revisedAt: 1,
  };
  const template: KubeObject = {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "web", uid: "u", generation: 1 },
    spec: { replicas: 2 },
  };
  const members = counts.map((count, index) => ({
    cluster: `c${index}`,
    binding,
    reachable: true,
    report: {
      template: REF,
      generation: 1,
      memberGeneration: 1,
      status: { observedGeneration: 1, ...(count === undefined ? {} : { terminatingReplicas: count }) },
    } as Report,
  }));
  expect(
    deploymentStatus({ template, decision: undefined, members, followerFailures: [], now: NOW })["terminatingReplicas"],
  ).toBe(sum);
});
