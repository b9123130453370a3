// How sequences are written down: a list of named requests, each in a namespace of its own.
import type { Past, Received, Sent, Step } from "./run.ts";

export const TABLE = {
  accept:
    "application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json",
};
export const PARTIALS = {
  accept: "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io,application/json",
};
export const JSON_PATCH = "application/json-patch+json";
export const MERGE = "application/merge-patch+json";
export const STRATEGIC = "application/strategic-merge-patch+json";
export const APPLY = "application/apply-patch+yaml";

export type Script = [name: string, send: Sent | ((past: Past) => Sent), facts?: Step["facts"]][];

export const get = (path: string, headers?: Record<string, string>): Sent => ({ method: "GET", path, headers });
export const post = (path: string, body: unknown): Sent => ({ method: "POST", path, body });
export const del = (path: string, body?: unknown): Sent => ({ method: "DELETE", path, body });
export const put = (path: string, body: unknown): Sent => ({ method: "PUT", path, body });
export const patch = (path: string, type: string, body: unknown): Sent => ({
  method: "PATCH",
  path,
  body,
  headers: { "content-type": type },
});

/** PUT of what an earlier step answered, changed. */
export const change =
  (path: string, from: string, edit: (object: Received["body"]) => void) =>
  (past: Past): Sent => {
    const object = structuredClone(past[from]?.body);
    edit(object);
    return put(path, object);
  };

export const version = (r: Received | undefined): string => r?.body?.metadata?.resourceVersion;
export const sameVersionAs =
  (step: string): Step["facts"] =>
  (now, past) =>
    version(now) === version(past[step]);

/** Scripts as steps, each script in a namespace of its own; names are prefixed with the script's. */
export function stepsOf(scripts: Record<string, (ns: string) => Script>): Record<string, Step[]> {
  return Object.fromEntries(
    Object.entries(scripts).map(([title, script]) => {
      const ns = `seq-${title.toLowerCase()}`;
      const make: Step = {
        name: `${title}: namespace`,
        send: post("/api/v1/namespaces", { metadata: { name: ns } }),
        setup: true,
      };
      const own = (past: Past): Past =>
        Object.fromEntries(Object.entries(past).map(([name, r]) => [name.replace(`${title}: `, ""), r]));
      const steps = script(ns).map(([name, send, facts]): Step => ({
        name: `${title}: ${name}`,
        send: typeof send === "function" ? (past) => send(own(past)) : send,
        facts: facts && ((now, past) => facts(now, own(past))),
      }));
      return [title, [make, ...steps]];
    }),
  );
}
