// The controllers: what each is for, what wakes it, what runs it. A further loop is one file and one line here.
//
//   name        wakes on                                      reconciles
//   schedule    templates; bindings removed                   template -> decision, bindings, ReplicaSets, followers' bindings
//   follow      followers, Namespaces; bindings shrinking     follower -> the clusters that need it
//   aggregate   reports, bindings removed                     reports -> status, Events
//   clusters    clusters' readiness and room                  -> wakes schedule, aggregate, follow, namespaces
//   policies    Placements, Overrides; what Namespaces ask    -> wakes schedule, follow
//   namespaces  Namespaces, contents of dying ones            -> default ServiceAccount, root CA; a dying one is emptied
//   garbage     owners, dependents, bindings removed          -> what DELETE means for dependents: background, foreground, orphan
//   observed    bindings and clusters going, clusters silent  -> pods and the like that agents report: gone, or not Ready
//   definitions CustomResourceDefinitions, their last objects   -> established and served; a dying one is emptied
//   roles       ClusterRoles                                   those with an aggregationRule hold the rules of the others
//   cron        CronJobs, their Jobs beginning and ending     each time of a CronJob -> one Job, at most once; its history, its status
//   expire      finished Jobs with a time to live             -> deleted when it is over
//   (periods)   every 5 minutes while something changed       compaction, Events older than an hour: periods.ts
import { aggregateController } from "./aggregate.ts";
import { clustersController } from "./clusters.ts";
import type { Controller } from "./context.ts";
import { cronController } from "./cron.ts";
import { definitionsController } from "./definitions.ts";
import { expireController } from "./expire.ts";
import { followController } from "./follow.ts";
import { garbageController } from "./garbage.ts";
import { namespacesController } from "./namespaces.ts";
import { observedController } from "./observed.ts";
import { policiesController } from "./policies.ts";
import { rolesController } from "./roles.ts";
import { scheduleController } from "./schedule.ts";

export const CONTROLLERS: readonly Controller[] = [
  clustersController,
  policiesController,
  scheduleController,
  followController,
  aggregateController,
  namespacesController,
  garbageController,
  definitionsController,
  rolesController,
  observedController,
  cronController,
  expireController,
];
