#!/bin/sh
# Makes a fresh clone ready to run: installs node_modules (Node 24 among them) when missing or not what package-lock.json says.
# Silent when there is nothing to do; one line when it installs. Works with any Node from 18 and npm from 10 on the machine.
set -eu
cd "$(dirname "$0")/.."
done_mark=node_modules/.package-lock.json

if [ -f "$done_mark" ] && [ -x node_modules/.bin/node ]; then
  [ -z "$(find package-lock.json -newer "$done_mark")" ] && exit 0
  # Newer by date only (a checkout, an npm install): what counts is whether every locked package is there in its version.
  if node_modules/.bin/node cli/installed.js; then
    touch "$done_mark"
    exit 0
  fi
fi

command -v npm >/dev/null 2>&1 || {
  echo "hanse: npm is not on the PATH; install Node.js (18 or newer), which brings it" >&2
  exit 1
}
echo "hanse: installing packages into node_modules (once, about a minute)"
# Not `npm ci`: it refuses a lock file that leaves out another platform's optional binaries, which npm does when a registry lacks them.
# Locked versions and checksums hold all the same, and --no-save keeps the lock file as it is.
if ! npm install --no-save --no-audit --no-fund --loglevel=error >/dev/null; then
  echo "hanse: npm install failed, see above; is the package registry reachable?" >&2
  exit 1
fi
