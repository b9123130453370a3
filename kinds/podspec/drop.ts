// Fields that kube-apiserver 1.36 forgets without a word because their feature is off by default (kk:pkg/api/pod DropDisabledPodFields).
import type { Loose } from "../object.ts";
import { eachContainer } from "./visit.ts";

/** In place. */
export function dropDisabled(spec: Loose): void {
  // GenericWorkload.
  delete spec.schedulingGroup;
  // ClusterTrustBundleProjection, PodCertificateRequest.
  for (const { projected } of spec.volumes ?? []) {
    for (const source of projected?.sources ?? []) {
      delete source.clusterTrustBundle;
      delete source.podCertificate;
    }
  }
  // ContainerStopSignals.
  eachContainer(spec, "", (container) => {
    if (container.lifecycle?.stopSignal === undefined) return;
    delete container.lifecycle.stopSignal;
    if (Object.keys(container.lifecycle).length === 0) delete container.lifecycle;
  });
}
