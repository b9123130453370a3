// Image references (distribution/reference, as kk:pkg/util/parsers reads them): their parts, and whether an image is pulled anew each time unless
// told otherwise: its tag is "latest", or it has neither tag nor digest. What is no image reference has no parts at all.

const DOMAIN_PART = "(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])";
const DOMAIN = `(?:${DOMAIN_PART}(?:\\.${DOMAIN_PART})*|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?`;
const PATH_PART = "[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*";
const DIGEST = "[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}";
const REFERENCE = new RegExp(
  `^(${DOMAIN})/(${PATH_PART}(?:/${PATH_PART})*)(?::([\\w][\\w.-]{0,127}))?(?:@(${DIGEST}))?$`,
);

export interface ImageParts {
  /** As written; absent: Docker Hub. */
  registry?: string;
  /** As written: "nginx", of which Docker Hub makes library/nginx. */
  repository: string;
  tag?: string;
  digest?: string;
}

export function parseImage(image: string): ImageParts | undefined {
  if (/^[a-f0-9]{64}$/.test(image)) return undefined;
  const slash = image.indexOf("/");
  const first = image.slice(0, Math.max(slash, 0));
  // Without a dot, a port or capitals it is no domain but a part of a name on Docker Hub.
  const hasDomain = slash >= 0 && (/[.:]/.test(first) || first === "localhost" || first.toLowerCase() !== first);
  const [, domain = "", repository = "", tag, digest] = REFERENCE.exec(hasDomain ? image : `docker.io/${image}`) ?? [];
  if (repository === "" || domain.length + 1 + repository.length > 255 + first.length + 1) return undefined;
  return {
    ...(hasDomain ? { registry: domain } : {}),
    repository,
    ...(tag === undefined ? {} : { tag }),
    ...(digest === undefined ? {} : { digest }),
  };
}

export function isLatest(image: string): boolean {
  const parts = parseImage(image);
  if (parts === undefined) return false;
  return parts.tag === undefined ? parts.digest === undefined : parts.tag === "latest";
}
