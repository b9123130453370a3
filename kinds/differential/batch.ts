// Job, CronJob, StatefulSet, DaemonSet, ControllerRevision: what must come back alike, be refused alike, and be updated alike by kube-apiserver and by us.
import type { Loose } from "../object.ts";
import * as cronjobs from "./batch/cronjobs.ts";
import * as daemonsets from "./batch/daemonsets.ts";
import * as jobs from "./batch/jobs.ts";
import * as revisions from "./batch/revisions.ts";
import * as statefulsets from "./batch/statefulsets.ts";

const ALL = [jobs, cronjobs, statefulsets, daemonsets, revisions];

export const valid: [string, Loose][] = ALL.flatMap((kind) => kind.valid);

export const invalid: [string, Loose][] = ALL.flatMap((kind) => kind.invalid);

/** Before, after. */
export const updates: [string, Loose, Loose][] = ALL.flatMap((kind) => kind.updates);
