// CSIDriver (storage.k8s.io/v1): a member's own affair; stored at the root for charts that bring one.
import type { FieldError, Kind } from "./kind.ts";
import type { KubeObject, Loose } from "./object.ts";
import { AGE, NAME } from "./rules/columns.ts";
import { duplicate, invalid, notSupported } from "./rules/errors.ts";
import { sameJson, validateMetadata } from "./rules/metadata.ts";
import { dropZeros } from "./rules/zeros.ts";

function setDefaults(object: KubeObject): void {
  dropZeros(object, csiDriver.schema);
  object.spec ??= {};
  const { spec } = object;
  spec.attachRequired ??= true;
  spec.podInfoOnMount ??= false;
  spec.storageCapacity ??= false;
  spec.fsGroupPolicy ??= "ReadWriteOnceWithFSType";
  if (!spec.volumeLifecycleModes?.length) spec.volumeLifecycleModes = ["Persistent"];
  spec.requiresRepublish ??= false;
  spec.seLinuxMount ??= false;
}

/** VolumeLimitScaling is alpha and off. */
function dropDisabled(object: KubeObject, old?: KubeObject): void {
  if (old?.spec?.preventPodSchedulingIfMissing === undefined) delete object.spec.preventPodSchedulingIfMissing;
}

const POLICIES = ["File", "None", "ReadWriteOnceWithFSType"];
const LIFECYCLES = ["Persistent", "Ephemeral"];
const MIN_SECONDS = 600;
const MAX_SECONDS = 2 ** 32;
const MIN_UPDATE_SECONDS = 10;

function validate(object: KubeObject, old?: KubeObject): FieldError[] {
  const { spec } = object;
  const errors = validateMetadata(csiDriver, object, old);
  if (!POLICIES.includes(spec.fsGroupPolicy))
    errors.push(notSupported("spec.fsGroupPolicy", spec.fsGroupPolicy, POLICIES));
  errors.push(...validateTokenRequests(spec.tokenRequests ?? []));
  for (const mode of spec.volumeLifecycleModes)
    if (!LIFECYCLES.includes(mode)) errors.push(notSupported("spec.volumeLifecycleModes", mode, LIFECYCLES));
  const seconds = spec.nodeAllocatableUpdatePeriodSeconds;
  if (seconds !== undefined && seconds < MIN_UPDATE_SECONDS) {
    errors.push(
      invalid("spec.nodeAllocatableUpdatePeriodSeconds", seconds, "must be greater than or equal to 10 seconds"),
    );
  }
  const inSecrets = spec.serviceAccountTokenInSecrets;
  if (inSecrets !== undefined && !spec.tokenRequests?.length) {
    const detail = "serviceAccountTokenInSecrets is set but no tokenRequests are specified";
    errors.push(invalid("spec.serviceAccountTokenInSecrets", inSecrets, detail));
  }
  if (old === undefined) return errors;
  for (const [field, says] of Object.entries({ attachRequired: "attachedRequired", volumeLifecycleModes: "" })) {
    if (!sameJson(spec[field], old.spec?.[field]))
      errors.push(invalid(`spec.${says || field}`, spec[field], "field is immutable"));
  }
  return errors;
}

function validateTokenRequests(requests: Loose[]): FieldError[] {
  const audiences = new Set<string>();
  return requests.flatMap(({ audience = "", expirationSeconds: seconds }, index) => {
    const path = `spec.tokenRequests[${index}]`;
    if (audiences.has(audience)) return [duplicate(`${path}.audience`, audience)];
    audiences.add(audience);
    if (seconds === undefined) return [];
    if (seconds < MIN_SECONDS)
      return [invalid(`${path}.expirationSeconds`, seconds, "may not specify a duration less than 10 minutes")];
    return seconds > MAX_SECONDS
      ? [invalid(`${path}.expirationSeconds`, seconds, "may not specify a duration larger than 2^32 seconds")]
      : [];
  });
}

const RECOMMENDED =
  "spec.serviceAccountTokenInSecrets is unset; if supported by this CSI driver, set to true to prevent possible logging of tokens in volume attributes";

function warnings({ spec }: KubeObject, old?: KubeObject): string[] {
  const requests = spec.tokenRequests ?? [];
  const changed = old === undefined || !sameJson(requests, old.spec?.tokenRequests);
  return requests.length > 0 && changed && spec.serviceAccountTokenInSecrets === undefined ? [RECOMMENDED] : [];
}

export const csiDriver: Kind = {
  group: "storage.k8s.io",
  version: "v1",
  kind: "CSIDriver",
  resource: "csidrivers",
  singular: "csidriver",
  namespaced: false,
  verbs: ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"],
  schema: "io.k8s.api.storage.v1.CSIDriver",
  unconditionalUpdate: false,
  returnsDeleted: true,
  columns: [
    NAME,
    {
      name: "AttachRequired",
      type: "boolean",
      description: "Whether volumes are attached first",
      cell: ({ spec }) => spec?.attachRequired ?? true,
    },
    {
      name: "PodInfoOnMount",
      type: "boolean",
      description: "Whether it is told of the pod",
      cell: ({ spec }) => spec?.podInfoOnMount ?? false,
    },
    {
      name: "StorageCapacity",
      type: "boolean",
      description: "Whether its free capacity counts",
      cell: ({ spec }) => spec?.storageCapacity ?? false,
    },
    {
      name: "TokenRequests",
      type: "string",
      description: "Audiences of the tokens it gets",
      cell: ({ spec }) => spec?.tokenRequests?.map(({ audience }: Loose) => audience ?? "").join(",") ?? "<unset>",
    },
    {
      name: "RequiresRepublish",
      type: "boolean",
      description: "Whether volumes are published again and again",
      cell: ({ spec }) => spec?.requiresRepublish ?? false,
    },
    {
      name: "Modes",
      type: "string",
      description: "Lifecycles of its volumes",
      cell: ({ spec }) => spec?.volumeLifecycleModes?.join(",") || "<none>",
    },
    AGE,
  ],
  setDefaults,
  prepareCreate: (object) => dropDisabled(object),
  /** kk:pkg/registry/storage/csidriver/strategy.go counts changes, but from none: a new one has no generation. */
  prepareUpdate: (object, old) => {
    dropDisabled(object, old);
    if (!sameJson(object.spec, old.spec)) object.metadata.generation = (old.metadata.generation ?? 0) + 1;
  },
  warnings,
  validate,
  federation: { rule: "root" },
};
