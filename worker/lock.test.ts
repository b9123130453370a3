import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { lockDirectory } from "./lock.node.ts";

it("lets one in at a time, and the next when it is released", () => {
  const dir = mkdtempSync(join(tmpdir(), "hanse-lock-"));
  try {
    const release = lockDirectory(dir);
    expect(() => lockDirectory(dir)).toThrow(/in use by another hanse process/);
    release();
    lockDirectory(dir)();
  } finally {
    rmSync(dir, { recursive: true });
  }
});

it("a directory that cannot be made is said at once", () => {
  expect(() => lockDirectory("/proc/hanse/data")).toThrow(/ENOENT|EACCES|EPERM/);
});
