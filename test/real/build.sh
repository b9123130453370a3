#!/usr/bin/env bash
# Builds real Kubernetes control-plane binaries from the Go module proxy, once, into a cache folder outside the repository.
# Promises: prints that folder on stdout as its last line, builds only what is missing, and never leaves a half-written binary.
# Refuses (exit 3) where neither Go nor a ready KUBEBUILDER_ASSETS folder is found.
set -euo pipefail

KUBERNETES=v1.36.3 OLD_KUBECTL=v1.32.13 ETCD=v3.6.8 KWOK=v0.8.0
cache="${HANSE_REAL_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/hanse/real-$KUBERNETES-kwok-$KWOK}"
assets="${KUBEBUILDER_ASSETS:-}"
mkdir -p "$cache"

# Binaries that setup-envtest or the user already has are linked, not rebuilt.
if [ -n "$assets" ]; then
  for name in kube-apiserver etcd kubectl kube-controller-manager; do
    [ -x "$cache/$name" ] || { [ -x "$assets/$name" ] && ln -sf "$assets/$name" "$cache/$name"; } || true
  done
fi

missing=()
for name in kube-apiserver kube-controller-manager kube-scheduler kubectl kubectl-1.32 etcd kwok; do
  [ -f "$cache/$name" ] || missing+=("$name")
done
[ -f "$cache/stages/pod-ready.yaml" ] || missing+=(stages)
if [ ${#missing[@]} -eq 0 ]; then echo "$cache"; exit 0; fi
command -v go >/dev/null || { echo "hanse: Go is not installed and ${missing[*]} are not in $cache; install Go or set KUBEBUILDER_ASSETS" >&2; exit 3; }
echo "hanse: building ${missing[*]} into $cache (about 6 minutes on 2 cores, once)" >&2

work=$(mktemp -d); trap 'chmod -R u+w "$work" 2>/dev/null; rm -rf "$work"' EXIT
export GOFLAGS=-mod=mod CGO_ENABLED=0 GOTOOLCHAIN="${GOTOOLCHAIN:-local}"

# A scratch module that depends on k8s.io/kubernetes at $1, with the staging modules that its go.mod lists at v0.0.0 replaced by v0.X.Y.
kubernetes_module() {
  local version=$1 dir=$2 staging="v0.${1#v1.}" mod
  mkdir -p "$dir"; mod=$(go mod download -json "k8s.io/kubernetes@$version" | sed -n 's/.*"GoMod": "\(.*\)".*/\1/p')
  { echo "module scratch"; echo "go 1.24"; echo "require k8s.io/kubernetes $version"
    sed -n 's/^[[:space:]]*\(k8s\.io\/[a-z0-9.-]*\) v0\.0\.0\( .*\)\{0,1\}$/\1/p' "$mod" | sort -u | while read -r m; do echo "replace $m => $m $staging"; done
  } > "$dir/go.mod"
}
# build NAME MODULE_DIR PACKAGE VERSION_PREFIX(optional, for -X)
build() {
  local name=$1 dir=$2 package=$3 version=${4:-} flags="-s -w"
  [ -f "$cache/$name" ] && return
  if [ -n "$version" ]; then
    local minor=${version#v1.}; minor=${minor%%.*}
    for p in k8s.io/component-base/version k8s.io/client-go/pkg/version; do
      flags="$flags -X $p.gitVersion=$version -X $p.gitMajor=1 -X $p.gitMinor=$minor -X $p.gitTreeState=clean"
    done
  fi
  (cd "$dir" && go build -trimpath -ldflags "$flags" -o "$work/$name" "$package")
  mv "$work/$name" "$cache/$name"
  echo "hanse: built $name" >&2
}

kubernetes_module "$KUBERNETES" "$work/mod-kubernetes"
for name in kube-apiserver kube-controller-manager kubectl kube-scheduler; do
  build "$name" "$work/mod-kubernetes" "k8s.io/kubernetes/cmd/$name" "$KUBERNETES"
done
mkdir -p "$work/mod-etcd"; printf 'module scratch\ngo 1.24\nrequire go.etcd.io/etcd/server/v3 %s\n' "$ETCD" > "$work/mod-etcd/go.mod"
build etcd "$work/mod-etcd" go.etcd.io/etcd/server/v3
mkdir -p "$work/mod-kwok"; printf 'module scratch\ngo 1.24\nrequire sigs.k8s.io/kwok %s\n' "$KWOK" > "$work/mod-kwok/go.mod"
build kwok "$work/mod-kwok" sigs.k8s.io/kwok/cmd/kwok
kubernetes_module "$OLD_KUBECTL" "$work/mod-old"
build kubectl-1.32 "$work/mod-old" k8s.io/kubernetes/cmd/kubectl "$OLD_KUBECTL"

# kwok's own stage files (facts about how a fake node and pod behave) are taken from the same module.
if [ ! -f "$cache/stages/pod-ready.yaml" ]; then
  kwok_dir=$(cd "$work/mod-kwok" && go list -m -f '{{.Dir}}' sigs.k8s.io/kwok)
  mkdir -p "$work/stages"
  for folder in pod/fast node/fast node/heartbeat-with-lease; do
    for file in "$kwok_dir/kustomize/stage/$folder"/*.yaml; do
      case $file in */kustomization.yaml) ;; *) install -m 644 "$file" "$work/stages/" ;; esac
    done
  done
  rm -rf "$cache/stages"; mv "$work/stages" "$cache/stages"
fi
echo "$cache"
