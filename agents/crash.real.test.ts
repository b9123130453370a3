// P5: an agent killed -9 between any two effects loses nothing, deletes nothing that stays, and makes nothing twice.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { KubeObject } from "../kinds/object.ts";
import { type ControlPlane, startControlPlane } from "../test/real/controlplane.ts";
import { describeReal } from "../test/real/describe.ts";
import { startFederation, type TestFederation } from "../test/real/federation.ts";

const CHILD = join(import.meta.dirname, "../test/real/crashing-agent.ts");

describeReal("agent killed", () => {
  let plane: ControlPlane;
  beforeAll(async () => {
    plane = await startControlPlane({ name: "crash" });
  }, 90_000);
  afterAll(() => plane?.stop());

  /** Starts an agent process; resolves `exit` with the signal that ended it. */
  function start(fed: TestFederation, dir: string, token: string, crash = "") {
    const env = {
      ...process.env,
      HANSE_CRASH: crash,
      HANSE_SERVER: fed.url,
      HANSE_TOKEN: token,
      HANSE_DATA: dir,
      HANSE_KUBECONFIG: plane.kubeconfig,
    };
    const child = spawn(process.execPath, [CHILD], { env, stdio: ["ignore", "pipe", "inherit"] });
    let log = "";
    child.stdout.on("data", (chunk) => (log += chunk));
    const exit = new Promise<string | null>((resolve) => child.once("exit", (_code, signal) => resolve(signal)));
    return { exit, log: () => log, end: () => child.kill("SIGTERM") };
  }

  const configMap = (name: string, data: Record<string, string>, namespace: string): KubeObject => ({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name, namespace },
    data,
  });

  const crashes = [
    "identified:1",
    "registered:1",
    "pulled:1",
    "accepted:1",
    "applied:1",
    "applied:2",
    "applied:3",
    "reported:1",
    "reported:2",
  ];
  it.each(crashes)("P5: while it makes its share, at %s", async (crash) => {
    const fed = await startFederation();
    const dir = mkdtempSync(join(tmpdir(), "hanse-crash-"));
    const token = await fed.token("paris");
    const ns = `ns-${crash.replace(":", "-")}`;
    const names = ["a", "b"];
    await fed.bind(
      "paris",
      { uid: `${ns}-n`, object: { apiVersion: "v1", kind: "Namespace", metadata: { name: ns } } },
      ...names.map((name) => ({ uid: `${ns}-${name}`, object: configMap(name, { x: "1" }, ns) })),
    );
    expect(await start(fed, dir, token, crash).exit).toBe("SIGKILL");
    const before = (await plane.call("GET", `/api/v1/namespaces/${ns}/configmaps`)).body.items as KubeObject[];
    const agent = start(fed, dir, token);
    for (const name of [...names, "n"]) {
      await fed.until(`${name} reported`, async () => (await fed.report("paris", `${ns}-${name}`))?.generation === 1);
    }
    const after = (await plane.call("GET", `/api/v1/namespaces/${ns}/configmaps`)).body.items as KubeObject[];
    expect(after.map(({ metadata }) => metadata.name)).toEqual(names);
    for (const { metadata } of before) expect(after.map((one) => one.metadata.uid)).toContain(metadata.uid);
    for (const name of names) {
      const report = await fed.report("paris", `${ns}-${name}`);
      expect(report?.failure).toBeUndefined();
      expect(report?.memberUid).toBe(after.find(({ metadata }) => metadata.name === name)?.metadata.uid);
    }
    // The namespace is known as made by us: its uid was recorded or found again.
    expect((await fed.report("paris", `${ns}-n`))?.memberUid).toBe(
      (await plane.call("GET", `/api/v1/namespaces/${ns}`)).body.metadata.uid,
    );
    agent.end();
    await agent.exit;
    await fed.stop();
    rmSync(dir, { recursive: true });
  });

  it.each(["pulled:1", "accepted:1", "deleted:1", "deleted:2", "reported:1"])(
    "P3, P5: while it removes, at %s",
    async (crash) => {
      const fed = await startFederation();
      const dir = mkdtempSync(join(tmpdir(), "hanse-crash-"));
      const token = await fed.token("paris");
      const id = `gone-${crash.replace(":", "-")}`;
      const names = ["a", "b", "stays"];
      await fed.bind(
        "paris",
        ...names.map((name) => ({ uid: `${id}-${name}`, object: configMap(`${id}-${name}`, { x: "1" }, "default") })),
      );
      const first = start(fed, dir, token);
      for (const name of names)
        await fed.until(name, async () => (await fed.report("paris", `${id}-${name}`))?.generation === 1);
      first.end();
      await first.exit;
      await fed.tombstone("paris", `${id}-a`, `${id}-b`);
      expect(await start(fed, dir, token, crash).exit).toBe("SIGKILL");
      // In the meantime somebody else makes one of that name: not ours to delete.
      const mine = await plane.call("GET", `/api/v1/namespaces/default/configmaps/${id}-a`);
      if (mine.status === 404)
        await plane.call(
          "POST",
          "/api/v1/namespaces/default/configmaps",
          configMap(`${id}-a`, { x: "theirs" }, "default"),
        );
      const second = start(fed, dir, token);
      for (const name of ["a", "b"])
        await fed.until(`${name} unbound`, async () => (await fed.binding("paris", `${id}-${name}`)) === undefined);
      const left = (await plane.call("GET", "/api/v1/namespaces/default/configmaps")).body.items as KubeObject[];
      const found = left
        .filter(({ metadata }) => metadata.name.startsWith(id))
        .map((one) => [one.metadata.name, one["data"].x]);
      const theirs = mine.status === 404 ? [[`${id}-a`, "theirs"]] : [];
      expect(found).toEqual([...theirs, [`${id}-stays`, "1"]]);
      second.end();
      await second.exit;
      await fed.stop();
      rmSync(dir, { recursive: true });
    },
  );
});
