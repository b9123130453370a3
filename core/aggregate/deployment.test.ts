// What an agent says is data of a stranger: whatever its shape, the status of a template that stands in other clusters too is added up.
import { expect, test } from "vitest";
import type { Binding, Report } from "../../kinds/binding.ts";
import type { KubeObject } from "../../kinds/object.ts";
import { rolloutStatus } from "../../test/sim/rollout.ts";
import { deploymentStatus } from "./deployment.ts";

const ref = {
  apiVersion: "apps/v1",
  kind: "Deployment",
  resource: "deployments.apps",
  namespace: "default",
  name: "web",
  uid: "web",
};
const template: KubeObject = {
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "web", namespace: "default", uid: "web", generation: 1 },
  spec: { replicas: 2, progressDeadlineSeconds: 600 },
};
const binding: Binding = {
  template: ref,
  templateGeneration: 1,
  generation: 1,
  revision: "r",
  share: { "spec.replicas": 1 },
  needs: [],
  revisedAt: 1,
};
const report = (status: object): Report => ({
  template: ref,
  generation: 1,
  memberGeneration: 1,
  status: { observedGeneration: 1, ...status } as NonNullable<Report["status"]>,
});
const fine = { replicas: 1, updatedReplicas: 1, readyReplicas: 1, availableReplicas: 1 };

test.each([
  { conditions: "none" },
  { conditions: { type: "Progressing" } },
  { conditions: [null, 1] },
  { replicas: "many" },
  { conditions: null },
])("P11, P12: a member's status %j does not hide the other's", (nonsense) => {
  const members = [nonsense, fine].map((status, index) => ({
    cluster: `c${index}`,
    binding,
    report: report(status),
    reachable: true,
  }));
  const status = deploymentStatus({
    template,
    decision: undefined,
    members,
    followerFailures: [],
    now: "2026-01-01T00:00:00Z",
  });
  expect(status).toMatchObject({ readyReplicas: 1, updatedReplicas: 1, availableReplicas: 1 });
});

test.each<[string, [number, number], boolean]>([
  ["more than its share where another has its own", [3, 1], true],
  ["more than its share while another lacks", [3, 0], false],
  ["less than its share where another has its own", [0, 1], true],
])("P12 an autoscaler in a cluster runs %s", (_what, [scaled, other], done) => {
  const counts = (pods: number) =>
    report({ replicas: pods, updatedReplicas: pods, readyReplicas: pods, availableReplicas: pods });
  // As it stands once it says what came of it (worker/controllers/autoscaled.ts).
  const standing: KubeObject = { ...template, spec: { ...template["spec"], replicas: scaled + 1 } };
  const status = deploymentStatus({
    template: standing,
    decision: {
      template: ref,
      templateGeneration: 1,
      replicas: 2,
      unplaced: 0,
      verdicts: [],
      revisions: [],
      lingering: false,
    },
    members: [
      { cluster: "a", binding, report: { ...counts(scaled), scaled }, reachable: true },
      { cluster: "b", binding, report: counts(other), reachable: true },
    ],
    followerFailures: [],
    now: "2026-01-01T00:00:00Z",
  });
  expect(rolloutStatus({ ...standing, status } as KubeObject).done).toBe(done);
  expect(status.replicas ?? 0).toBe(scaled + other);
  const progressing = status.conditions?.find(({ type }) => type === "Progressing");
  expect(progressing?.reason).toBe(done ? "NewReplicaSetAvailable" : "ReplicaSetUpdated");
});
