import { expect, test } from "vitest";
import type { KubeObject } from "../../kinds/object.ts";
import { countedNow } from "./counted.ts";
import type { Decision } from "./decision.ts";

const rule = { rule: "workload", divided: ["spec.replicas"] } as const;
const template = (replicas: number): KubeObject => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "web" },
  spec: { replicas, paused: true },
});
type Before = Pick<Decision, "count" | "autoscaled"> | undefined;

test.each<
  [
    string,
    number,
    Before,
    [followed: boolean, reported: boolean],
    Before,
    [people: number, setAnew: boolean, freed: boolean],
  ]
>([
  ["new", 2, undefined, [true, true], { count: 2 }, [2, false, false]],
  ["decided by an older Hanse", 2, {}, [true, true], { count: 2 }, [2, false, false]],
  ["the same", 2, { count: 2 }, [true, true], { count: 2 }, [2, false, false]],
  ["set", 3, { count: 2 }, [false, false], { count: 3 }, [3, true, false]],
  [
    "what autoscalers made of it",
    5,
    { count: 2, autoscaled: { replicas: 5 } },
    [false, true],
    { count: 2, autoscaled: { replicas: 5 } },
    [2, false, false],
  ],
  [
    "set back to what it was",
    2,
    { count: 2, autoscaled: { replicas: 5 } },
    [false, true],
    { count: 2 },
    [2, true, false],
  ],
  ["set otherwise", 3, { count: 2, autoscaled: { replicas: 5 } }, [false, true], { count: 3 }, [3, true, false]],
  ["no autoscaler is left", 5, { count: 2, autoscaled: { replicas: 5 } }, [true, false], { count: 5 }, [5, true, true]],
  [
    "that of the root is gone, though clusters have not heard of it",
    5,
    { count: 2, autoscaled: { replicas: 5, follower: true } },
    [false, true],
    { count: 5 },
    [5, true, true],
  ],
  [
    "that of the root is there, though clusters have not heard of it",
    5,
    { count: 2, autoscaled: { replicas: 5, follower: true } },
    [true, false],
    { count: 2, autoscaled: { replicas: 5, follower: true } },
    [2, false, false],
  ],
  [
    "set while the last one went",
    3,
    { count: 2, autoscaled: { replicas: 5 } },
    [false, false],
    { count: 3 },
    [3, true, false],
  ],
])("%s", (_what, replicas, before, [followed, reported], said, [people, setAnew, freed]) => {
  const counted = countedNow({ rule, template: template(replicas), before, followed, reported });
  expect(counted).toEqual({ said, template: template(people), setAnew, freed });
});

test("where nothing is counted nothing is said", () => {
  const asked = { template: template(3), before: undefined, followed: true, reported: true };
  expect(countedNow({ ...asked, rule: { rule: "workload", divided: [] } }).said).toEqual({});
  expect(countedNow({ ...asked, rule: { rule: "workload", divided: ["spec.parallelism"] } }).said).toEqual({});
});
