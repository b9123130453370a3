// What a pod spec asks for beside itself: the ConfigMaps, Secrets, ServiceAccount, PriorityClass and PersistentVolumeClaims that must be in a cluster before its pods
// can start there. Optional references count too: a pod may read them when they exist.
import type { Loose } from "./object.ts";

export interface FollowerName {
  /** Store resource: "configmaps", "persistentvolumeclaims", "priorityclasses.scheduling.k8s.io", "secrets", "serviceaccounts". */
  resource: string;
  name: string;
  /** It is in no Namespace. */
  clusterScoped?: true;
}

const PRIORITY_CLASSES = "priorityclasses.scheduling.k8s.io";

/** Each follower once, sorted by resource and name. */
export function followersNamedBy(podSpec: Loose): FollowerName[] {
  const found = new Map<string, FollowerName>();
  const add = (resource: string, name: string | undefined): void => {
    if (name) found.set(`${resource}/${name}`, { resource, name });
  };
  add("serviceaccounts", podSpec?.serviceAccountName ?? podSpec?.serviceAccount);
  for (const reference of podSpec?.imagePullSecrets ?? []) add("secrets", reference.name);
  for (const list of [podSpec?.initContainers, podSpec?.containers, podSpec?.ephemeralContainers]) {
    for (const container of list ?? []) namedByContainer(container, add);
  }
  for (const volume of podSpec?.volumes ?? []) namedByVolume(volume, add);
  const priority: string | undefined = podSpec?.priorityClassName;
  if (priority) found.set(PRIORITY_CLASSES, { resource: PRIORITY_CLASSES, name: priority, clusterScoped: true });
  return [...found.keys()].sort().map((key) => found.get(key) as FollowerName);
}

type Add = (resource: string, name: string | undefined) => void;

function namedByContainer(container: Loose, add: Add): void {
  for (const { valueFrom } of container.env ?? []) {
    add("configmaps", valueFrom?.configMapKeyRef?.name);
    add("secrets", valueFrom?.secretKeyRef?.name);
  }
  for (const source of container.envFrom ?? []) {
    add("configmaps", source.configMapRef?.name);
    add("secrets", source.secretRef?.name);
  }
}

/** Volume sources that hold a Secret's name in `secretRef` or another field of theirs. */
const SECRET_REFERENCES = ["cephfs", "flexVolume", "iscsi", "rbd", "scaleIO", "storageos"];

function namedByVolume(volume: Loose, add: Add): void {
  add("configmaps", volume.configMap?.name);
  add("secrets", volume.secret?.secretName);
  add("persistentvolumeclaims", volume.persistentVolumeClaim?.claimName);
  for (const source of volume.projected?.sources ?? []) {
    add("configmaps", source.configMap?.name);
    add("secrets", source.secret?.name);
  }
  for (const type of SECRET_REFERENCES) add("secrets", volume[type]?.secretRef?.name);
  add("secrets", volume.csi?.nodePublishSecretRef?.name);
  add("secrets", volume.azureFile?.secretName);
}
