#!/usr/bin/env bash
# Formats the C++ and Bazel files of the project in place.
#
#   tools/format.sh           format
#   tools/format.sh --check   change nothing; show what is not formatted and fail
#
# Needs tools/setup.sh --dev.
set -euo pipefail
cd "$(dirname "$0")/.."

buildifier=tools/node_modules/.bin/buildifier
for tool in clang-format "$buildifier"; do
  command -v "$tool" >/dev/null || {
    echo "format: $tool is missing; run tools/setup.sh --dev" >&2
    exit 1
  }
done

clang_format_options=(-i)
buildifier_options=(-mode=fix)
case "${1:-}" in
  "") ;;
  --check)
    clang_format_options=(--dry-run -Werror)
    buildifier_options=(-mode=diff)
    ;;
  *)
    echo "usage: tools/format.sh [--check]" >&2
    exit 2
    ;;
esac

# Prints the project's existing files of the given patterns: tracked ones and new ones, not ignored ones.
files() {
  git ls-files -z --cached --others --exclude-standard -- "$@" |
    while IFS= read -r -d '' file; do [[ -f $file ]] && printf '%s\0' "$file"; done
  return 0
}

status=0
files '*.h' '*.cc' | xargs -0 -r clang-format "${clang_format_options[@]}" || status=1
files 'WORKSPACE' '*/WORKSPACE' 'BUILD.bazel' '*/BUILD.bazel' '*.bzl' |
  xargs -0 -r "$buildifier" "${buildifier_options[@]}" || status=1
exit $status
