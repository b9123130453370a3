import { expect, it } from "vitest";
import { createTable, render } from "./table.ts";
import type { Snapshot } from "./view.ts";

const snapshot: Snapshot = {
  clusters: [
    { name: "paris", region: "eu-west", ready: true, nodes: 2, cpu: "8", live: 2, share: 2 },
    { name: "virginia", region: "us-east", ready: false, nodes: 0, cpu: "", live: 0, share: 4 },
  ],
  replicas: 6,
  readyReplicas: 2,
  updatedReplicas: 2,
  availableReplicas: 2,
  joining: [],
  waiting: ["cluster virginia is not Ready: its agent has not reported yet"],
};

it("shows clusters, the workload's shares and what it waits for", () => {
  expect(render(snapshot, "tomcat", snapshot.waiting[0], 3)).toEqual([
    "  CLUSTER   REGION   STATUS    NODES  CPU  TOMCAT",
    "  paris     eu-west  Ready     2      8    2/2",
    "  virginia  us-east  NotReady  0      -    0/4",
    "  deployment/tomcat  READY 2/6  UP-TO-DATE 2  AVAILABLE 2",
    "  3 s, waiting: cluster virginia is not Ready: its agent has not reported yet",
  ]);
});

it("writes a plain line only when something changed, where there is no terminal", () => {
  const written: string[] = [];
  const out = { isTTY: false, write: (text: string) => written.push(text) } as unknown as NodeJS.WriteStream;
  const table = createTable(out, "tomcat");
  table.draw(snapshot, undefined, 1);
  table.draw(snapshot, undefined, 2);
  expect(written).toEqual(["  1.0s  paris Ready 2/2 · virginia NotReady 0/4 · tomcat 2/6 Ready\n"]);
});

it("redraws in place on a terminal", () => {
  const written: string[] = [];
  const out = { isTTY: true, write: (text: string) => written.push(text) } as unknown as NodeJS.WriteStream;
  const table = createTable(out, "tomcat");
  table.draw(snapshot, undefined, 1);
  table.draw(snapshot, undefined, 2);
  expect(written[0]).not.toContain("\x1b[5A");
  expect(written[1]).toContain("\x1b[5A");
});
