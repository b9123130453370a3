// One process at a time in a data directory. The lock is an exclusive transaction on an empty SQLite file: the kernel lets go of it
// when the process dies, however it dies, so there is nothing stale to clean up.
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { makeDirectory } from "./files.node.ts";

/** Holds the directory until the returned function is called, or the process ends. @throws Error when another process holds it. */
export function lockDirectory(dir: string): () => void {
  makeDirectory(dir);
  const database = new DatabaseSync(join(dir, "lock"), { timeout: 0 });
  try {
    database.exec("PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE");
  } catch (error) {
    database.close();
    if (/locked/.test(String(error)))
      throw new Error(`${dir} is in use by another hanse process; stop it or choose another --data`);
    throw error;
  }
  return () => database.close();
}
