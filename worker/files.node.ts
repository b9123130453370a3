// Files that are either the old or the new, never half: written beside, flushed, renamed.
import { closeSync, fsyncSync, openSync, renameSync, writeSync } from "node:fs";

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
