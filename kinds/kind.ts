// A kind is a table entry: everything that wire, core, agents and simulated members need to know about it.
// A further built-in kind is one file with one `Kind` and one line in kinds/all.ts; no code elsewhere may name it.
import type { Structural } from "./custom/kinds.ts";
import type { JsonObject, KubeObject } from "./object.ts";

export type Verb = "create" | "delete" | "deletecollection" | "get" | "list" | "patch" | "update" | "watch";

/** A field error as kube-apiserver puts it into Status.details.causes (apimachinery field.Error). */
export interface FieldError {
  reason:
    | "FieldValueInvalid"
    | "FieldValueRequired"
    | "FieldValueDuplicate"
    | "FieldValueNotSupported"
    | "FieldValueForbidden"
    | "FieldValueNotFound"
    | "FieldValueTooLong"
    | "FieldValueTooMany"
    | "FieldValueTypeInvalid";
  /** Path as field.Path prints it: "spec.template.spec.containers[0].name". */
  field: string;
  /** Text after "<field>: ", e.g. "Required value" or "Invalid value: \"x\": must be …". */
  message: string;
}

/** One column of a Table (meta.k8s.io/v1). */
export interface Column {
  name: string;
  type: "string" | "integer" | "number" | "boolean" | "date";
  format?: string;
  description?: string;
  /** 0 is always shown, 1 only with -o wide. */
  priority?: number;
  /** Its cell is written, but no column says so (upstream forgets IPAddress' Age, and clients show what is declared). */
  undeclared?: boolean;
  /** The cell; `now` in ms since the epoch renders ages. */
  cell(object: KubeObject, now: number): string | number | boolean | null;
}

/** Where a scale subresource finds its numbers (dotted paths). */
export interface ScalePaths {
  specReplicas: string;
  statusReplicas: string;
  /** A field holding a LabelSelector object or its string form. */
  selector: string;
}

/** How a kind takes part in the federation (DESIGN section 6). */
export type FederationRule =
  /**
   * Divided among clusters: `divided` names the dotted fields a share fills in, left out of the revision; none: placed whole in one
   * cluster. `once`: it runs to its end, so what disappears in the cluster is reported and never made again.
   */
  | {
      rule: "workload";
      divided: readonly string[];
      once?: boolean;
      /** Where no Placement says otherwise. Default: "divided" where `divided` names something, else "whole". */
      division?: "divided" | "whole" | "everywhere";
      /** Divided, each cluster gets a fixed block of ordinals: what has an identity never moves by itself. */
      ordinals?: boolean;
    }
  /**
   * Goes where a placed workload names or selects it. `keeps`: it holds data, so it is removed from a cluster only when it is deleted at the
   * root, never because nothing there needs it any more.
   */
  | {
      rule: "follower";
      keeps?: boolean;
      /** Instead of being named by the workload it finds it: the object that `spec.<path>` names, or the pods that a selector there selects. */
      finds?: { target: string } | { pods: string };
      /** Dotted fields that are divided like the shares of what it follows; left out of the revision. */
      divided?: readonly string[];
    }
  /** Absent in the member: created; present: used, never adopted or changed. */
  | { rule: "container" }
  /** Stays at the root. */
  | { rule: "root" };

/** Changes one part of an object through an endpoint of its own, beside status and scale: pods/ephemeralcontainers, pods/resize. */
export interface Part {
  /** Leaves in `next` only what this endpoint may change and takes all else from `old`, in place. */
  keep(next: KubeObject, old: KubeObject): void;
  /** Instead of Kind.validate. */
  validate?(object: KubeObject, old: KubeObject): FieldError[];
}

/**
 * Another served version of a stored kind: the same objects in other clothes (autoscaling/v1 of autoscaling/v2). Its defaults are set before
 * the stored kind's; its validation, if it has one, takes the place of the stored kind's; strategies are the stored kind's alone.
 */
export interface Conversion {
  /** The kind whose version is stored; it shares resource name and scope, its group may differ (events.k8s.io of core). */
  stored: Kind;
  /** Both make a new object; what the other version cannot say is kept in annotations as upstream does, or lost as upstream does. */
  toStored(object: KubeObject): KubeObject;
  fromStored(object: KubeObject): KubeObject;
}

/** The object of that name, or where there is none all of them. Cluster-scoped. */
export interface Lookup {
  /** Of the store: "storageclasses.storage.k8s.io". */
  resource: string;
  name?: string;
}

export interface Kind {
  group: string;
  version: string;
  kind: string;
  /** Plural, lower case: the path segment. */
  resource: string;
  singular: string;
  namespaced: boolean;
  shortNames?: readonly string[];
  categories?: readonly string[];
  verbs: readonly Verb[];
  /** A question: a POST is answered at once and nothing is stored (SubjectAccessReview); `verbs` is create alone. */
  asked?: true;
  status?: boolean;
  scale?: ScalePaths;
  /** Definition in the facts, or for our own kinds the name under which kinds/ registers the schema. */
  schema: string;
  /** Of a kind that a CustomResourceDefinition brought: what else the generated facts say. */
  structural?: Structural;
  /** metadata.generation is kept: 1 at creation, +1 when anything but metadata and status changes. */
  generation?: boolean;
  /** Rule for metadata.name (apimachinery validation). Default "subdomain". */
  nameRule?: "subdomain" | "label" | "dns1035" | "path" | "ip";
  /** PUT without resourceVersion is accepted (AllowUnconditionalUpdate). Default true for built-ins. */
  unconditionalUpdate?: boolean;
  /** PUT to a missing name creates (AllowCreateOnUpdate). */
  createOnUpdate?: boolean;
  /** spec.finalizers hold an object that is being deleted, change only through /finalize, and DELETE sets status.phase Terminating (Namespace). */
  finalize?: boolean;
  /** Names that DELETE refuses with 403 (admission's NamespaceLifecycle). */
  undeletable?: readonly string[];
  /** The reason that DELETE gives then. Default "this <singular> may not be deleted". */
  undeletableWhy?: string;
  /** Seconds that DELETE leaves the object to whoever runs it, who then deletes it with 0 (Pod's CheckGracefulDelete). `asked`: gracePeriodSeconds. */
  grace?(object: KubeObject, asked: number | undefined): number;
  /** What the first DELETE marks the object with, in place, beside its time (a finalizer of its own, a condition). */
  marks?(object: KubeObject, now: string): void;
  /** What DELETE without a policy does to dependents where it is not Background: "orphan" leaves them, "ignore" knows none (DefaultGarbageCollectionPolicy). */
  dependents?: "orphan" | "ignore";
  /** Said in a Warning header with a DELETE that names no policy. */
  deleteWarning?: string;
  /** Endpoints below an object that take a POST of another kind: pods/binding (v1 Binding), pods/eviction (policy/v1 Eviction). */
  posts?: readonly ("binding" | "eviction")[];
  /** Endpoints below an object that change a part of it, by name; beside status and scale. */
  parts?: Readonly<Record<string, Part>>;
  /** Served only as another version of a stored kind. */
  conversion?: Conversion;
  /** DELETE answers with the object instead of a Status. */
  returnsDeleted?: boolean;
  /** Field selectors beyond metadata.name and metadata.namespace. */
  fields?: Readonly<Record<string, (object: KubeObject) => string>>;
  /** Error text for a field selector that names another field; default "field label not supported: <field>". */
  unknownField?(field: string): string;
  /** Labels change through the main endpoint alone: /status leaves them as they are (Deployment's status strategy). */
  statusKeepsLabels?: boolean;
  /** The same of ownerReferences (Pod's, since old kubelets wrote them wrong). */
  statusKeepsOwners?: boolean;
  /** Columns after which Age is appended by the table writer unless a column is named Age. First is Name. */
  columns: readonly Column[];
  /** Why the object's row counts as completed (a Table row's one condition); undefined: it does not. */
  completed?(object: KubeObject): { reason: string; message: string } | undefined;
  /** No Age is appended: upstream's table has none. */
  ageless?: boolean;
  /** Fills in what upstream's defaults.go fills in, in place. Idempotent. Called after decoding and after every patch. */
  setDefaults?(object: KubeObject): void;
  /**
   * Sets what the strategy sets at creation (phase, finalizers, allocated fields that need no I/O), in place. May answer with what is said in
   * Warning headers even where the object turns out to be invalid.
   */
  prepareCreate?(object: KubeObject): string[] | void;
  /** Keeps what an update may not touch, in place; may raise metadata.generation, which holds the old one, where more than the spec counts. */
  prepareUpdate?(object: KubeObject, old: KubeObject): void;
  /** The same for /status, beside what every status endpoint keeps. */
  prepareStatus?(object: KubeObject, old: KubeObject): void;
  /** What kube-apiserver's own admission plug-ins fill in before validation (service account, tolerations, …), in place; not on /status. Answers with why it is forbidden, if it is (403). */
  admit?(object: KubeObject, old?: KubeObject, found?: readonly KubeObject[]): string | void;
  /** What `admit` must know of another kind at a creation, which is then read first and handed to it as `found`. A read more: sparingly. */
  looksUp?(object: KubeObject): Lookup | undefined;
  /** Writes down when something came, in place: a time that only the server knows. On create and update, not on /status. */
  stamp?(object: KubeObject, old: KubeObject | undefined, now: string): void;
  /** Why a verb is not served although Kubernetes has it, and how it is done here: what the 405 says. */
  refuses?(verb: Verb, subresource: string): string | undefined;
  /** Errors kube-apiserver would give; `old` on update. */
  validate?(object: KubeObject, old?: KubeObject): FieldError[];
  federation: FederationRule;
  /** False: this one never leaves the root, whatever its kind's rule says (a ReplicaSet that only records a Deployment's history). */
  propagates?(object: KubeObject): boolean;
  /** Said in Warning headers with a create or update that is valid (WarningsOnCreate and WarningsOnUpdate of a strategy). */
  warnings?(object: KubeObject, old?: KubeObject): string[];
  /** Cluster-scoped objects that it newly names; each that is not there is said in a Warning header. */
  mentions?(object: KubeObject, old?: KubeObject): Required<Lookup>[];
  /** Said in a Warning header with every list of this kind. */
  warning?: string;
  /** Said in a Warning header with every answer to a request of this kind: what it is deprecated for. */
  deprecation?: string;
}

/** A kind whose objects are computed from another stored kind (Node from Cluster). */
export interface Projection {
  /** Resource name of the source in the store, e.g. "clusters.hanse.dev". */
  source: string;
  project(source: KubeObject): JsonObject;
  /** Absent: it is only read. */
  writes?: ProjectionWrites;
}

/** How a change of a projected object becomes one of its source. */
export interface ProjectionWrites {
  /** Paths that both have, and that alone are written: [["metadata", "labels"]]. Managers own them in both. */
  fields: readonly (readonly string[])[];
  /** Fields below them that stand under another name in the source: [projected, there]. */
  renamed: readonly (readonly [readonly string[], readonly string[]])[];
  /** Fields below them that the source does not have: nobody owns them there. */
  computed: readonly (readonly string[])[];
  /** Changes `source` in place, all but managedFields; answers with what may not be written. */
  write(change: ProjectedChange): FieldError[];
}

export interface ProjectedChange {
  next: KubeObject;
  /** As it was read. */
  old: KubeObject;
  source: KubeObject;
  /** By server-side apply: what `next` leaves out was not asked to go. */
  applied: boolean;
}

export function kindKey(kind: Pick<Kind, "group" | "resource">): string {
  return kind.group === "" ? kind.resource : `${kind.resource}.${kind.group}`;
}
