// metav1.Time and metav1.MicroTime: reading what clients send as Go's time.Parse does (its errors reach clients in a 400), and
// writing the one form Kubernetes stores: UTC, whole seconds, or exactly six digits for MicroTime.

export type TimeKind = "Time" | "MicroTime";

const LAYOUT = { Time: "2006-01-02T15:04:05Z07:00", MicroTime: "2006-01-02T15:04:05.000000Z07:00" } as const;

export type ParsedTime = { ok: true; text: string } | { ok: false; message: string };

function pad(value: number, length: number): string {
  return String(value).padStart(length, "0");
}

/** RFC 3339 for seconds since the epoch (and microseconds for MicroTime). */
export function formatTime(seconds: number, micros: number, kind: TimeKind): string {
  const date = new Date(seconds * 1000);
  const day = `${pad(date.getUTCFullYear(), 4)}-${pad(date.getUTCMonth() + 1, 2)}-${pad(date.getUTCDate(), 2)}`;
  const time = `${pad(date.getUTCHours(), 2)}:${pad(date.getUTCMinutes(), 2)}:${pad(date.getUTCSeconds(), 2)}`;
  return `${day}T${time}${kind === "MicroTime" ? `.${pad(micros, 6)}` : ""}Z`;
}

/** Seconds that a Date can hold: years 0 to 9999. */
export function isTime(seconds: number): boolean {
  return seconds >= -62_167_219_200 && seconds < 253_402_300_800;
}

class Refused {
  readonly message: string;
  constructor(message: string) {
    this.message = message;
  }
}

class Reader {
  readonly text: string;
  readonly kind: TimeKind;
  rest: string;

  constructor(text: string, kind: TimeKind) {
    this.text = text;
    this.kind = kind;
    this.rest = text;
  }

  bad(part: string, rest = this.rest): never {
    throw new Refused(
      `parsing time ${JSON.stringify(this.text)} as "${LAYOUT[this.kind]}": cannot parse ${JSON.stringify(rest)} as "${part}"`,
    );
  }

  outOfRange(what: string): never {
    throw new Refused(`parsing time ${JSON.stringify(this.text)}: ${what} out of range`);
  }

  take(pattern: RegExp, part: string): string {
    const found = pattern.exec(this.rest)?.[0] ?? this.bad(part);
    this.rest = this.rest.slice(found.length);
    return found;
  }

  number(part: string, what: string, min: number, max: number): number {
    const value = Number(this.take(part === "15" ? /^\d\d?/ : /^\d\d/, part));
    if (value < min || value > max) this.outOfRange(what);
    return value;
  }

  literal(char: string): void {
    if (!this.rest.startsWith(char)) this.bad(char);
    this.rest = this.rest.slice(1);
  }

  /** Microseconds. */
  fraction(): number {
    if (this.kind === "MicroTime") return Number(this.take(/^[.,]\d{6}/, ".000000").slice(1));
    const digits = /^[.,]\d+/.exec(this.rest)?.[0] ?? "";
    this.rest = this.rest.slice(digits.length);
    return 0;
  }

  /** Seconds east of UTC. */
  zone(): number {
    if (this.rest.startsWith("Z")) {
      this.rest = this.rest.slice(1);
      return 0;
    }
    const [text, sign, hours, minutes] = /^([+-])(\d\d):(\d\d)/.exec(this.rest) ?? this.bad("Z07:00");
    if (Number(hours) > 24) this.outOfRange("time zone offset hour");
    if (Number(minutes) > 60) this.outOfRange("time zone offset minute");
    this.rest = this.rest.slice(text.length);
    return (sign === "-" ? -60 : 60) * (Number(hours) * 60 + Number(minutes));
  }

  read(): string {
    const year = Number(this.take(/^\d{4}/, "2006"));
    this.literal("-");
    const month = this.number("01", "month", 1, 12);
    this.literal("-");
    const day = Number(this.take(/^\d\d/, "02"));
    this.literal("T");
    const hour = this.number("15", "hour", 0, 23);
    this.literal(":");
    const minute = this.number("04", "minute", 0, 59);
    this.literal(":");
    const second = this.number("05", "second", 0, 59);
    const micros = this.fraction();
    const offset = this.zone();
    if (this.rest !== "")
      throw new Refused(`parsing time ${JSON.stringify(this.text)}: extra text: ${JSON.stringify(this.rest)}`);
    const date = new Date(0);
    date.setUTCFullYear(year, month - 1, day);
    if (date.getUTCMonth() !== month - 1 || day < 1) this.outOfRange("day");
    return formatTime(date.getTime() / 1000 + hour * 3600 + minute * 60 + second - offset, micros, this.kind);
  }
}

export function parseTime(text: string, kind: TimeKind): ParsedTime {
  try {
    return { ok: true, text: new Reader(text, kind).read() };
  } catch (error) {
    if (error instanceof Refused) return { ok: false, message: error.message };
    throw error;
  }
}
