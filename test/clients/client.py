"""What a script written with the official Python client does, unmodified. Prints one line a check; the exit code says whether all held.

Usage: client.py KUBECONFIG NAMESPACE
"""

import sys
import time

from kubernetes import client, config, dynamic, utils, watch
from kubernetes.client.rest import ApiException

kubeconfig, namespace = sys.argv[1], sys.argv[2]
config.load_kube_config(kubeconfig)
failed = False


def check(what, held, detail=""):
    global failed
    failed = failed or not held
    print(f"{'ok' if held else 'FAILED'} {what} {'' if held else detail}".rstrip(), flush=True)


core, apps, batch = client.CoreV1Api(), client.AppsV1Api(), client.BatchV1Api()
version = client.VersionApi().get_code()
check("version", version.major == "1", version)
core.create_namespace({"metadata": {"name": namespace}})

# A watch from before the first change sees all of them, in order.
start = core.list_namespaced_config_map(namespace).metadata.resource_version
for index in range(12):
    core.create_namespaced_config_map(namespace, {"metadata": {"name": f"m{index:02}", "labels": {"of": "test"}}, "data": {"i": str(index)}})
core.patch_namespaced_config_map("m00", namespace, {"data": {"i": "patched"}})
seen = []
for event in watch.Watch().stream(core.list_namespaced_config_map, namespace, label_selector="of=test", resource_version=start, timeout_seconds=5):
    seen.append((event["type"], event["object"].metadata.name))
    if event["type"] == "MODIFIED":
        break
check("watch", seen == [("ADDED", f"m{index:02}") for index in range(12)] + [("MODIFIED", "m00")], seen)

names, token = [], None
while True:
    page = core.list_namespaced_config_map(namespace, label_selector="of=test", limit=5, _continue=token)
    names += [item.metadata.name for item in page.items]
    token = page.metadata._continue
    if not token:
        break
check("pages of five", names == [f"m{index:02}" for index in range(12)], names)

try:
    core.create_namespaced_config_map(namespace, {"metadata": {"name": "m00"}})
    check("a second creation is refused", False)
except ApiException as error:
    check("a second creation is refused", error.status == 409 and "AlreadyExists" in error.body, error)
try:
    core.create_namespaced_config_map(namespace, {"metadata": {"name": "Bad Name"}})
    check("a bad name is refused", False)
except ApiException as error:
    check("a bad name is refused", error.status == 422 and "metadata.name" in error.body, error)

labels = {"app": "python"}
container = client.V1Container(name="c", image="nginx", resources=client.V1ResourceRequirements(requests={"cpu": "10m"}))
template = client.V1PodTemplateSpec(metadata=client.V1ObjectMeta(labels=labels), spec=client.V1PodSpec(containers=[container]))
spec = client.V1DeploymentSpec(replicas=1, selector=client.V1LabelSelector(match_labels=labels), template=template)
made = apps.create_namespaced_deployment(namespace, client.V1Deployment(metadata=client.V1ObjectMeta(name="python"), spec=spec))
check("deployment", made.spec.strategy.rolling_update.max_surge == "25%", made.spec)


def replaced():
    """Somebody may write the status between the read and the replace."""
    for _ in range(20):
        current = apps.read_namespaced_deployment("python", namespace)
        current.spec.replicas = 2
        try:
            return apps.replace_namespaced_deployment("python", namespace, current)
        except ApiException as error:
            if error.status != 409:
                raise


check("replace", replaced().metadata.generation == 2)
try:
    apps.replace_namespaced_deployment("python", namespace, made)
    check("a stale replace conflicts", False)
except ApiException as error:
    check("a stale replace conflicts", error.status == 409, error)
scale = apps.patch_namespaced_deployment_scale("python", namespace, {"spec": {"replicas": 3}})
check("scale", scale.spec.replicas == 3, scale)
job = batch.create_namespaced_job(namespace, {"metadata": {"name": "once"}, "spec": {"template": {"spec": {"restartPolicy": "Never", "containers": [{"name": "c", "image": "busybox"}]}}}})
check("job", job.spec.backoff_limit == 6 and job.spec.completions == 1, job.spec)

dynamic_client = dynamic.DynamicClient(client.ApiClient())
maps = dynamic_client.resources.get(api_version="v1", kind="ConfigMap")
applied = maps.server_side_apply(namespace=namespace, body={"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "applied"}, "data": {"a": "1"}}, field_manager="python")
check("dynamic apply", applied.data.a == "1" and applied.metadata.managedFields[0].operation == "Apply", applied)
check("dynamic list", len(maps.get(namespace=namespace, label_selector="of=test").items) == 12)
utils.create_from_dict(client.ApiClient(), {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "python", "namespace": namespace}, "spec": {"selector": labels, "ports": [{"port": 80}]}})
service = core.read_namespaced_service("python", namespace)
check("service has an address", bool(service.spec.cluster_ip) and service.spec.ports[0].target_port == 80, service.spec)

core.delete_collection_namespaced_config_map(namespace, label_selector="of=test")
check("deletecollection", not core.list_namespaced_config_map(namespace, label_selector="of=test").items)
core.delete_namespace(namespace)
end = time.time() + 30
while time.time() < end:
    try:
        core.read_namespace(namespace)
        time.sleep(0.1)
    except ApiException as error:
        check("namespace gone", error.status == 404, error)
        break
else:
    check("namespace gone", False, "not within 30 s")
sys.exit(1 if failed else 0)
