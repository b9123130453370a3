import type { Loose } from "../object.ts";
export function printedTemplate(template: Loose): Loose {
  return template;
}
export function printedTemplateSpec(spec: Loose): Loose {
  return spec;
}
