#!/usr/bin/env bash
# Clients as their users have them: Helm 4 and 3 and a client-go program, built from the Go module proxy, and the Python client in a virtual
# environment; once, into the same cache folder as the control plane. Prints that folder as its last line.
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
cache="$(bash "$here/../real/build.sh" | tail -1)"
HELM4=v4.3.1 HELM3=v3.22.0
export CGO_ENABLED=0 GOTOOLCHAIN="${GOTOOLCHAIN:-local}"

helm() { # NAME MODULE VERSION
  local target="$cache/$1-$3"
  [ -x "$target" ] && return
  echo "hanse: building $1 $3" >&2
  local work; work=$(mktemp -d)
  printf 'module scratch\ngo 1.26\nrequire %s %s\n' "$2" "$3" > "$work/go.mod"
  (cd "$work" && GOFLAGS=-mod=mod go build -trimpath -ldflags "-s -w -X $2/internal/version.version=$3" -o "$work/helm" "$2/cmd/helm")
  mv "$work/helm" "$target"; rm -rf "$work"
}
helm helm4 helm.sh/helm/v4 "$HELM4"
helm helm3 helm.sh/helm/v3 "$HELM3"
ln -sf "helm4-$HELM4" "$cache/helm4"; ln -sf "helm3-$HELM3" "$cache/helm3"

# Our own programs: by content.
program() { # NAME
  local digest; digest=$(cat "$here/$1"/main.go "$here/$1"/go.* | sha256sum | cut -c1-12)
  if [ ! -x "$cache/$1-$digest" ]; then
    echo "hanse: building the Go client $1" >&2
    (cd "$here/$1" && go build -trimpath -ldflags "-s -w" -o "$cache/$1-$digest.new" . && mv "$cache/$1-$digest.new" "$cache/$1-$digest")
  fi
  ln -sf "$1-$digest" "$cache/$1"
}
program informers
program operator

pins=$(sha256sum < "$here/requirements.txt" | cut -c1-12)
if [ ! -x "$cache/python-$pins/bin/python3" ] || [ ! -f "$cache/python-$pins/.done" ]; then
  command -v python3 >/dev/null || { echo "hanse: python3 is not installed: the test of the Python client needs it" >&2; echo "$cache"; exit 0; }
  echo "hanse: installing the Python client" >&2
  rm -rf "$cache/python-$pins"; python3 -m venv "$cache/python-$pins"
  "$cache/python-$pins/bin/pip" install -q --disable-pip-version-check -r "$here/requirements.txt"; touch "$cache/python-$pins/.done"
fi
ln -sfn "python-$pins" "$cache/python"
echo "$cache"
