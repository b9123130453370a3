// What a program written with @kubernetes/client-node does: an informer (list, then watch) over ConfigMaps while they are made, changed
// and deleted. Returns what the informer told, in order.
import { CoreV1Api, KubeConfig, type V1ConfigMap, makeInformer } from "@kubernetes/client-node";

export interface Told {
  events: string[];
  /** What the informer's cache holds at the end. */
  cached: string[];
}

export async function watchConfigMaps(kubeconfig: string, namespace: string): Promise<Told> {
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  const api = config.makeApiClient(CoreV1Api);
  const events: string[] = [];
  const path = `/api/v1/namespaces/${namespace}/configmaps`;
  const informer = makeInformer(config, path, () => api.listNamespacedConfigMap({ namespace }));
  const note = (what: string) => (object: V1ConfigMap) => {
    if (object.metadata?.name?.startsWith("n"))
      events.push(`${what} ${object.metadata.name} ${object.data?.["i"] ?? ""}`);
  };
  informer.on("add", note("add"));
  informer.on("update", note("update"));
  informer.on("delete", note("delete"));
  const failed = new Promise<never>((_, reject) => informer.on("error", reject));
  const seen = async (count: number): Promise<void> => {
    const end = Date.now() + 10_000;
    while (events.length < count) {
      if (Date.now() > end) throw new Error(`told ${events.length} of ${count} events: ${events.join("; ")}`);
      await Promise.race([failed, new Promise((done) => setTimeout(done, 20))]);
    }
  };
  await informer.start();
  try {
    for (const name of ["n1", "n2", "n3"]) {
      await api.createNamespacedConfigMap({ namespace, body: { metadata: { name }, data: { i: "0" } } });
    }
    await seen(3);
    const body = await api.readNamespacedConfigMap({ namespace, name: "n2" });
    await api.replaceNamespacedConfigMap({ namespace, name: "n2", body: { ...body, data: { i: "1" } } });
    await seen(4);
    await api.deleteNamespacedConfigMap({ namespace, name: "n1" });
    await seen(5);
    const cached = informer.list().map((object) => object.metadata?.name ?? "");
    return { events, cached: cached.filter((name) => name.startsWith("n")).sort() };
  } finally {
    await informer.stop();
  }
}
