// Set-up of every file of the long run: property tests that name no number of runs of their own make HANSE_RUNS of them (fast-check's
// default is 100), from one seed that is printed, so that HANSE_SEED repeats the whole run.
import fc from "fast-check";

export const seed = Number(process.env["HANSE_SEED"] ?? Math.floor(Math.random() * 2 ** 31));
const numRuns = Number(process.env["HANSE_RUNS"] ?? 3000);

fc.configureGlobal({ numRuns, seed });
// The soaks and the tests that draw their own numbers read it from here.
process.env["HANSE_SEED"] = String(seed);
console.log(`HANSE_SEED=${seed} HANSE_RUNS=${numRuns}`);
