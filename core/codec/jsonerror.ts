// Why a text is not JSON, in the words of Go's encoding/json scanner (kube-apiserver puts them into its 400). Slow path only:
// JSON.parse has already refused the text, or it nests too deeply.

class Stop {
  readonly message: string;
  constructor(message: string) {
    this.message = message;
  }
}

const SPACE = new Set([" ", "\t", "\r", "\n"]);
const ESCAPES = new Set([...'bfnrt\\/"', "u"]);

/** One byte as Go's strconv.Quote shows it between single quotes; a character beyond ASCII shows as its first UTF-8 byte. */
function quoteChar(text: string, index: number): string {
  const char = text[index]!;
  if (char === "'") return "'\\''";
  if (char === '"') return "'\"'";
  let code = text.codePointAt(index)!;
  if (code > 0x7f)
    code = code < 0x800 ? 0xc0 | (code >> 6) : code < 0x10000 ? 0xe0 | (code >> 12) : 0xf0 | (code >> 18);
  const named: Record<number, string> = {
    7: "\\a",
    8: "\\b",
    9: "\\t",
    10: "\\n",
    11: "\\v",
    12: "\\f",
    13: "\\r",
    92: "\\\\",
  };
  if (named[code]) return `'${named[code]}'`;
  if (code < 0x20 || code === 0x7f) return `'\\x${code.toString(16).padStart(2, "0")}'`;
  return `'${String.fromCharCode(code)}'`;
}

class Scanner {
  readonly text: string;
  readonly maxDepth: number;
  index = 0;

  constructor(text: string, maxDepth: number) {
    this.text = text;
    this.maxDepth = maxDepth;
  }

  fail(context: string): never {
    if (this.index >= this.text.length) throw new Stop("unexpected end of JSON input");
    throw new Stop(`invalid character ${quoteChar(this.text, this.index)} ${context}`);
  }

  peek(): string {
    while (SPACE.has(this.text[this.index] ?? "")) this.index++;
    return this.text[this.index] ?? "";
  }

  value(depth: number): void {
    const char = this.peek();
    if (char === "{" || char === "[") {
      if (depth >= this.maxDepth) this.fail("exceeded max depth");
      this.index++;
      if (char === "{") this.object(depth + 1);
      else this.array(depth + 1);
    } else if (char === '"') this.string();
    else if (char === "-" || (char >= "0" && char <= "9")) this.number();
    else if (char === "t") this.literal("true");
    else if (char === "f") this.literal("false");
    else if (char === "n") this.literal("null");
    else this.fail("looking for beginning of value");
  }

  object(depth: number): void {
    if (this.peek() === "}") return void this.index++;
    for (;;) {
      if (this.peek() !== '"') this.fail("looking for beginning of object key string");
      this.string();
      if (this.peek() !== ":") this.fail("after object key");
      this.index++;
      this.value(depth);
      const char = this.peek();
      if (char !== "," && char !== "}") this.fail("after object key:value pair");
      this.index++;
      if (char === "}") return;
    }
  }

  array(depth: number): void {
    if (this.peek() === "]") return void this.index++;
    for (;;) {
      this.value(depth);
      const char = this.peek();
      if (char !== "," && char !== "]") this.fail("after array element");
      this.index++;
      if (char === "]") return;
    }
  }

  string(): void {
    for (this.index++; ; this.index++) {
      const char = this.text[this.index] ?? "";
      if (char === '"') return void this.index++;
      if (char < " ") this.fail("in string literal");
      if (char === "\\") this.escape();
    }
  }

  escape(): void {
    const char = this.text[++this.index] ?? "";
    if (!ESCAPES.has(char)) this.fail("in string escape code");
    if (char !== "u") return;
    for (let digit = 0; digit < 4; digit++) {
      this.index++;
      if (!/^[0-9a-fA-F]$/.test(this.text[this.index] ?? "")) this.fail("in \\u hexadecimal character escape");
    }
  }

  digits(context: string): void {
    if (!/^\d$/.test(this.text[this.index] ?? "")) this.fail(context);
    while (/^\d$/.test(this.text[this.index] ?? "")) this.index++;
  }

  number(): void {
    if (this.text[this.index] === "-") this.index++;
    if (this.text[this.index] === "0") this.index++;
    else this.digits("in numeric literal");
    if (this.text[this.index] === ".") {
      this.index++;
      this.digits("after decimal point in numeric literal");
    }
    if (this.text[this.index] === "e" || this.text[this.index] === "E") {
      this.index++;
      if (this.text[this.index] === "+" || this.text[this.index] === "-") this.index++;
      this.digits("in exponent of numeric literal");
    }
  }

  literal(word: string): void {
    for (const letter of word) {
      if (this.text[this.index] !== letter) this.fail(`in literal ${word} (expecting '${letter}')`);
      this.index++;
    }
  }
}

/** The error Go would report for `text`, which must not be valid JSON of at most `maxDepth` levels. */
export function syntaxError(text: string, maxDepth: number): string {
  const scanner = new Scanner(text, maxDepth);
  try {
    scanner.value(0);
    if (scanner.peek() !== "" || scanner.index < text.length) scanner.fail("after top-level value");
  } catch (error) {
    if (error instanceof Stop) return error.message;
    throw error;
  }
  return "unexpected end of JSON input";
}
