// Hanse's own kinds are written as zod schemas once: their OpenAPI for clients and their validation both come from them.
import { z } from "zod";
import { registerSchema } from "../facts/schema.ts";
import type { FieldError } from "../kind.ts";
import type { Loose } from "../object.ts";
import { invalid, notSupported, required } from "./errors.ts";

/** Makes a kind of hanse.dev/v1alpha1 known, and answers with the name of its definition. */
export function registerOwn(kind: string, spec: z.ZodType, status: z.ZodType): string {
  const definition = `dev.hanse.v1alpha1.${kind}`;
  // io: what a client may send. `$schema` and `additionalProperties: false` are JSON Schema's, not OpenAPI's business here.
  const { properties } = z.toJSONSchema(z.object({ spec, status }), { io: "input", target: "openapi-3.0" }) as Loose;
  registerSchema({ definition, group: "hanse.dev", version: "v1alpha1", kind, schema: { type: "object", properties } });
  return definition;
}

/** What is wrong with the shape of a value that stands in `field`. */
export function validateShape(schema: z.ZodType, field: string, value: Loose): FieldError[] {
  return (schema.safeParse(value ?? {}).error?.issues ?? []).map((issue) => {
    const path = fieldPath(field, issue.path);
    const found = issue.path.reduce<Loose>((at, part) => at?.[part], value);
    if (found === undefined) return required(path);
    if (issue.code === "invalid_value") return notSupported(path, found, issue.values.map(String));
    return invalid(path, found, issue.message);
  });
}

/** zod's path as field.Path prints it. */
function fieldPath(root: string, path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (text, part) => (typeof part === "number" ? `${text}[${part}]` : `${text}.${String(part)}`),
    root,
  );
}
