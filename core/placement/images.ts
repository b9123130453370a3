// Images of one cluster: parts of the references in a pod template are replaced, the rest stays as it was written. A tag or a digest stands for
// what came after the name, so giving one drops the other. Under another registry, Docker Hub's own images keep the path they have there:
// "nginx" in registry.example.com is registry.example.com/library/nginx.
import type { KubeObject, Loose } from "../../kinds/object.ts";
import type { OverrideSpec } from "../../kinds/placement.ts";
import { type ImageParts, parseImage } from "../../kinds/podspec/image.ts";
import { onPodSpec } from "./podspec.ts";

type ImageRule = NonNullable<OverrideSpec["rules"][number]["images"]>[number];

/** @throws Broken: an image is none, or becomes none. */
export function changeImages(object: KubeObject, rule: ImageRule): KubeObject {
  return onPodSpec(object, (spec) => {
    const next = { ...spec };
    for (const list of ["initContainers", "containers", "ephemeralContainers"]) {
      if (!Array.isArray(spec[list])) continue;
      next[list] = spec[list].map((container: Loose) => {
        if (typeof container?.image !== "string") return container;
        if (rule.container !== undefined && rule.container !== container.name) return container;
        return { ...container, image: changeImage(container.image, rule) };
      });
    }
    return next;
  });
}

export class Broken extends Error {}

function changeImage(image: string, { registry, repository, tag, digest }: ImageRule): string {
  const parts = parseImage(image);
  if (parts === undefined) throw new Broken(`${JSON.stringify(image)} is no image reference`);
  const next: ImageParts = { ...parts };
  if (registry !== undefined) {
    const onHub = parts.registry === undefined || parts.registry === "docker.io";
    next.registry = registry;
    if (onHub && !parts.repository.includes("/")) next.repository = `library/${parts.repository}`;
  }
  if (repository !== undefined) next.repository = repository;
  if (tag !== undefined || digest !== undefined) {
    next.tag = tag;
    next.digest = digest;
  }
  const text = formatImage(next);
  if (parseImage(text) === undefined) throw new Broken(`${JSON.stringify(text)} would be no image reference`);
  return text;
}

function formatImage({ registry, repository, tag, digest }: ImageParts): string {
  const name = registry === undefined ? repository : `${registry}/${repository}`;
  return `${name}${tag === undefined ? "" : `:${tag}`}${digest === undefined ? "" : `@${digest}`}`;
}
