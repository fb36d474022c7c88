#!/usr/bin/env bash
# Installs what it takes to build and test dirwatcher on Debian, and nothing that is there already.
#
#   tools/setup.sh         what `bazel build //...` and `bazel test //...` need
#   tools/setup.sh --dev   also what formats, lints, sanitizes and fuzzes
#
# Run it again whenever you like: when nothing is missing it takes a second and touches nothing.
set -euo pipefail

fail() {
  echo "setup: $*" >&2
  exit 1
}

# The build. A library here has its row in third_party/system_libraries.bzl.
packages=(
  bazel-bootstrap     # Bazel 4.2.3, with the JDK and the compiler that it needs
  bazel-platforms     # repositories that Bazel would otherwise download
  bazel-rules-java
  bazel-rules-proto
  g++
  pkg-config          # says how to link a library
  libabsl-dev
  libarchive-dev
  libbenchmark-dev
  libcli11-dev
  libcurl4-openssl-dev
  libgmock-dev
  libgoogle-glog-dev
  libgtest-dev
  libhwy-dev
  librapidcheck-dev
  libre2-dev
  libsqlite3-dev
  libsystemd-dev
  nlohmann-json3-dev
)

# What tests start or read.
packages+=(
  grep
  logrotate
  openssl             # makes certificates for servers that tests start
  opensmtpd           # a mail server
  python3-aiosmtpd    # another, which fails as it is told
  systemd             # systemd-analyze judges the unit files
  tzdata
)

dev_packages=(
  ca-certificates     # npm downloads over https
  clang               # --config=fuzz
  clang-format
  clang-tidy
  git                 # names the files to format
  libclang-rt-dev     # the sanitizers and libFuzzer
  ripgrep             # //bench:compare measures against it
)

dev=false
case "$#:${1:-}" in
  0:) ;;
  1:--dev) dev=true ;;
  1:-h | 1:--help)
    sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//;p}' "$0"
    exit 0
    ;;
  *) fail "unknown arguments: $*; usage: tools/setup.sh [--dev]" ;;
esac

if $dev; then
  packages+=("${dev_packages[@]}")
  # npm may have come from elsewhere, and Debian's would then not install beside it.
  command -v npm >/dev/null || packages+=(nodejs npm)
fi

type apt-get dpkg-query >/dev/null 2>&1 ||
  fail "this is not Debian or one of its kind (no apt-get); install by hand what the list in $0 names"

missing=()
for package in "${packages[@]}"; do
  # shellcheck disable=SC2016 # ${Status} is dpkg-query's
  status=$(dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null || true)
  [[ $status == installed* ]] || missing+=("$package")
done

if ((${#missing[@]} > 0)); then
  as_root=()
  if ((EUID != 0)); then
    command -v sudo >/dev/null ||
      fail "must be root, or have sudo, to install: ${missing[*]}"
    as_root=(sudo)
  fi
  echo "setup: installing ${missing[*]}"
  log=$(mktemp)
  trap 'rm -f "$log"' EXIT
  apt_get() {
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -y "$@" </dev/null >"$log" 2>&1 || {
      tail -n 20 "$log" >&2
      fail "apt-get $1 failed (the end of its output is above); could not install: ${missing[*]}"
    }
  }
  apt_get update
  apt_get install --no-install-recommends "${missing[@]}"
fi

if $dev; then
  tools=$(dirname "$0")
  # npm writes the copy of the lock file there when it has installed all of it.
  if ! [[ $tools/node_modules/.package-lock.json -nt $tools/package-lock.json ]]; then
    echo "setup: installing buildifier from npm"
    (cd "$tools" && npm ci --silent --no-audit --no-fund </dev/null) ||
      fail "npm ci failed in $tools; could not install buildifier"
  fi
fi

echo "setup: everything is installed"
