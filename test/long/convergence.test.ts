// P3 to P7 over the whole: a real `hanse serve`, five simulated members with real agents, a user who writes at random, and everything that goes
// wrong: agents and serve killed -9, members down, slow or refusing, drift and usurped names. Afterwards, in calm, what is must be what is wanted.
import { afterAll, beforeAll, expect, it } from "vitest";
import { Client } from "../bench/client.ts";
import { connect } from "../../cli/kube.ts";
import { readAccess } from "../../cli/kubeconfig.ts";
import { eventually, type Federation, startFederation } from "../e2e/processes.ts";
import { differences } from "./converged.ts";
import { KINDS, Members, pathOf } from "./members.ts";
import { pause, randomOf } from "./random.ts";
import { seed } from "./runs.ts";
import { NAMESPACES, User } from "./user.ts";

const SECONDS = Number(process.env["HANSE_SOAK_SECONDS"] ?? 300);
const CALM_MS = 120_000;

let federation: Federation;
let members: Members;
beforeAll(async () => {
  federation = await startFederation();
  members = await Members.start(federation);
});
afterAll(async () => {
  await members?.stop();
  await federation?.stop();
});

it(`P3 P4 P5 P6 P7 ${SECONDS} s of random writes, faults, drift and kill -9 end in the wanted state, nothing foreign touched, nothing left over`, async () => {
  const access = readAccess([federation.kubeconfig]);
  const root = connect(access);
  const client = new Client({ name: "hanse", server: access.server, token: access.token ?? "" }, 8);
  await root.request("POST", "/api/v1/namespaces", {
    body: { apiVersion: "v1", kind: "Namespace", metadata: { name: "shop" } },
  });
  const users = [0, 1, 2].map((id) => new User(client, randomOf(seed, `user ${id}`)));
  const until = performance.now() + SECONDS * 1000;
  const goOn = (): boolean => performance.now() < until;
  let served = 0;

  const mischief = async (
    actor: string,
    restMs: number,
    act: (member: string, random: ReturnType<typeof randomOf>) => Promise<void>,
  ): Promise<void> => {
    const random = randomOf(seed, actor);
    while (goOn()) {
      await pause(restMs / 2 + random(restMs));
      if (goOn()) await act(members.names[random(members.names.length)]!, random);
    }
  };
  await Promise.all([
    ...users.map(async (user, id) => {
      const random = randomOf(seed, `pace ${id}`);
      while (goOn()) {
        await user.act();
        await pause(random(150));
      }
    }),
    mischief("agents", 4_000, (member) => members.killAgent(member)),
    mischief("serve", 12_000, async () => {
      await federation.process.kill("SIGKILL");
      await federation.serve();
      served++;
    }),
    mischief("faults", 3_000, async (member, random) => {
      const heal = members.fault(member, random);
      await pause(500 + random(5_000));
      heal();
    }),
    mischief("drift", 300, (member, random) => members.drift(member, random)),
  ]);

  for (const name of members.names) members.heal(name);
  const begun = performance.now();
  await settled("what is, is what is wanted", () => differences(root, members)).catch((error: Error) => {
    throw new Error(`${error.message}\n${federation.logs()}`);
  });
  const calm = performance.now() - begun;
  const answers = users
    .flatMap(({ answers: of }) => [...of])
    .reduce((sum, [status, times]) => sum.set(status, (sum.get(status) ?? 0) + times), new Map<number, number>());
  console.log(
    `convergence soak: writes by answer ${JSON.stringify(Object.fromEntries(answers))}, serve killed ${served}, ${JSON.stringify(Object.fromEntries(members.done))}, ` +
      `${members.foreign.size} foreign objects, converged ${(calm / 1000).toFixed(1)} s after the last fault, HANSE_SEED=${seed}`,
  );
  expect(users.flatMap((user) => user.violations)).toEqual([]);
  expect(await members.foreignTouched()).toEqual([]);

  for (const kind of KINDS) {
    for (const namespace of NAMESPACES) {
      for (const { metadata } of (
        await root.request<{ items: { metadata: { name: string } }[] }>("GET", pathOf(kind, namespace))
      ).items) {
        if (/^[dsc]\d$/.test(metadata.name)) await root.request("DELETE", pathOf(kind, namespace, metadata.name));
      }
    }
  }
  await root.request("DELETE", "/api/v1/namespaces/shop");
  await settled("nothing of ours is left", leftOver);
  await settled("the namespace is gone where we made it and nothing foreign is inside, and stands elsewhere", shops);
  expect(await members.foreignTouched()).toEqual([]);
  root.close();
  client.close();
});

async function settled(what: string, wrong: () => Promise<string[]>): Promise<void> {
  let last: string[] = [];
  await eventually(
    what,
    async () => {
      last = await wrong();
      if (last.length > 0) throw new Error(`${last.length} differences:\n${last.slice(0, 20).join("\n")}`);
      return true;
    },
    CALM_MS,
  );
}

async function leftOver(): Promise<string[]> {
  const found: string[] = [];
  for (const name of members.names) {
    for (const kind of KINDS)
      for (const object of (await members.ours(name, kind)).keys()) found.push(`${name} ${kind} ${object}`);
  }
  return found;
}

async function shops(): Promise<string[]> {
  const wrong: string[] = [];
  for (const name of members.names) {
    const stands = await members
      .api(name)
      .request("GET", "/api/v1/namespaces/shop")
      .then(
        () => true,
        () => false,
      );
    const foreign = [...members.foreign.keys()].some((id) => id.startsWith(`${name} `) && id.includes(" shop/"));
    const made = name !== "m2";
    if (stands !== (foreign || !made))
      wrong.push(`${name}: namespace shop ${stands ? "stands" : "is gone"}, foreign inside: ${foreign}`);
  }
  return wrong;
}
