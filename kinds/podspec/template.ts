// A pod template inside a workload's spec: defaults in place.
import type { Loose } from "../object.ts";
import { dropOldAnnotations } from "./annotations.ts";
import { defaultTemplateSpec } from "./defaults.ts";

export function defaultTemplate(workloadSpec: Loose): void {
  workloadSpec.template ??= {};
  const { template } = workloadSpec;
  template.metadata ??= {};
  dropOldAnnotations(template.metadata);
  template.spec ??= {};
  defaultTemplateSpec(template.spec);
}
