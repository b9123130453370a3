// Regular expressions of schemas: written for Go's RE2, run by the platform's engine. What both read alike is translated; what only one of the two
// knows (look-around, back references) is refused as Go refuses it.

const compiled = new Map<string, RegExp | string>();
const MAX_COMPILED = 2_000;

/** The expression, or why Go would not take it. */
export function goRegExp(pattern: string): RegExp | string {
  let found = compiled.get(pattern);
  if (found === undefined) {
    if (compiled.size >= MAX_COMPILED) compiled.clear();
    compiled.set(pattern, (found = compile(pattern)));
  }
  return found;
}

const CLASSES: Readonly<Record<string, string>> = {
  alnum: "0-9A-Za-z",
  alpha: "A-Za-z",
  ascii: "\\x00-\\x7F",
  blank: "\\t ",
  cntrl: "\\x00-\\x1F\\x7F",
  digit: "0-9",
  graph: "!-~",
  lower: "a-z",
  print: " -~",
  punct: "!-\\/:-@\\[-`\\{-~",
  space: "\\t\\n\\v\\f\\r ",
  upper: "A-Z",
  word: "0-9A-Za-z_",
  xdigit: "0-9A-Fa-f",
};

function compile(pattern: string): RegExp | string {
  const looking = /\(\?(?:[=!]|<[=!])/.exec(pattern);
  if (looking !== null) {
    const what = pattern.startsWith("(?<", looking.index) ? looking[0].slice(0, 4) : looking[0];
    return `error parsing regexp: invalid or unsupported Perl syntax: \`${what}\``;
  }
  const escape = /(?<!\\)(?:\\\\)*\\([1-9])/.exec(pattern);
  if (escape !== null) return `error parsing regexp: invalid escape sequence: \`\\${escape[1]}\``;
  let flags = "u";
  let source = pattern;
  const leading = /^\(\?([ims]+)\)/.exec(source);
  if (leading !== null) {
    flags += leading[1]!;
    source = source.slice(leading[0].length);
  }
  try {
    return new RegExp(translate(source), [...new Set(flags)].join(""));
  } catch (error) {
    return `error parsing regexp: ${reasonOf(pattern, String((error as { message?: string }).message ?? error))}`;
  }
}

/** Go's reason for the commonest mistakes. */
function reasonOf(pattern: string, message: string): string {
  if (message.includes("Unterminated group")) return `missing closing ): \`${pattern}\``;
  if (message.includes("Unmatched ')'")) return `unexpected ): \`${pattern}\``;
  if (message.includes("Unterminated character class"))
    return `missing closing ]: \`${pattern.slice(pattern.lastIndexOf("["))}\``;
  if (message.includes("Nothing to repeat")) {
    const operator = /(?:^|[(|])([*+?])/.exec(pattern)?.[1] ?? /[*+?]/.exec(pattern)?.[0];
    return `missing argument to repetition operator: \`${operator ?? ""}\``;
  }
  return message;
}

function translate(source: string): string {
  let made = "";
  let inClass = false;
  for (let at = 0; at < source.length; at++) {
    const one = source[at]!;
    if (one === "\\") {
      const property = /^\\[pP](\{\^?\w+\}|\w)/.exec(source.slice(at));
      if (property === null) made += escaped(source[++at] ?? "");
      else {
        made += `\\${property[0][1]}{${property[1]!.replace(/[{}]/g, "")}}`;
        at += property[0].length - 1;
      }
    } else if (inClass) {
      const posix = one === "[" ? /^\[:(\^?)(\w+):\]/.exec(source.slice(at)) : null;
      if (posix !== null && !posix[1] && posix[2]! in CLASSES) {
        made += CLASSES[posix[2]!];
        at += posix[0].length - 1;
      } else {
        made += one === "[" ? "\\[" : one;
        if (one === "]") inClass = false;
      }
    } else if (one === "[") {
      inClass = true;
      made += one;
      if (source[at + 1] === "^") made += source[++at];
      if (source[at + 1] === "]") {
        made += "\\]";
        at++;
      }
    } else if (one === "(" && source.startsWith("(?P<", at)) {
      made += "(?<";
      at += 3;
    } else if (one === "{" && !/^\{\d+(,\d*)?\}/.test(source.slice(at))) made += "\\{";
    else if (one === "}" && !/\{\d+(,\d*)?$/.test(source.slice(0, at))) made += "\\}";
    else if (one === "]") made += "\\]";
    else made += one;
  }
  return made;
}

function escaped(next: string): string {
  if (next === "A") return "^";
  if (next === "z") return "$";
  if (next === "a") return "\\x07";
  if (/[A-Za-z0-9]/.test(next)) return `\\${next}`;
  return /[\^$\\.*+?()[\]{}|/-]/.test(next) ? (next === "-" ? "\\x2d" : `\\${next}`) : next;
}
