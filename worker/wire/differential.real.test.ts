import { afterAll, beforeAll, expect, test } from "vitest";
import { describeReal } from "../../test/real/describe.ts";
import { type ControlPlane, startControlPlane } from "../../test/real/controlplane.ts";
import { MEMBER_KINDS } from "../../kinds/all.ts";
import { accepted } from "./differential/accepted.ts";
import { autoscaling } from "./differential/autoscaling.ts";
import { badInput } from "./differential/badinput.ts";
import { sequences } from "./differential/crud.ts";
import { deletions } from "./differential/deleting.ts";
import { networking } from "./differential/networking.ts";
import { nodeSequences } from "./differential/nodes.ts";
import { podLife } from "./differential/podlife.ts";
import { podSequences } from "./differential/pods.ts";
import { storageSequences } from "./differential/storage.ts";
import { versions } from "./differential/versions.ts";
import { workloads } from "./differential/workloads.ts";
import { type Difference, type Send, type Step, compare, toOurs } from "./differential/run.ts";
import { toReal } from "../../test/real/send.ts";
import { openTrial } from "./trial.ts";

describeReal("P11: the Status a kube-apiserver gives", () => {
  let plane: ControlPlane;
  let real: Send;
  let ours: Send;

  beforeAll(async () => {
    plane = await startControlPlane({ name: "wire" });
    real = toReal(plane.server, plane.token);
    const trial = await openTrial(MEMBER_KINDS, {
      authenticate: async (request) => {
        const token = request.headers.get("authorization");
        if (token === "Bearer good") return { name: "admin", groups: ["system:masters"] };
        return token === "Bearer nobody-token" ? { name: "nobody", groups: [] } : undefined;
      },
      authorize: async (user) => ({ allowed: user.name === "admin" }),
    });
    ours = toOurs(trial.app);
  }, 120_000);
  afterAll(() => plane?.stop());

  async function judge(steps: Step[]): Promise<void> {
    const found = await compare(steps, real, ours);
    const names = new Set(steps.map((step) => step.name));
    const unexpected = found.filter((d) => !accepted.some((a) => a.step === d.step && a.what.includes(d.what)));
    const stale = accepted.flatMap((a) =>
      names.has(a.step)
        ? a.what
            .filter((what) => !found.some((d) => d.step === a.step && d.what === what))
            .map((what) => `${a.step}: ${what}`)
        : [],
    );
    expect(unexpected.map(print).join("\n")).toBe("");
    expect(stale).toEqual([]);
  }

  test("bad input", () => judge(badInput()), 120_000);
  for (const [title, steps] of Object.entries({
    ...sequences(),
    ...deletions(),
    ...networking(),
    ...nodeSequences(),
    ...podLife(),
    ...podSequences(),
    ...storageSequences(),
    ...versions(),
    ...autoscaling(),
    ...workloads(),
  }))
    test(`ordinary use: ${title}`, () => judge(steps), 120_000);
});

function print(d: Difference): string {
  return `${d.step} [${d.what}]\n  real: ${JSON.stringify(d.real)}\n  ours: ${JSON.stringify(d.ours)}`;
}
