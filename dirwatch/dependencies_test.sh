#!/bin/sh
# The watcher knows nothing of signals, logging or programs: what it is built from is
# checked, not trusted.
set -eu
if grep -E '^//(signals|daemon|logging|sinks|notify|cmd)' "$1"; then
  echo "dirwatch/ must not depend on these" >&2
  exit 1
fi
grep -q '^//env:file_system$' "$1"  # the list is one
