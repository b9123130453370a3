// Set-up of every file of the long run: property tests that name no number of runs of their own make HANSE_RUNS of them (fast-check's
// default is 100), from one seed that is printed, so that HANSE_SEED repeats the whole run.
import fc from "fast-check";

/** Drawn in test/long.config.ts, once for all files. */
export const seed = Number(process.env["HANSE_SEED"]);
const numRuns = Number(process.env["HANSE_RUNS"] ?? 3000);

fc.configureGlobal({ numRuns, seed });
console.log(`repeat this file with HANSE_SEED=${seed} HANSE_RUNS=${numRuns}`);
