// What a controller written with client-go does, unmodified: typed clients (protobuf bodies), shared informers (WatchList), metadata-only
// and dynamic informers, leader election by Lease, a paged list, a retrying watch. Prints one line a check; the exit code says whether all held.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"sync"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/apimachinery/pkg/watch"
	applycorev1 "k8s.io/client-go/applyconfigurations/core/v1"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/dynamic/dynamicinformer"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/metadata"
	"k8s.io/client-go/metadata/metadatainformer"
	"k8s.io/client-go/restmapper"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/tools/leaderelection"
	"k8s.io/client-go/tools/leaderelection/resourcelock"
	"k8s.io/client-go/tools/pager"
	watchtools "k8s.io/client-go/tools/watch"
	"k8s.io/client-go/util/retry"
)

const objects = 40

var failed bool

func check(what string, err error) {
	if err != nil {
		failed = true
		fmt.Printf("FAILED %s: %v\n", what, err)
		return
	}
	fmt.Printf("ok %s\n", what)
}

func within(ctx context.Context, seconds time.Duration, condition func() bool) error {
	return wait.PollUntilContextTimeout(ctx, 20*time.Millisecond, seconds*time.Second, true, func(context.Context) (bool, error) { return condition(), nil })
}

func main() {
	kubeconfig := flag.String("kubeconfig", "", "path of a kubeconfig")
	namespace := flag.String("namespace", "informers", "namespace to work in")
	flag.Parse()
	config, err := clientcmd.BuildConfigFromFlags("", *kubeconfig)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	config.QPS, config.Burst = 1000, 2000
	ctx, cancel := context.WithTimeout(context.Background(), 90*time.Second)
	defer cancel()
	client := kubernetes.NewForConfigOrDie(config)
	ns := *namespace
	_, err = client.CoreV1().Namespaces().Create(ctx, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: ns}}, metav1.CreateOptions{})
	check("namespace made", err)

	typed(ctx, client, ns)
	others(ctx, untyped{dynamic.NewForConfigOrDie(config), metadata.NewForConfigOrDie(config), discovery.NewDiscoveryClientForConfigOrDie(config)}, ns)
	writes(ctx, client, ns)
	election(ctx, client, ns)
	check("namespace deleted", client.CoreV1().Namespaces().Delete(ctx, ns, metav1.DeleteOptions{}))
	check("namespace gone", within(ctx, 30, func() bool {
		_, err := client.CoreV1().Namespaces().Get(ctx, ns, metav1.GetOptions{})
		return apierrors.IsNotFound(err)
	}))
	if failed {
		os.Exit(1)
	}
}

type seen struct {
	sync.Mutex
	added, updated, deleted map[string]int
}

func (s *seen) handler() cache.ResourceEventHandlerFuncs {
	name := func(object any) string {
		key, _ := cache.DeletionHandlingMetaNamespaceKeyFunc(object)
		return key
	}
	count := func(counts map[string]int, object any) {
		s.Lock()
		defer s.Unlock()
		counts[name(object)]++
	}
	return cache.ResourceEventHandlerFuncs{
		AddFunc:    func(object any) { count(s.added, object) },
		UpdateFunc: func(_, object any) { count(s.updated, object) },
		DeleteFunc: func(object any) { count(s.deleted, object) },
	}
}

func (s *seen) lengths() (int, int, int) {
	s.Lock()
	defer s.Unlock()
	return len(s.added), len(s.updated), len(s.deleted)
}

// Shared informers of many kinds; ConfigMaps made, changed and deleted while they run.
func typed(ctx context.Context, client kubernetes.Interface, ns string) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	factory := informers.NewSharedInformerFactory(client, 0)
	maps := factory.Core().V1().ConfigMaps()
	counts := &seen{added: map[string]int{}, updated: map[string]int{}, deleted: map[string]int{}}
	scoped := informers.NewSharedInformerFactoryWithOptions(client, 0, informers.WithNamespace(ns))
	_, err := scoped.Core().V1().ConfigMaps().Informer().AddEventHandler(counts.handler())
	check("handler", err)
	synced := []cache.InformerSynced{maps.Informer().HasSynced, scoped.Core().V1().ConfigMaps().Informer().HasSynced}
	for _, informer := range []cache.SharedIndexInformer{
		factory.Core().V1().Pods().Informer(), factory.Core().V1().Nodes().Informer(), factory.Core().V1().Services().Informer(),
		factory.Core().V1().Secrets().Informer(), factory.Core().V1().Namespaces().Informer(), factory.Core().V1().Events().Informer(),
		factory.Core().V1().PersistentVolumeClaims().Informer(), factory.Core().V1().PersistentVolumes().Informer(), factory.Core().V1().ServiceAccounts().Informer(),
		factory.Core().V1().Endpoints().Informer(), factory.Core().V1().LimitRanges().Informer(), factory.Core().V1().ResourceQuotas().Informer(),
		factory.Core().V1().ReplicationControllers().Informer(), factory.Core().V1().PodTemplates().Informer(),
		factory.Apps().V1().Deployments().Informer(), factory.Apps().V1().ReplicaSets().Informer(), factory.Apps().V1().StatefulSets().Informer(),
		factory.Apps().V1().DaemonSets().Informer(), factory.Apps().V1().ControllerRevisions().Informer(),
		factory.Batch().V1().Jobs().Informer(), factory.Batch().V1().CronJobs().Informer(),
		factory.Autoscaling().V1().HorizontalPodAutoscalers().Informer(), factory.Autoscaling().V2().HorizontalPodAutoscalers().Informer(),
		factory.Networking().V1().Ingresses().Informer(), factory.Networking().V1().IngressClasses().Informer(), factory.Networking().V1().NetworkPolicies().Informer(),
		factory.Networking().V1().IPAddresses().Informer(), factory.Networking().V1().ServiceCIDRs().Informer(),
		factory.Policy().V1().PodDisruptionBudgets().Informer(), factory.Discovery().V1().EndpointSlices().Informer(),
		factory.Coordination().V1().Leases().Informer(), factory.Events().V1().Events().Informer(), factory.Scheduling().V1().PriorityClasses().Informer(),
		factory.Storage().V1().StorageClasses().Informer(), factory.Storage().V1().VolumeAttachments().Informer(), factory.Storage().V1().CSIDrivers().Informer(),
		factory.Storage().V1().CSINodes().Informer(), factory.Storage().V1().CSIStorageCapacities().Informer(), factory.Storage().V1().VolumeAttributesClasses().Informer(),
		factory.Node().V1().RuntimeClasses().Informer(),
	} {
		synced = append(synced, informer.HasSynced)
	}
	for _, informer := range []interface {
		SetWatchErrorHandler(cache.WatchErrorHandler) error
	}{maps.Informer(), scoped.Core().V1().ConfigMaps().Informer()} {
		_ = informer.SetWatchErrorHandler(func(_ *cache.Reflector, err error) { check("watch of ConfigMaps", err) })
	}
	factory.Start(ctx.Done())
	scoped.Start(ctx.Done())
	limited, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	if !cache.WaitForCacheSync(limited.Done(), synced...) {
		for kind, ok := range factory.WaitForCacheSync(limited.Done()) {
			if !ok {
				fmt.Printf("not synced: %v\n", kind)
			}
		}
		check("informers of all kinds synced", fmt.Errorf("not within 20 s"))
		return
	}
	check("informers of all kinds synced", nil)

	api := client.CoreV1().ConfigMaps(ns)
	base, _, _ := counts.lengths()
	for i := range objects {
		_, err := api.Create(ctx, &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: fmt.Sprintf("m%02d", i), Labels: map[string]string{"of": "test"}}, Data: map[string]string{"i": fmt.Sprint(i)}}, metav1.CreateOptions{})
		if err != nil {
			check("create", err)
			return
		}
	}
	check("every creation seen once", within(ctx, 10, func() bool { added, _, _ := counts.lengths(); return added == base+objects }))
	for i := range objects {
		err := retry.RetryOnConflict(retry.DefaultRetry, func() error {
			one, err := api.Get(ctx, fmt.Sprintf("m%02d", i), metav1.GetOptions{})
			if err != nil {
				return err
			}
			one.Data["i"] = "changed"
			_, err = api.Update(ctx, one, metav1.UpdateOptions{})
			return err
		})
		if err != nil {
			check("update", err)
			return
		}
	}
	check("every change seen", within(ctx, 10, func() bool { _, updated, _ := counts.lengths(); return updated >= objects }))

	var paged int
	err = pager.New(pager.SimplePageFunc(func(o metav1.ListOptions) (runtime.Object, error) { return api.List(ctx, o) })).EachListItem(ctx, metav1.ListOptions{Limit: 7, LabelSelector: "of=test"}, func(runtime.Object) error { paged++; return nil })
	if err == nil && paged != objects {
		err = fmt.Errorf("%d of %d", paged, objects)
	}
	check("pages of seven", err)

	list, err := api.List(ctx, metav1.ListOptions{})
	check("list", err)
	retrying, err := watchtools.NewRetryWatcherWithContext(ctx, list.ResourceVersion, &cache.ListWatch{WatchFunc: func(o metav1.ListOptions) (watch.Interface, error) { return api.Watch(ctx, o) }})
	check("retry watcher", err)
	check("deletecollection", api.DeleteCollection(ctx, metav1.DeleteOptions{}, metav1.ListOptions{LabelSelector: "of=test"}))
	deletions := 0
	end := time.After(10 * time.Second)
	for deletions < objects {
		select {
		case event := <-retrying.ResultChan():
			if event.Type == watch.Deleted {
				deletions++
			}
		case <-end:
			check("deletions through the retry watcher", fmt.Errorf("%d of %d", deletions, objects))
			return
		}
	}
	check("every deletion seen", within(ctx, 10, func() bool { _, _, deleted := counts.lengths(); return deleted == objects }))
	remaining, err := api.List(ctx, metav1.ListOptions{})
	check("list after", err)
	check("the informer's store equals the list", within(ctx, 10, func() bool {
		return len(scoped.Core().V1().ConfigMaps().Informer().GetStore().List()) == len(remaining.Items)
	}))
}

type untyped struct {
	dynamic   dynamic.Interface
	metadata  metadata.Interface
	discovery *discovery.DiscoveryClient
}

// What garbage collectors, GitOps tools and generic controllers use.
func others(ctx context.Context, clients untyped, ns string) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	groups, err := restmapper.GetAPIGroupResources(clients.discovery)
	check("discovery", err)
	mapping, err := restmapper.NewDiscoveryRESTMapper(groups).RESTMapping(schema.GroupKind{Group: "apps", Kind: "Deployment"}, "v1")
	check("mapping", err)
	if err == nil && mapping.Resource.Resource != "deployments" {
		check("mapping", fmt.Errorf("%v", mapping.Resource))
	}
	_, lists, err := clients.discovery.ServerGroupsAndResources()
	check("groups and resources", err)
	_, err = clients.discovery.OpenAPISchema()
	check("OpenAPI v2 as protobuf", err)
	paths, err := clients.discovery.OpenAPIV3().Paths()
	check("OpenAPI v3", err)
	for path, gv := range paths {
		if _, err := gv.Schema("application/json"); err != nil {
			check("OpenAPI v3 of "+path, err)
		}
	}
	var synced []cache.InformerSynced
	meta := metadatainformer.NewSharedInformerFactory(clients.metadata, 0)
	dyn := dynamicinformer.NewDynamicSharedInformerFactory(clients.dynamic, 0)
	kinds := 0
	for _, list := range discovery.FilteredBy(discovery.SupportsAllVerbs{Verbs: []string{"list", "watch"}}, lists) {
		gv, _ := schema.ParseGroupVersion(list.GroupVersion)
		for _, resource := range list.APIResources {
			kinds++
			synced = append(synced, meta.ForResource(gv.WithResource(resource.Name)).Informer().HasSynced, dyn.ForResource(gv.WithResource(resource.Name)).Informer().HasSynced)
		}
	}
	meta.Start(ctx.Done())
	dyn.Start(ctx.Done())
	limited, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	if !cache.WaitForCacheSync(limited.Done(), synced...) {
		err = fmt.Errorf("not within 20 s")
	}
	check(fmt.Sprintf("metadata-only and dynamic informers of %d kinds", kinds), err)
}

// Server-side apply, patches, subresources, finalizers through the typed client.
func writes(ctx context.Context, client kubernetes.Interface, ns string) {
	api := client.CoreV1().ConfigMaps(ns)
	apply := applycorev1.ConfigMap("applied", ns).WithData(map[string]string{"a": "1"}).WithFinalizers("example.com/hold")
	_, err := api.Apply(ctx, apply, metav1.ApplyOptions{FieldManager: "one"})
	check("apply", err)
	_, err = api.Apply(ctx, applycorev1.ConfigMap("applied", ns).WithData(map[string]string{"a": "2"}), metav1.ApplyOptions{FieldManager: "two"})
	if !apierrors.IsConflict(err) {
		check("apply conflicts", fmt.Errorf("expected a conflict: %v", err))
	}
	extracted, err := api.Get(ctx, "applied", metav1.GetOptions{})
	check("get", err)
	mine, err := applycorev1.ExtractConfigMap(extracted, "one")
	if err == nil && mine.Data["a"] != "1" {
		err = fmt.Errorf("extracted %v", mine.Data)
	}
	check("what was applied can be extracted", err)
	check("delete held", api.Delete(ctx, "applied", metav1.DeleteOptions{}))
	_, err = api.Patch(ctx, "applied", types.MergePatchType, []byte(`{"metadata":{"finalizers":null}}`), metav1.PatchOptions{})
	check("release", err)
	_, err = api.Get(ctx, "applied", metav1.GetOptions{})
	if !apierrors.IsNotFound(err) {
		check("gone", fmt.Errorf("expected NotFound: %v", err))
	}
	one := int32(1)
	labels := map[string]string{"app": "scaled"}
	deployment := &appsv1.Deployment{ObjectMeta: metav1.ObjectMeta{Name: "scaled"}, Spec: appsv1.DeploymentSpec{Replicas: &one, Selector: &metav1.LabelSelector{MatchLabels: labels},
		Template: corev1.PodTemplateSpec{ObjectMeta: metav1.ObjectMeta{Labels: labels}, Spec: corev1.PodSpec{Containers: []corev1.Container{{Name: "c", Image: "x"}}}}}}
	_, err = client.AppsV1().Deployments(ns).Create(ctx, deployment, metav1.CreateOptions{})
	check("deployment", err)
	// The status may be written between the read and the write.
	err = retry.RetryOnConflict(retry.DefaultRetry, func() error {
		scale, err := client.AppsV1().Deployments(ns).GetScale(ctx, "scaled", metav1.GetOptions{})
		if err != nil {
			return err
		}
		scale.Spec.Replicas = 3
		_, err = client.AppsV1().Deployments(ns).UpdateScale(ctx, "scaled", scale, metav1.UpdateOptions{})
		return err
	})
	check("update scale", err)
	_, err = client.CoreV1().Pods(ns).Create(ctx, &corev1.Pod{ObjectMeta: metav1.ObjectMeta{GenerateName: "p-"}, Spec: corev1.PodSpec{Containers: []corev1.Container{{Name: "c", Image: "x"}}}}, metav1.CreateOptions{DryRun: []string{"All"}})
	check("dry run of a pod", err)
}

// Leader election renews a Lease by compare-and-set.
func election(ctx context.Context, client kubernetes.Interface, ns string) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	led := make(chan struct{})
	lock := &resourcelock.LeaseLock{LeaseMeta: metav1.ObjectMeta{Name: "leader", Namespace: ns}, Client: client.CoordinationV1(), LockConfig: resourcelock.ResourceLockConfig{Identity: "me"}}
	go leaderelection.RunOrDie(ctx, leaderelection.LeaderElectionConfig{Lock: lock, LeaseDuration: 3 * time.Second, RenewDeadline: 2 * time.Second, RetryPeriod: 200 * time.Millisecond, ReleaseOnCancel: true,
		Callbacks: leaderelection.LeaderCallbacks{OnStartedLeading: func(context.Context) { close(led) }, OnStoppedLeading: func() {}}})
	select {
	case <-led:
		time.Sleep(600 * time.Millisecond)
		lease, err := client.CoordinationV1().Leases(ns).Get(ctx, "leader", metav1.GetOptions{})
		if err == nil && (lease.Spec.HolderIdentity == nil || *lease.Spec.HolderIdentity != "me" || lease.Spec.RenewTime == nil) {
			err = fmt.Errorf("%v", lease.Spec)
		}
		check("leader elected", err)
	case <-time.After(10 * time.Second):
		check("leader elected", fmt.Errorf("not within 10 s"))
	}
}
