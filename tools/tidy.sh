#!/usr/bin/env bash
# Runs clang-tidy with the project's checks (.clang-tidy).
#
#   tools/tidy.sh           on every source file
#   tools/tidy.sh FILE...   on these
#
# Needs tools/setup.sh --dev. The libraries are in the system's own folders, so no compilation
# database is needed.
set -euo pipefail
cd "$(dirname "$0")/.."

if (($# == 0)); then
  mapfile -t files < <(git ls-files --cached --others --exclude-standard -- '*.cc' ':!examples/')
  set -- "${files[@]}"
fi
printf '%s\0' "$@" | xargs -0 -P "$(nproc)" -I {} clang-tidy --quiet {} -- -std=c++17 -I. \
  2> >(grep -v ' warnings generated\.$' >&2)
