// The controllers: what each is for, what wakes it, what runs it. A further loop is one file and one line here.
//
//   name        wakes on                                      reconciles
//   schedule    templates; bindings removed                   template -> decision, bindings, ReplicaSets, followers' bindings
//   follow      followers, Namespaces; bindings shrinking     follower -> the clusters that need it
//   aggregate   reports, bindings removed                     reports -> status, Events
//   clusters    clusters' readiness and room                  -> wakes schedule, aggregate, follow, namespaces
//   namespaces  Namespaces                                    -> default ServiceAccount; a dying one is emptied
//   (periods)   every 5 minutes while something changed       compaction, Events older than an hour: periods.ts
import { aggregateController } from "./aggregate.ts";
import { clustersController } from "./clusters.ts";
import type { Controller } from "./context.ts";
import { followController } from "./follow.ts";
import { namespacesController } from "./namespaces.ts";
import { scheduleController } from "./schedule.ts";

export const CONTROLLERS: readonly Controller[] = [
  clustersController,
  scheduleController,
  followController,
  aggregateController,
  namespacesController,
];
