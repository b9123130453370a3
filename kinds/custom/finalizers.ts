// A finalizer that names no domain is warned of where it is new (apiextensions-apiserver pkg/registry/customresource/validator.go).
import type { KubeObject } from "../object.ts";
import { qualifiedName } from "../rules/names.ts";

const STANDARD = ["orphan", "foregroundDeletion", "kubernetes"];

export function finalizerWarnings({ metadata }: KubeObject, old?: KubeObject): string[] {
  const before = new Set(old?.metadata.finalizers);
  const added = [...new Set(metadata.finalizers)].filter((name) => !before.has(name)).sort();
  return added.flatMap((name) => {
    const said = `metadata.finalizers: ${JSON.stringify(name)}: `;
    const found = qualifiedName(name).map((message) => said + message);
    if (!name.includes("/") && !STANDARD.includes(name)) {
      const path = name.includes(".") ? " including a path (/)" : "";
      const conflicts = "to avoid accidental conflicts with other finalizer writers";
      found.push(`${said}prefer a domain-qualified finalizer name${path} ${conflicts}`);
    }
    return found;
  });
}
