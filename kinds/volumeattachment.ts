// VolumeAttachment (storage.k8s.io/v1): a volume on a node. Members' own controllers make them; stored at the root for whoever asks.
import { goStruct } from "./facts/gotypes.ts";
import type { FieldError, Kind } from "./kind.ts";
import type { KubeObject, Loose } from "./object.ts";
import { AGE, NAME } from "./rules/columns.ts";
import { forbidden, invalid, invalidEach, required, tooManyBytes } from "./rules/errors.ts";
import { goValue, type GoStruct } from "./rules/gojson.ts";
import { sameJson, validateMetadata } from "./rules/metadata.ts";
import { byteLength, dns1123Subdomain, inRange } from "./rules/names.ts";
import { dropZeros, showZeros } from "./rules/zeros.ts";
import { driverNameErrors } from "./storage/volumesource.ts";
import { defaultVolumeSpec, validateVolumeSpec } from "./storage/volumespec.ts";

const VOLUME_ERROR = "io.k8s.api.storage.v1.VolumeError";

function setDefaults(object: KubeObject): void {
  dropZeros(object, volumeAttachment.schema);
  object.spec ??= {};
  object.spec.source ??= {};
  if (object.spec.source.inlineVolumeSpec) defaultVolumeSpec(object.spec.source.inlineVolumeSpec);
  object.status ??= {};
  object.status.attached ??= false;
  for (const error of [object.status.attachError, object.status.detachError]) if (error) showZeros(error, VOLUME_ERROR);
}

const MAX_METADATA = 256 * 1024;
const MAX_MESSAGE = 1024;
const ONE_SOURCE = "must specify exactly one of inlineVolumeSpec and persistentVolumeName";

const goSpec = (): GoStruct => ({
  Attacher: ["attacher", ""],
  Source: [
    "source",
    {},
    {
      PersistentVolumeName: ["persistentVolumeName", null],
      InlineVolumeSpec: ["inlineVolumeSpec", null, goStruct("PersistentVolumeSpec")],
    },
  ],
  NodeName: ["nodeName", ""],
});

function validate(object: KubeObject, old?: KubeObject): FieldError[] {
  const { spec, status } = object;
  const { attacher = "", source, nodeName = "" } = spec;
  const errors = [
    ...validateMetadata(volumeAttachment, object, old, ["meta"]),
    ...driverNameErrors("spec.attacher", attacher),
    ...validateSource(source, "spec.source"),
    ...invalidEach("spec.nodeName", nodeName, dns1123Subdomain(nodeName)),
    ...validateStatus(status ?? {}),
  ];
  const name = source.persistentVolumeName;
  if (name !== undefined) errors.push(...invalidEach("spec.source.persistentVolumeName", name, dns1123Subdomain(name)));
  if (old !== undefined && !sameJson(spec, old.spec))
    errors.push(invalid("spec", goValue(goSpec(), spec), "field is immutable"));
  return errors;
}

function validateSource({ inlineVolumeSpec, persistentVolumeName: name }: Loose, path: string): FieldError[] {
  if (inlineVolumeSpec) {
    return name === undefined
      ? validateVolumeSpec(inlineVolumeSpec, "", `${path}.inlineVolumeSpec`, { inline: true })
      : [forbidden(path, ONE_SOURCE)];
  }
  if (name === undefined) return [required(path, ONE_SOURCE)];
  return name === "" ? [required(`${path}.persistentVolumeName`, "must specify non empty persistentVolumeName")] : [];
}

function validateStatus(status: Loose): FieldError[] {
  const entries = Object.entries((status.attachmentMetadata ?? {}) as Record<string, string>);
  const bytes = entries.reduce((sum, [key, value]) => sum + byteLength(key) + byteLength(value), 0);
  const errors: FieldError[] = bytes > MAX_METADATA ? [tooManyBytes("status.attachmentMetadata", MAX_METADATA)] : [];
  for (const field of ["attachError", "detachError"]) {
    const { message = "", errorCode } = status[field] ?? {};
    // The limit that is said is not the one that holds.
    if (byteLength(message) > MAX_MESSAGE) errors.push(tooManyBytes(`status.${field}.message`, MAX_METADATA));
    if (errorCode < 0) errors.push(invalid(`status.${field}.errorCode`, errorCode, inRange(0, 2 ** 31 - 1)));
  }
  return errors;
}

export const volumeAttachment: Kind = {
  group: "storage.k8s.io",
  version: "v1",
  kind: "VolumeAttachment",
  resource: "volumeattachments",
  singular: "volumeattachment",
  namespaced: false,
  verbs: ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"],
  status: true,
  schema: "io.k8s.api.storage.v1.VolumeAttachment",
  unconditionalUpdate: false,
  returnsDeleted: true,
  columns: [
    NAME,
    {
      name: "Attacher",
      type: "string",
      format: "name",
      description: "The driver that attaches",
      cell: ({ spec }) => spec?.attacher ?? "",
    },
    {
      name: "PV",
      type: "string",
      description: "What is attached",
      cell: ({ spec }) => spec?.source?.persistentVolumeName ?? "",
    },
    { name: "Node", type: "string", description: "Where", cell: ({ spec }) => spec?.nodeName ?? "" },
    {
      name: "Attached",
      type: "boolean",
      description: "Whether it is done",
      cell: ({ status }) => status?.attached ?? false,
    },
    AGE,
  ],
  setDefaults,
  prepareCreate: (object) => {
    object.status = { attached: false };
  },
  validate,
  federation: { rule: "root" },
};
