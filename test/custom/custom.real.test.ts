// The same CustomResourceDefinitions and custom resources sent to a real kube-apiserver and to ours: what is refused, in which words, and what is kept.
import { afterAll, beforeAll, expect, test } from "vitest";
import { describeReal } from "../real/describe.ts";
import { type ControlPlane, startControlPlane } from "../real/controlplane.ts";
import { toReal } from "../real/send.ts";
import { compare, type Send, type Step, toOurs } from "../../worker/wire/differential/run.ts";
import type { Loose } from "../../kinds/object.ts";
import { ACCEPTED } from "./accepted.ts";
import { changes, DEFINITIONS, gadgets, objects, refused } from "./script.ts";
import { openCustomTrial, type CustomTrial } from "./trial.ts";

describeReal("P11: custom resources as a kube-apiserver has them", () => {
  let plane: ControlPlane;
  let trial: CustomTrial;
  let real: Send;
  let ours: Send;

  beforeAll(async () => {
    plane = await startControlPlane({ name: "custom" });
    trial = await openCustomTrial();
    real = withoutControllers(toReal(plane.server, plane.token));
    ours = withoutControllers(toOurs(trial.app));
    for (const send of [real, ours]) {
      const { status, body } = await send({ method: "POST", path: DEFINITIONS, body: gadgets() });
      expect([status, status === 201 ? "" : body]).toEqual([201, ""]);
    }
    await trial.served("Gadget");
    for (let tries = 0; tries < 300; tries++) {
      if ((await real({ method: "GET", path: "/apis/example.com/v2" })).status === 200) break;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }, 120_000);
  afterAll(async () => {
    await trial?.stop();
    await plane?.stop();
  });

  async function judge(steps: Step[]): Promise<void> {
    const found = await compare(steps, real, ours);
    const told = found.filter(({ step, what }) => !ACCEPTED.some((one) => one.step === step && one.what === what));
    expect(
      told
        .map(
          (one) =>
            `${one.step} [${one.what}]\n  real: ${JSON.stringify(one.real)}\n  ours: ${JSON.stringify(one.ours)}`,
        )
        .join("\n"),
    ).toBe("");
    const stale = ACCEPTED.filter(
      (one) =>
        steps.some(({ name }) => name === one.step) &&
        !found.some(({ step, what }) => step === one.step && what === one.what),
    );
    expect(stale).toEqual([]);
  }

  test("definitions that are refused", () => judge(refused()), 60_000);
  test("objects", () => judge(objects()), 120_000);
  test("changes of a definition", () => judge(changes()), 60_000);
});

/** Who establishes a definition has another name there, and writes in two steps. */
function withoutControllers(send: Send): Send {
  const strip = (value: Loose): Loose => {
    if (Array.isArray(value)) return value.map(strip);
    if (typeof value !== "object" || value === null) return value;
    const entries = Object.entries(value).map(([key, one]) => [
      key,
      key === "managedFields"
        ? (one as Loose[]).filter(({ manager }) => manager !== "hanse" && manager !== "kube-apiserver")
        : strip(one),
    ]);
    return Object.fromEntries(entries);
  };
  return async (sent) => {
    const answer = await send(sent);
    return { ...answer, body: strip(answer.body) };
  };
}
