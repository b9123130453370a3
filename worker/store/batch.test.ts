// The queue alone, before a database that answers when the test says so.
import { expect, test } from "vitest";
import { BATCH_LIMITS, CommitQueue, type Outcome } from "./batch.ts";
import { Unavailable, type Commit } from "./store.ts";

const commit = (name: string, size = 10): Commit => ({
  ops: [{ op: "put", key: { resource: "r", namespace: "", name }, value: "x".repeat(size) }],
});
const nameOf = ({ ops }: Commit) => ops[0]!.key.name;
const fine = (commits: Commit[]): Outcome[] =>
  commits.map(() => ({ result: { ok: true, versions: [1] }, superseded: [null] }));
const refusal = Object.assign(new Error("invalid byte sequence"), { severity: "ERROR", code: "22021" });
const turn = () => new Promise((resolve) => setTimeout(resolve));

/** A queue whose calls end one by one. */
function held(limits: Partial<typeof BATCH_LIMITS> = {}) {
  const calls: { names: string[]; answer(): void; fail(error: unknown): void }[] = [];
  const settled: (number | undefined)[] = [];
  const queue = new CommitQueue(
    (commits) =>
      new Promise((resolve, reject) =>
        calls.push({ names: commits.map(nameOf), answer: () => resolve(fine(commits)), fail: reject }),
      ),
    (_, outcomes) => settled.push(outcomes?.length),
    { ...BATCH_LIMITS, ...limits },
  );
  return { queue, calls, settled };
}

test("commits of one turn go together, at most two calls are under way, the rest gathers", async () => {
  const { queue, calls } = held();
  const results = ["a", "b"].map((name) => queue.commit(commit(name)));
  await turn();
  results.push(queue.commit(commit("c")));
  await turn();
  results.push(...["d", "e"].map((name) => queue.commit(commit(name))));
  await turn();
  expect(calls.map((call) => call.names)).toEqual([["a", "b"], ["c"]]);
  calls[1]!.answer();
  await turn();
  expect(calls.map((call) => call.names)).toEqual([["a", "b"], ["c"], ["d", "e"]]);
  for (const call of calls) call.answer();
  expect(await Promise.all(results)).toHaveLength(5);
  expect(queue.calls).toBe(0);
});

test("P11 a call is bounded by commits and by text, a larger commit goes alone", async () => {
  const { queue, calls } = held({ commits: 3, text: 1_000, calls: 9 });
  for (const [name, size] of [
    ["a", 10],
    ["b", 10],
    ["c", 10],
    ["d", 700],
    ["e", 5_000],
    ["f", 10],
  ] as const)
    void queue.commit(commit(name, size));
  await turn();
  expect(calls.map((call) => call.names)).toEqual([["a", "b", "c"], ["d"], ["e"], ["f"]]);
});

test("P11 over the queue's bound a commit is refused at once, and nothing of it happened", async () => {
  const { queue, calls } = held({ queued: 2, calls: 1 });
  void queue.commit(commit("under way"));
  await turn();
  const waiting = [queue.commit(commit("a")), queue.commit(commit("b"))];
  await expect(queue.commit(commit("c"))).rejects.toMatchObject({ name: "Unavailable", unknown: false });
  calls[0]!.answer();
  await turn();
  calls[1]!.answer();
  expect(await Promise.all(waiting)).toHaveLength(2);
});

test("P2 a lost connection is unknown to all commits of the call, and the next call goes out", async () => {
  const { queue, calls, settled } = held({ calls: 1 });
  const lost = [queue.commit(commit("a")), queue.commit(commit("b"))];
  await turn();
  const next = queue.commit(commit("c"));
  calls[0]!.fail(Object.assign(new Error("write CONNECTION_CLOSED"), { code: "CONNECTION_CLOSED" }));
  for (const one of lost) await expect(one).rejects.toMatchObject({ unknown: true });
  await turn();
  calls[1]!.answer();
  expect(await next).toEqual({ ok: true, versions: [1] });
  expect(settled).toEqual([undefined, 1]);
});

test("P2 an answer that never comes is unknown after the deadline", async () => {
  const { queue } = held({ timeoutMs: 1 });
  await expect(queue.commit(commit("a"))).rejects.toMatchObject({ name: "Unavailable", unknown: true });
});

test("one commit that the database cannot read fails alone", async () => {
  const sent: string[][] = [];
  const queue = new CommitQueue(
    async (commits) => {
      sent.push(commits.map(nameOf));
      if (commits.some((one) => nameOf(one) === "bad")) throw refusal;
      return fine(commits);
    },
    () => {},
  );
  const outcomes = await Promise.all(
    ["a", "bad", "b"].map((name) => queue.commit(commit(name)).catch((error: unknown) => error)),
  );
  expect(outcomes).toEqual([{ ok: true, versions: [1] }, expect.any(Unavailable), { ok: true, versions: [1] }]);
  expect((outcomes[1] as Unavailable).unknown).toBe(false);
  expect(sent).toEqual([["a", "bad", "b"], ["a"], ["bad"], ["b"]]);
});
