// Where to listen, from what a user writes: "https://127.0.0.1:7420", "0.0.0.0:7420", "[::1]:7420", ":7420", "7420".
import { hostname, networkInterfaces } from "node:os";

export interface Address {
  host: string;
  port: number;
  /** What clients on this machine call the server. */
  url(port: number): string;
  /** Every name and address that the certificate must carry. */
  hosts: string[];
}

const ALWAYS = ["localhost", "127.0.0.1", "::1"];

/** @throws Error that says what is wrong with `text`. */
export function parseListen(text: string): Address {
  const rest = text.replace(/^https:\/\//, "").replace(/\/$/, "");
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]/]*))(?::(\d{1,5}))?$/.exec(/^\d+$/.test(rest) ? `:${rest}` : rest);
  const port = Number(match?.[3] ?? 7420);
  if (!match || port > 65535) throw new Error(`--listen ${text}: write HOST:PORT, as in 127.0.0.1:7420 (https only)`);
  const host = match[1] ?? (match[2] || "127.0.0.1");
  const everywhere = host === "0.0.0.0" || host === "::";
  const named = everywhere ? "127.0.0.1" : host;
  return {
    host,
    port,
    url: (actual) => `https://${named.includes(":") ? `[${named}]` : named}:${actual}`,
    hosts: everywhere ? [...ALWAYS, hostname(), ...addresses()] : [...ALWAYS, host],
  };
}

/** Scoped (link-local) IPv6 addresses cannot stand in a certificate. */
function addresses(): string[] {
  return Object.values(networkInterfaces())
    .flat()
    .filter((found) => found !== undefined && !(found.family === "IPv6" && found.scopeid !== 0))
    .map((found) => found!.address);
}
