// A small operator as they are written with controller-runtime: leader election by Lease, a finalizer, an owned ConfigMap, status, events.
// It reads no environment but KUBECONFIG; told to stop, it gives its Lease back.
package main

import (
	"context"
	"fmt"
	"os"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/tools/events"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller/controllerutil"
	"sigs.k8s.io/controller-runtime/pkg/log/zap"
	"sigs.k8s.io/controller-runtime/pkg/metrics/server"
)

const finalizer = "example.com/cleanup"

var recipes = schema.GroupVersionKind{Group: "example.com", Version: "v1", Kind: "Recipe"}

type reconciler struct {
	client.Client
	recorder events.EventRecorder
}

func (r *reconciler) Reconcile(ctx context.Context, request ctrl.Request) (ctrl.Result, error) {
	recipe := &unstructured.Unstructured{}
	recipe.SetGroupVersionKind(recipes)
	if err := r.Get(ctx, request.NamespacedName, recipe); err != nil {
		return ctrl.Result{}, client.IgnoreNotFound(err)
	}
	config := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: recipe.GetName(), Namespace: recipe.GetNamespace()}}
	if !recipe.GetDeletionTimestamp().IsZero() {
		if err := r.Delete(ctx, config); err != nil && !apierrors.IsNotFound(err) {
			return ctrl.Result{}, err
		}
		if controllerutil.RemoveFinalizer(recipe, finalizer) {
			return ctrl.Result{}, r.Update(ctx, recipe)
		}
		return ctrl.Result{}, nil
	}
	if controllerutil.AddFinalizer(recipe, finalizer) {
		if err := r.Update(ctx, recipe); err != nil {
			return ctrl.Result{}, err
		}
	}
	text, _, _ := unstructured.NestedString(recipe.Object, "spec", "text")
	made, err := controllerutil.CreateOrUpdate(ctx, r.Client, config, func() error {
		config.Data = map[string]string{"text": text}
		return controllerutil.SetControllerReference(recipe, config, r.Scheme())
	})
	if err != nil {
		return ctrl.Result{}, err
	}
	if made == controllerutil.OperationResultNone {
		return ctrl.Result{}, nil
	}
	r.recorder.Eventf(recipe, nil, corev1.EventTypeNormal, "Cooked", "Cook", "configmap %s %s", config.Name, made)
	before := recipe.DeepCopy()
	if err := unstructured.SetNestedField(recipe.Object, recipe.GetGeneration(), "status", "observedGeneration"); err != nil {
		return ctrl.Result{}, err
	}
	return ctrl.Result{}, r.Status().Patch(ctx, recipe, client.MergeFrom(before))
}

func run() error {
	ctrl.SetLogger(zap.New())
	lease, renew, retry := 4*time.Second, 3*time.Second, time.Second
	manager, err := ctrl.NewManager(ctrl.GetConfigOrDie(), ctrl.Options{
		Metrics:                       server.Options{BindAddress: "0"},
		LeaderElection:                true,
		LeaderElectionID:              "cook.example.com",
		LeaderElectionNamespace:       "default",
		LeaderElectionReleaseOnCancel: true,
		LeaseDuration:                 &lease,
		RenewDeadline:                 &renew,
		RetryPeriod:                   &retry,
	})
	if err != nil {
		return err
	}
	watched := &unstructured.Unstructured{}
	watched.SetGroupVersionKind(recipes)
	if err := ctrl.NewControllerManagedBy(manager).For(watched).Owns(&corev1.ConfigMap{}).
		Complete(&reconciler{Client: manager.GetClient(), recorder: manager.GetEventRecorder("cook")}); err != nil {
		return err
	}
	return manager.Start(ctrl.SetupSignalHandler())
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
