// Exits 0 when node_modules holds every package that package-lock.json names, in that version. Optional ones may be absent:
// they are for other platforms. Plain JavaScript, because it may run before anything is installed.
import { readFileSync } from "node:fs";

const read = (path) => JSON.parse(readFileSync(new URL(path, import.meta.url), "utf8")).packages;
const locked = read("../package-lock.json");
const present = read("../node_modules/.package-lock.json");

const missing = Object.entries(locked).filter(([path, wanted]) => {
  if (path === "" || wanted.link) return false;
  const found = present[path];
  return found === undefined ? !wanted.optional : found.version !== wanted.version;
});
process.exitCode = missing.length === 0 ? 0 : 1;
