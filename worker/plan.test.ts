// Plan before apply, over HTTP: what a dry run says, and the budget of deletions that nobody named.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ROOT_KINDS, ROOT_PROJECTIONS } from "../kinds/all.ts";
import { BINDINGS, type Binding } from "../kinds/binding.ts";
import type { Loose } from "../kinds/object.ts";
import { CONFIRM_DELETIONS_ANNOTATION as CONFIRM } from "../kinds/placement.ts";
import { PLAN_MEDIA_TYPE } from "../kinds/plan.ts";
import { bootstrap } from "./controllers/bootstrap.ts";
import { type Controllers, runControllers } from "./controllers/loop.ts";
import { openTrial, type Answer, type Trial } from "./wire/trial.ts";

const HANSE = "/apis/hanse.dev/v1alpha1";
const DEPLOYMENTS = "/apis/apps/v1/namespaces/default/deployments";
const MERGE = { "content-type": "application/merge-patch+json" };
const NAMES = ["paris", "rome", "tokyo"];

let trial: Trial;
let controllers: Controllers;

beforeEach(async () => {
  trial = await openTrial(ROOT_KINDS, { projections: ROOT_PROJECTIONS, plan: (change) => controllers.plan(change) });
  let uids = 0;
  const seams = { clock: () => trial.clock.now, random: () => 0, uid: () => `by-controller-${(uids += 1)}` };
  await bootstrap({ store: trial.store, ...seams });
  controllers = runControllers({ store: trial.store, ...seams, signal: new AbortController().signal });
  for (const name of NAMES) await join(name);
  // Where bootstrap has made one, it stays.
  await send("POST", `${HANSE}/clusterplacements`, { metadata: { name: "default" }, spec: {} });
});
afterEach(() => controllers.stop());

async function send(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer> {
  const answer = await trial.call(method, path, body, headers);
  await controllers.idle();
  return answer;
}

async function join(name: string): Promise<void> {
  const made = await send("POST", `${HANSE}/clusters`, { metadata: { name, labels: { tier: name } } });
  const status = {
    free: { cpu: "100", memory: "100Gi", pods: "1000" },
    conditions: [
      { type: "Ready", status: "True", reason: "Heard", message: "", lastTransitionTime: "2026-01-01T00:00:00Z" },
    ],
  };
  expect((await send("PUT", `${HANSE}/clusters/${name}/status`, { ...made.body, status })).status).toBe(200);
}

const deployment = (name: string, replicas: number): Loose => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name },
  spec: {
    replicas,
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name } },
      spec: { containers: [{ name: "c", image: "i", resources: { requests: { cpu: "1" } } }] },
    },
  },
});

async function place(count: number, replicas = 3): Promise<void> {
  for (let index = 0; index < count; index += 1) {
    const made = await send("POST", DEPLOYMENTS, deployment(`web-${String(index).padStart(2, "0")}`, replicas));
    expect(made.status).toBe(201);
  }
}

const warnings = ({ headers }: Answer): string[] =>
  [...(headers.get("warning") ?? "").matchAll(/299 - "((?:[^"\\]|\\.)*)"/g)].map(([, text]) =>
    text!.replaceAll("\\", ""),
  );

async function standing(resource: string): Promise<Record<string, number>> {
  const { rows } = await trial.store.list({ resource: BINDINGS });
  const live = rows.map((row) => ({ at: row.namespace, ...(JSON.parse(row.value) as Binding) }));
  const found: Record<string, number> = {};
  for (const { at, template, tombstone, leaving } of live)
    if (template.resource === resource && tombstone === undefined && leaving !== true) found[at] = (found[at] ?? 0) + 1;
  return found;
}

describe("a dry run tells what would happen in the clusters, and does nothing", () => {
  it("of a new template", async () => {
    const answer = await send("POST", `${DEPLOYMENTS}?dryRun=All`, deployment("web", 6));
    expect(answer.status).toBe(201);
    expect(warnings(answer)).toEqual(
      NAMES.map((name) => `would create deployments.apps default/web in ${name}: 2 replicas`),
    );
    expect(await standing("deployments.apps")).toEqual({});
  });

  it("and only of one", async () => {
    const answer = await send("POST", DEPLOYMENTS, deployment("web", 6));
    expect(warnings(answer)).toEqual([]);
    const map = await send("POST", "/api/v1/namespaces/default/configmaps?dryRun=All", { metadata: { name: "alone" } });
    expect([map.status, warnings(map)]).toEqual([201, []]);
  });

  it("of a scale and of a deletion", async () => {
    await place(1, 6);
    const scaled = await send("PATCH", `${DEPLOYMENTS}/web-00?dryRun=All`, { spec: { replicas: 9 } }, MERGE);
    expect(warnings(scaled)).toEqual(
      NAMES.map((name) => `would change deployments.apps default/web-00 in ${name}: 2 to 3 replicas`),
    );
    const gone = await send("DELETE", `${DEPLOYMENTS}/web-00?dryRun=All`);
    expect(warnings(gone).slice(0, 3)).toEqual(
      NAMES.map((name) => `would delete deployments.apps default/web-00 in ${name}`),
    );
    expect(await standing("deployments.apps")).toEqual({ paris: 1, rome: 1, tokyo: 1 });
  });

  it("the first lines, and how many more", async () => {
    await place(12);
    const answer = await send("DELETE", `${HANSE}/clusters/tokyo?dryRun=All`);
    const said = warnings(answer);
    expect(said.length).toBe(21);
    expect(said[0]).toBe("would move 1 of 3 replicas of deployments.apps default/web-00 from tokyo to paris");
    expect(said[20]).toMatch(
      /^and \d+ more: 0 to create, \d+ to change, \d+ moves, 0 to delete, 12 to let go; \d+ objects/,
    );
  });

  it("as a plan, to who asks for one", async () => {
    await place(1, 6);
    const accept = { accept: `${PLAN_MEDIA_TYPE}, application/json` };
    const { body } = await send("DELETE", `${DEPLOYMENTS}/web-00?dryRun=All`, undefined, accept);
    expect([body.kind, body.deleted.length, body.bindings]).toEqual(["Plan", 3, 6]);
    const { body: none } = await send("POST", "/api/v1/namespaces?dryRun=All", { metadata: { name: "n" } }, accept);
    expect([none.kind, none.created]).toEqual(["Plan", []]);
    // In earnest the object is the answer.
    const { body: made } = await send("POST", DEPLOYMENTS, deployment("other", 1), accept);
    expect(made.kind).toBe("Deployment");
  });
});

describe("a change that would delete more than the budget of what it does not name", () => {
  const NODE = "/api/v1/nodes/tokyo";
  const PLACEMENT = `${HANSE}/namespaces/default/placements`;
  const expel = (value: string, confirm?: string) => ({
    metadata: { annotations: confirm === undefined ? {} : { [CONFIRM]: confirm } },
    spec: { taints: [{ key: "out", value, effect: "NoExecute" }] },
  });

  function refused(answer: Answer, count: number | string, more = ""): void {
    const field = `metadata.annotations[${CONFIRM}]`;
    expect([answer.status, answer.body.details?.causes?.[0]?.field]).toEqual([422, field]);
    expect(answer.body.message).toContain(`set this annotation to "${count}"${more}`);
  }

  it("is refused, goes through when it says how many it means, and that holds for this change alone", async () => {
    await place(24);
    const before = await standing("deployments.apps");
    expect(before).toEqual({ paris: 24, rome: 24, tokyo: 24 });
    const first = await send("PATCH", NODE, expel("a"), MERGE);
    refused(first, 24, " in the same request");
    expect(first.body.message).toContain("this would delete 24 of 75 objects in clusters, more than 15 at once");
    expect(warnings(first)[0]).toBe("would delete deployments.apps default/web-00 in tokyo");
    expect(await standing("deployments.apps")).toEqual(before);
    // A dry run is told the same.
    refused(await send("PATCH", `${NODE}?dryRun=All`, expel("a"), MERGE), 24);
    refused(await send("PATCH", NODE, expel("a", "23"), MERGE), 24);

    const said = await send("PATCH", NODE, expel("a", "24"), MERGE);
    expect([said.status, said.body.message]).toEqual([200, undefined]);
    expect((await standing("deployments.apps"))["tokyo"]).toBeUndefined();

    // The word is still there, and means nothing for the next change.
    const next = { metadata: { labels: { tier: "rome" } } };
    expect((await send("PATCH", "/api/v1/nodes/paris", next, MERGE)).status).toBe(200);
    const paris = { ...expel("b", "24"), metadata: { annotations: { [CONFIRM]: "24" } } };
    expect((await send("PATCH", "/api/v1/nodes/paris", { metadata: paris.metadata }, MERGE)).status).toBe(200);
    refused(await send("PATCH", "/api/v1/nodes/paris", paris, MERGE), 24, " in the same request (first remove");
    expect(
      (await send("PATCH", "/api/v1/nodes/paris", { metadata: { annotations: { [CONFIRM]: null } } }, MERGE)).status,
    ).toBe(200);
    expect((await send("PATCH", "/api/v1/nodes/paris", paris, MERGE)).status).toBe(200);
  });

  it("a Placement that narrows from three clusters to one", async () => {
    await place(12);
    const spec = (names: string[]) => ({ metadata: { name: "all" }, spec: { clusters: [{ names }] } });
    expect((await send("POST", PLACEMENT, spec(NAMES))).status).toBe(201);
    expect(await standing("deployments.apps")).toEqual({ paris: 12, rome: 12, tokyo: 12 });
    const narrow = { spec: { clusters: [{ names: ["paris"] }] } };
    refused(await send("PATCH", `${PLACEMENT}/all`, narrow, MERGE), 24);
    const told = await send("PATCH", `${PLACEMENT}/all?dryRun=All`, narrow, {
      ...MERGE,
      accept: `${PLAN_MEDIA_TYPE}, application/json`,
    });
    expect(told.body.refused).toContain('"24"');
    expect(told.body.moved.length).toBe(24);
    const meant = { ...narrow, metadata: { annotations: { [CONFIRM]: "24" } } };
    expect((await send("PATCH", `${PLACEMENT}/all`, meant, MERGE)).status).toBe(200);
    expect(await standing("deployments.apps")).toEqual({ paris: 12 });
  });

  it("a new Placement, a Namespace that asks for another one, and a workload's labels", async () => {
    await place(12);
    const only = { metadata: { name: "only", namespace: "default" }, spec: { clusters: [{ names: ["paris"] }] } };
    refused(await send("POST", PLACEMENT, only), 24);
    const wide = { metadata: { name: "wide" }, spec: { priority: 10, clusters: [{ names: NAMES }] } };
    expect((await send("POST", PLACEMENT, wide)).status).toBe(201);
    expect((await send("POST", PLACEMENT, only)).status).toBe(201);
    const asks = { metadata: { annotations: { "hanse.dev/placement": "only" } } };
    refused(await send("PATCH", "/api/v1/namespaces/default", asks, MERGE), 24);
    const one = {
      priority: 20,
      clusters: [{ names: ["paris"] }],
      selectors: [{ labelSelector: { matchLabels: { tier: "one" } } }],
    };
    expect((await send("POST", PLACEMENT, { metadata: { name: "one" }, spec: one })).status).toBe(201);
    // Two of one workload are within the budget.
    const label = { metadata: { labels: { tier: "one" } } };
    expect((await send("PATCH", `${DEPLOYMENTS}/web-00`, label, MERGE)).status).toBe(200);
    expect(await standing("deployments.apps")).toEqual({ paris: 12, rome: 11, tokyo: 11 });
  });

  it("deleting a Placement that takes all along needs the word on it before", async () => {
    await place(12);
    const spec = { clusters: [{ names: NAMES }], whenPlacementDeleted: "Delete" };
    expect((await send("POST", PLACEMENT, { metadata: { name: "all" }, spec })).status).toBe(201);
    refused(await send("DELETE", `${PLACEMENT}/all`), "delete 36", " and delete again");
    const word = (value: string) => ({ metadata: { annotations: { [CONFIRM]: value } } });
    await send("PATCH", `${PLACEMENT}/all`, word("36"), MERGE);
    refused(await send("DELETE", `${PLACEMENT}/all`), "delete 36");
    await send("PATCH", `${PLACEMENT}/all`, word("delete 36"), MERGE);
    expect((await send("DELETE", `${PLACEMENT}/all`)).status).toBe(200);
    expect(await standing("deployments.apps")).toEqual({});
  });

  it("counts together what one request deletes", async () => {
    await place(4);
    for (let index = 0; index < 4; index += 1) {
      const spec = {
        selectors: [{ name: `web-0${index}` }],
        clusters: [{ names: NAMES }],
        whenPlacementDeleted: "Delete",
      };
      expect((await send("POST", PLACEMENT, { metadata: { name: `p${index}` }, spec })).status).toBe(201);
    }
    const answer = await send("DELETE", PLACEMENT);
    expect([answer.status, answer.body.message]).toEqual([
      422,
      expect.stringContaining("this would delete 3 of 15 objects in clusters, more than 10 at once with the 9 before"),
    ]);
    expect(await standing("deployments.apps")).toEqual({ paris: 1, rome: 1, tokyo: 1 });
  });

  it("is not reckoned for all who ask at once", async () => {
    await place(2);
    const answers = await Promise.all(
      Array.from({ length: 30 }, () => send("PATCH", `${NODE}?dryRun=All`, expel("a"), MERGE)),
    );
    const codes = answers.map(({ status }) => status);
    expect(new Set(codes)).toEqual(new Set([200, 429]));
    expect((await send("PATCH", `${NODE}?dryRun=All`, expel("a"), MERGE)).status).toBe(200);
  });

  it("does not ask of what deletes nothing by itself, or was named", async () => {
    await place(12);
    expect((await send("POST", PLACEMENT, { metadata: { name: "all" }, spec: {} })).status).toBe(201);
    expect((await send("DELETE", `${PLACEMENT}/all`)).status).toBe(200);
    expect((await send("PATCH", NODE, { spec: { unschedulable: true } }, MERGE)).status).toBe(200);
    expect((await send("DELETE", `${HANSE}/clusters/tokyo`)).status).toBe(200);
    expect((await send("DELETE", DEPLOYMENTS)).status).toBe(200);
    expect(await standing("deployments.apps")).toEqual({});
  });
});
