// Warning headers as kube-apiserver sends them (apiserver pkg/endpoints/filters/warning.go): each text once; when all of them together are
// too long each is cut short, and what then still goes over the limit is left out. Clients bound what they read of headers.
const TOTAL = 4096;
const EACH = 256;

/** Values for `Warning`, in order. */
export function warningHeaders(texts: readonly string[]): string[] {
  // Upstream drops what has control characters: it cannot be quoted.
  const said = [...new Set(texts)].filter((text) => text !== "" && !/\p{Cc}/u.test(text)).map((text) => [...text]);
  const total = said.reduce((sum, { length }) => sum + length, 0);
  return (total <= TOTAL ? said : shortened(said)).map((runes) => header(runes.join("")));
}

function shortened(said: string[][]): string[][] {
  const kept: string[][] = [];
  // What came before the first that did not fit is there in any case.
  let whole = 0;
  let written = 0;
  for (const runes of said) {
    whole += runes.length;
    const replayed = whole - runes.length <= TOTAL;
    if (!replayed && written >= TOTAL) break;
    kept.push(runes.slice(0, EACH));
    written += Math.min(runes.length, EACH);
  }
  return kept;
}

/** RFC 7234 5.5: the text is a quoted string. Headers of the platform take no other than ASCII everywhere. */
function header(text: string): string {
  return `299 - "${text.replace(/[\\"]/g, "\\$&").replace(/[^\x20-\x7e]/g, " ")}"`;
}
