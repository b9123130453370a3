// Parses the labelSelector query parameter. Same grammar and same error texts as apimachinery pkg/labels/selector.go: clients print
// them. A parse error is the client's (HTTP 400). Matching lives in kinds/rules/selector.ts.
import { labelValueErrors, qualifiedName } from "../../kinds/rules/names.ts";
import { isInteger, type Operator, type Requirement, type Selector, sortSelector } from "../../kinds/rules/selector.ts";

export { formatSelector, matchesLabels, selectorFromObject, type Selector } from "../../kinds/rules/selector.ts";

export type ParsedSelector = { ok: true; selector: Selector } | { ok: false; message: string };

interface Token {
  type: "word" | "symbol" | "error" | "end";
  text: string;
}

const SYMBOLS = new Set([")", ",", "!", "==", "=", ">", "<", "!=", "("]);
const OPERATORS = new Map<string, Operator>([
  ["in", "in"],
  ["notin", "notin"],
  ["=", "="],
  ["==", "=="],
  ["!=", "!="],
  [">", ">"],
  ["<", "<"],
]);

/** Internal: carries the message to the one catch in parseLabelSelector. */
class SelectorError extends Error {}

export function parseLabelSelector(text: string): ParsedSelector {
  if (text === "") return { ok: true, selector: [] };
  try {
    return { ok: true, selector: sortSelector(new Parser(scan(text)).selector()) };
  } catch (error) {
    if (error instanceof SelectorError) return { ok: false, message: error.message };
    throw error;
  }
}

function scan(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    const character = text[at] ?? "";
    if (/[ \t\r\n]/.test(character)) {
      at++;
    } else if ("=!(),><".includes(character)) {
      const symbol = scanSymbol(text, at);
      tokens.push(symbol.token);
      at = symbol.end;
    } else {
      const start = at;
      while (at < text.length && !/[=!(),>< \t\r\n]/.test(text[at] ?? "")) at++;
      tokens.push({ type: "word", text: text.slice(start, at) });
    }
  }
  tokens.push({ type: "end", text: "" });
  return tokens;
}

/** The longest run of symbol characters that is a known symbol, read greedily from the left. */
function scanSymbol(text: string, start: number): { token: Token; end: number } {
  let known = "";
  let end = start;
  while (end < text.length && "=!(),><".includes(text[end] ?? "")) {
    const longer = text.slice(start, end + 1);
    if (SYMBOLS.has(longer)) known = longer;
    else if (known !== "") break;
    end++;
  }
  return known === ""
    ? { token: { type: "error", text: `error expected: keyword found '${text.slice(start, end)}'` }, end }
    : { token: { type: "symbol", text: known }, end };
}

class Parser {
  private readonly tokens: Token[];
  private position = 0;

  constructor(tokens: Token[]) {
    this.tokens = tokens;
  }

  private peek(): Token {
    return this.tokens[this.position] ?? { type: "end", text: "" };
  }

  private next(): Token {
    const token = this.peek();
    this.position++;
    return token;
  }

  private peekIs(symbol: string): boolean {
    const token = this.peek();
    return token.type === "symbol" && token.text === symbol;
  }

  selector(): Requirement[] {
    const requirements: Requirement[] = [];
    for (;;) {
      const token = this.peek();
      if (token.type === "end") return requirements;
      if (token.type !== "word" && !this.peekIs("!")) {
        throw new SelectorError(`found '${token.text}', expected: !, identifier, or 'end of string'`);
      }
      requirements.push(this.requirement());
      const separator = this.next();
      if (separator.type === "end") return requirements;
      if (separator.type !== "symbol" || separator.text !== ",") {
        throw new SelectorError(`found '${separator.text}', expected: ',' or 'end of string'`);
      }
      if (this.peek().type !== "word" && !this.peekIs("!")) {
        throw new SelectorError(`found '${this.peek().text}', expected: identifier after ','`);
      }
    }
  }

  private requirement(): Requirement {
    let token = this.next();
    const negated = token.type === "symbol" && token.text === "!";
    if (negated) token = this.next();
    if (token.type !== "word") throw unparsed(`found '${token.text}', expected: identifier`);
    const key = token.text;
    const keyErrors = qualifiedName(key);
    if (keyErrors.length > 0) throw unparsed(invalidText("<nil>", key, keyErrors.join("; ")));
    if (negated) return { key, operator: "!", values: [] };
    if (this.peek().type === "end" || this.peekIs(",")) return { key, operator: "exists", values: [] };
    const symbol = this.next();
    const operator = symbol.type === "end" || symbol.type === "error" ? undefined : OPERATORS.get(symbol.text);
    if (operator === undefined) {
      throw unparsed(`found '${symbol.text}', expected: in, notin, =, ==, !=, gt, lt`);
    }
    const values = operator === "in" || operator === "notin" ? this.values() : [this.exactValue()];
    return checked({ key, operator, values: [...new Set(values)].sort() });
  }

  private exactValue(): string {
    if (this.peek().type === "end" || this.peekIs(",")) return "";
    const token = this.next();
    if (token.type !== "word") throw unparsed(`found '${token.text}', expected: identifier`);
    return token.text;
  }

  private values(): string[] {
    const open = this.next();
    if (open.type !== "symbol" || open.text !== "(") throw unparsed(`found '${open.text}' expected: '('`);
    if (this.peekIs(")")) {
      this.next();
      return [""];
    }
    const first = this.peek();
    if (first.type !== "word" && !this.peekIs(",")) {
      throw unparsed(`found '${first.text}', expected: ',', ')' or identifier`);
    }
    const values: string[] = [];
    for (;;) {
      const token = this.next();
      if (token.type === "word") {
        values.push(token.text);
        if (this.peekIs(",")) continue;
        if (this.peekIs(")")) break;
        throw unparsed(`found '${this.peek().text}', expected: ',' or ')'`);
      }
      if (token.type !== "symbol" || token.text !== ",") {
        throw unparsed(`found '${token.text}', expected: ',', or identifier`);
      }
      // An empty place between commas, or beside a parenthesis, is the empty value.
      if (values.length === 0 || this.peekIs(",")) values.push("");
      if (this.peekIs(")")) {
        values.push("");
        break;
      }
    }
    this.next();
    return values;
  }
}

function checked(requirement: Requirement): Requirement {
  const { key, operator, values } = requirement;
  const errors: string[] = [];
  if (operator === ">" || operator === "<") {
    values.forEach((value, index) => {
      if (!isInteger(value)) {
        errors.push(invalidText(`values[${index}]`, value, "for 'Gt', 'Lt' operators, the value must be an integer"));
      }
    });
  }
  values.forEach((value, index) => {
    const messages = labelValueErrors(value);
    if (messages.length > 0) errors.push(invalidText(`values[${index}][${key}]`, value, messages.join("; ")));
  });
  if (errors.length > 0) throw unparsed(errors.length === 1 ? (errors[0] ?? "") : `[${errors.join(", ")}]`);
  return requirement;
}

function invalidText(path: string, value: string, message: string): string {
  return `${path}: Invalid value: ${JSON.stringify(value)}: ${message}`;
}

function unparsed(message: string): SelectorError {
  return new SelectorError(`unable to parse requirement: ${message}`);
}
