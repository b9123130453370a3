// Sequences of requests that fast-check makes up, sent to a real kube-apiserver and to ours: every answer and the events of a watch agree.
// HANSE_RUNS sequences (default 60) from HANSE_SEED (default 1), with ill-typed values under HANSE_ODD=1; a failure is shrunk to the shortest script that shows it.
import fc from "fast-check";
import { afterAll, beforeAll, test } from "vitest";
import { MEMBER_KINDS } from "../../kinds/all.ts";
import { type ControlPlane, startControlPlane } from "../../test/real/controlplane.ts";
import { describeReal } from "../../test/real/describe.ts";
import { toReal, watchReal } from "../../test/real/send.ts";
import { type Side, play } from "./differential/generated/play.ts";
import { scriptOf, sequences } from "./differential/generated/sequences.ts";
import { toOurs, watchOurs } from "./differential/run.ts";
import { openTrial } from "./trial.ts";

const RUNS = Number(process.env["HANSE_RUNS"] ?? 60);
const ODD = process.env["HANSE_ODD"] === "1";
const SEED = Number(process.env["HANSE_SEED"] ?? 1);

describeReal("P11: whatever is asked, it is answered as a kube-apiserver answers", () => {
  let plane: ControlPlane;
  let sides: [Side, Side];

  beforeAll(async () => {
    // Its finalizers are taken away by controllers that run neither there nor here (kinds/persistentvolumeclaim.ts).
    plane = await startControlPlane({ name: "generated", withoutAdmission: ["StorageObjectInUseProtection"] });
    const { app } = await openTrial(MEMBER_KINDS, {
      authenticate: async () => ({ name: "admin", groups: ["system:masters"] }),
    });
    sides = [
      { send: toReal(plane.server, plane.token), watch: watchReal(plane.server, plane.token) },
      { send: toOurs(app), watch: watchOurs(app) },
    ];
  }, 120_000);
  afterAll(() => plane?.stop());

  test(`${RUNS} generated sequences`, async () => {
    let requests = 0;
    let played = 0;
    const agree = fc.asyncProperty(sequences(ODD), async (sequence) => {
      const told = await play(sequence, sides, `generated-${++played}`).catch((error: NodeJS.ErrnoException) => {
        // A few malformed applies make kube-apiserver panic and drop the connection: there is nothing to compare with.
        if (error.code === "ECONNRESET") return { requests: 0, difference: undefined };
        throw error;
      });
      const { difference, ...counted } = told;
      requests += counted.requests;
      if (difference !== undefined) throw new Error(`${scriptOf(sequence)}\n\n${JSON.stringify(difference, null, 1)}`);
    });
    await fc.assert(agree, { numRuns: RUNS, seed: SEED, interruptAfterTimeLimit: undefined });
    console.log(`${requests} requests in ${played} sequences agree`);
  }, 600_000);
});
