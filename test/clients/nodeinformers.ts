// What a program written with @kubernetes/client-node does: an informer (list, then watch) over ConfigMaps while they are made, changed
// and deleted, once as a script that returns what the informer told, in order, and once for as long as one likes, over restarts of the server.
import { CoreV1Api, KubeConfig, type V1ConfigMap, type V1ConfigMapList, makeInformer } from "@kubernetes/client-node";

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

export interface Following {
  /** Names in its cache, sorted. */
  cached(): string[];
  /** resourceVersion of each list it made. */
  lists: number[];
  stop(): Promise<void>;
}

/** An informer that starts again, as its documentation shows, whenever it ends with an error. */
export async function followConfigMaps(kubeconfig: string, namespace: string): Promise<Following> {
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  const api = config.makeApiClient(CoreV1Api);
  const lists: number[] = [];
  const list = async (): Promise<V1ConfigMapList> => {
    const listed = await api.listNamespacedConfigMap({ namespace });
    lists.push(Number(listed.metadata?.resourceVersion));
    return listed;
  };
  const informer = makeInformer(config, `/api/v1/namespaces/${namespace}/configmaps`, list);
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  const again = (): void => {
    if (!stopped) timer = setTimeout(() => void informer.start().catch(again), 100);
  };
  informer.on("error", again);
  await informer.start();
  return {
    lists,
    cached: () =>
      informer
        .list()
        .map((object) => object.metadata?.name ?? "")
        .sort(),
    stop: async () => {
      stopped = true;
      clearTimeout(timer);
      await informer.stop();
    },
  };
}
