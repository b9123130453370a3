// The member cluster's API in the verbs an agent needs. An answer is data, never an exception: `ok`, or a Failure that says whether
// trying again can help (network, 5xx, 429) or not (4xx). Nothing is cached; nothing is retried here.
import { AGENT_MANAGER, BINDING_LABEL } from "../kinds/binding.ts";
import type { KubeObject } from "../kinds/object.ts";
import { type Answer, type Http, openHttp, type Outgoing, Unreachable } from "./http.ts";
import type { Access } from "./kube.ts";

/** A kind as the member serves it. */
export interface Served {
  apiVersion: string;
  kind: string;
  resource: string;
}

export interface MemberKey extends Served {
  /** Absent for cluster-scoped kinds. */
  namespace?: string;
  name: string;
}

export interface Failure {
  ok: false;
  /** 0: no answer. */
  code: number;
  /** Of the Status: "NotFound", "AlreadyExists", "Conflict", … */
  reason: string;
  message: string;
  transient: boolean;
  retryAfterMs?: number;
}

export type Result<T> = ({ ok: true } & T) | Failure;

export interface WatchEvent {
  type: "ADDED" | "MODIFIED" | "DELETED" | "BOOKMARK" | "ERROR";
  object: KubeObject;
}

export interface Page {
  items: KubeObject[];
  resourceVersion: string;
  continue?: string;
}

export interface Removal {
  /** What depends on the object stays. */
  orphan?: boolean | undefined;
  /** Absent: the object's own. */
  graceSeconds?: number | undefined;
}

export interface Member {
  get(key: MemberKey): Promise<Result<{ object: KubeObject }>>;
  /** Server-side apply with force. `created`: the answer was 201. */
  apply(key: MemberKey, body: string): Promise<Result<{ object: KubeObject; created: boolean }>>;
  /** Changes a part of the object through the endpoint made for that, with a strategic merge patch. */
  patchPart(key: MemberKey, part: string, body: string): Promise<Result<{ object: KubeObject }>>;
  /** Gives up fields: a merge patch of managedFields alone, which the server takes as it is. */
  disown(key: MemberKey, body: string): Promise<Result<{ object: KubeObject }>>;
  create(key: MemberKey, body: string): Promise<Result<{ object: KubeObject }>>;
  /** Only while the object has this uid. `gone`: nothing is left to wait for. */
  remove(key: MemberKey, uid: string, how?: Removal): Promise<Result<{ gone: boolean }>>;
  /** policy/v1 Eviction of a pod with this uid. */
  evict(key: MemberKey, uid: string, how?: Pick<Removal, "graceSeconds">): Promise<Result<{ object: KubeObject }>>;
  list(served: Served, query: Record<string, string>, namespace?: string): Promise<Result<{ page: Page }>>;
  watch(
    served: Served,
    query: Record<string, string>,
    signal: AbortSignal,
  ): Promise<Result<{ events: AsyncGenerator<WatchEvent> }>>;
  /** Any other read: discovery, /version. */
  read(path: string): Promise<Result<{ value: KubeObject }>>;
  close(): void;
}

/** The server ends watches itself after 5–10 minutes; one silent for longer than bookmarks come is dead. */
const WATCH_SECONDS = 300;
const WATCH_IDLE_MS = (WATCH_SECONDS + 30) * 1000;

export function openMember(access: Access, signal?: AbortSignal, http: Http = openHttp(access.endpoint)): Member {
  async function call(outgoing: Outgoing): Promise<Answer | Failure> {
    try {
      return await http.send({ ...outgoing, signal, headers: { ...(await access.headers()), ...outgoing.headers } });
    } catch (error) {
      return noAnswer(error);
    }
  }

  async function object(outgoing: Outgoing): Promise<Result<{ object: KubeObject; status: number }>> {
    const answer = await call(outgoing);
    if (!("text" in answer)) return answer;
    if (answer.status >= 300) return failureOf(answer);
    try {
      return { ok: true, object: JSON.parse(answer.text) as KubeObject, status: answer.status };
    } catch {
      return { ok: false, code: 0, reason: "Unavailable", message: "the answer is no JSON", transient: true };
    }
  }

  return {
    get: (key) => object({ method: "GET", path: objectPath(key) }),
    async apply(key, body) {
      const path = `${objectPath(key)}?fieldManager=${AGENT_MANAGER}&force=true`;
      const result = await object({
        method: "PATCH",
        path,
        body,
        headers: { "content-type": "application/apply-patch+yaml" },
      });
      return result.ok ? { ok: true, object: result.object, created: result.status === 201 } : result;
    },
    patchPart: (key, part, body) =>
      object({
        method: "PATCH",
        path: `${objectPath(key)}/${part}?fieldManager=${AGENT_MANAGER}`,
        body,
        headers: { "content-type": "application/strategic-merge-patch+json" },
      }),
    disown: (key, body) =>
      object({
        method: "PATCH",
        path: `${objectPath(key)}?fieldManager=${AGENT_MANAGER}`,
        body,
        headers: { "content-type": "application/merge-patch+json" },
      }),
    create: (key, body) =>
      object({
        method: "POST",
        path: `${collectionPath(key, key.namespace)}?fieldManager=${AGENT_MANAGER}`,
        body,
        headers: JSON_BODY,
      }),
    async remove(key, uid, { orphan, graceSeconds } = {}) {
      const options = {
        kind: "DeleteOptions",
        apiVersion: "v1",
        propagationPolicy: orphan === true ? "Orphan" : "Background",
        ...(graceSeconds === undefined ? {} : { gracePeriodSeconds: graceSeconds }),
        preconditions: { uid },
      };
      const result = await object({
        method: "DELETE",
        path: objectPath(key),
        body: JSON.stringify(options),
        headers: JSON_BODY,
      });
      if (!result.ok) return result;
      // The object itself comes back when finalizers hold it, and for some kinds always: only a Status says that it is gone.
      return { ok: true, gone: result.object.kind === "Status" };
    },
    evict: (key, uid, { graceSeconds } = {}) =>
      object({
        method: "POST",
        path: `${objectPath(key)}/eviction`,
        body: JSON.stringify({
          apiVersion: "policy/v1",
          kind: "Eviction",
          metadata: { name: key.name, namespace: key.namespace },
          deleteOptions: {
            ...(graceSeconds === undefined ? {} : { gracePeriodSeconds: graceSeconds }),
            preconditions: { uid },
          },
        }),
        headers: JSON_BODY,
      }),
    async list(served, query, namespace) {
      const result = await object({
        method: "GET",
        path: `${collectionPath(served, namespace)}?${new URLSearchParams(query)}`,
      });
      if (!result.ok) return result;
      const list = result.object as unknown as {
        items?: KubeObject[];
        metadata?: { resourceVersion?: string; continue?: string };
      };
      const { resourceVersion = "", continue: more } = list.metadata ?? {};
      return { ok: true, page: { items: list.items ?? [], resourceVersion, continue: more || undefined } };
    },
    async watch(served, query, end) {
      const all = { watch: "1", allowWatchBookmarks: "true", timeoutSeconds: String(WATCH_SECONDS), ...query };
      const path = `${collectionPath(served)}?${new URLSearchParams(all)}`;
      try {
        const stream = await http.stream(
          { method: "GET", path, headers: await access.headers(), signal: end },
          WATCH_IDLE_MS,
        );
        return stream.lines === undefined ? failureOf(stream) : { ok: true, events: parseEvents(stream.lines) };
      } catch (error) {
        return noAnswer(error);
      }
    },
    async read(path) {
      const result = await object({ method: "GET", path });
      return result.ok ? { ok: true, value: result.object } : result;
    },
    close: () => http.close(),
  };
}

/** Its uid tells which cluster this is. */
export const KUBE_SYSTEM: MemberKey = {
  apiVersion: "v1",
  kind: "Namespace",
  resource: "namespaces",
  name: "kube-system",
};

/** Objects that carry the agents' label. */
export const OURS = { labelSelector: BINDING_LABEL };

const JSON_BODY = { "content-type": "application/json" };

async function* parseEvents(lines: AsyncGenerator<string>): AsyncGenerator<WatchEvent> {
  for await (const line of lines) yield JSON.parse(line) as WatchEvent;
}

function collectionPath({ apiVersion, resource }: Served, namespace?: string): string {
  const root = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  return namespace === undefined
    ? `${root}/${resource}`
    : `${root}/namespaces/${encodeURIComponent(namespace)}/${resource}`;
}

function objectPath(key: MemberKey): string {
  return `${collectionPath(key, key.namespace)}/${encodeURIComponent(key.name)}`;
}

function noAnswer(error: unknown): Failure {
  const message = error instanceof Error ? error.message : String(error);
  if (!(error instanceof Unreachable))
    return { ok: false, code: 0, reason: "Unavailable", message: `credentials: ${message}`, transient: true };
  return { ok: false, code: 0, reason: "Unavailable", message, transient: true };
}

function failureOf({ status: code, text, retryAfterMs }: Answer): Failure {
  let reason = "";
  let message = text.slice(0, 200);
  try {
    const status = JSON.parse(text) as { reason?: string; message?: string };
    reason = status.reason ?? "";
    message = status.message ?? message;
  } catch {
    // A proxy's page, or plain text.
  }
  return {
    ok: false,
    code,
    reason,
    message: message || `HTTP ${code}`,
    transient: code === 429 || code >= 500,
    retryAfterMs,
  };
}
