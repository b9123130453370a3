// Files that are either the old or the new, never half: written beside, flushed, renamed. Directories that are ours alone.
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, renameSync, writeSync } from "node:fs";
import { dirname } from "node:path";

/** Makes it and what is missing above it, mode 0700. Not mkdir's own recursion: that never ends where a parent exists but takes no entries (/proc). */
export function makeDirectory(dir: string): void {
  if (existsSync(dir)) return;
  const parent = dirname(dir);
  if (parent !== dir) makeDirectory(parent);
  try {
    mkdirSync(dir, { mode: 0o700 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
}

export function writeWhole(path: string, text: string, mode: number): void {
  const beside = `${path}.${process.pid}.new`;
  const file = openSync(beside, "w", mode);
  try {
    writeSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(beside, path);
}
