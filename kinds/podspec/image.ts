// Whether an image is pulled anew each time unless told otherwise: its tag is "latest", or it has neither tag nor digest. What is no
// image reference (distribution/reference, as kk:pkg/util/parsers reads it) has no tag at all.

const DOMAIN_PART = "(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])";
const DOMAIN = `(?:${DOMAIN_PART}(?:\\.${DOMAIN_PART})*|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?`;
const PATH_PART = "[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*";
const DIGEST = "[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}";
const REFERENCE = new RegExp(
  `^(${DOMAIN}/${PATH_PART}(?:/${PATH_PART})*)(?::([\\w][\\w.-]{0,127}))?(?:@(${DIGEST}))?$`,
);

export function isLatest(image: string): boolean {
  if (/^[a-f0-9]{64}$/.test(image)) return false;
  const slash = image.indexOf("/");
  const first = image.slice(0, Math.max(slash, 0));
  // Without a dot, a port or capitals it is no domain but a part of a name on Docker Hub.
  const hasDomain = slash >= 0 && (/[.:]/.test(first) || first === "localhost" || first.toLowerCase() !== first);
  const [, name = "", tag, digest] = REFERENCE.exec(hasDomain ? image : `docker.io/${image}`) ?? [];
  if (name === "" || name.length > 255 + first.length + 1) return false;
  return tag === undefined ? digest === undefined : tag === "latest";
}
