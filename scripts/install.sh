# Sourced by demo.sh, test.sh and provision.sh: brings what is missing, says what it does, and does nothing when
# nothing is missing. Needs: bash, Debian 12 or newer, root or sudo when a Debian package is missing.
# shellcheck shell=bash

set -euo pipefail
: "${root:?the script that sources this sets it}"

say() { printf '==> %s\n' "$*" >&2; }

die() {
  printf 'cannot go on: %s\n' "$1" >&2
  [ $# -lt 2 ] || printf 'what to do: %s\n' "$2" >&2
  exit 1
}

llama_pid=
trap 'printf "\nstopped\n" >&2; [ -z "$llama_pid" ] || kill -- "-$llama_pid" 2>/dev/null; exit 130' INT TERM

# Prints the comment at the head of the script that was called, and ends, when its first argument asks for help.
help_if_asked() {
  case "${1:-}" in
    -h | --help)
      awk 'NR > 1 { if (!/^#/) exit; sub(/^# ?/, ""); print }' "$0"
      exit 0
      ;;
  esac
}

# One installation at a time in a checkout: a second script waits for the first.
begin_install() {
  exec 9>"$root/.installing"
  flock -n 9 || {
    say "another script installs here; waiting for it"
    flock 9
  }
}

end_install() { exec 9>&-; }

# --- Debian packages -------------------------------------------------------------------------------

# need PACKAGE PROBE...: notes PACKAGE as missing unless the probe command succeeds.
missing_packages=()
need() {
  local package=$1
  shift
  "$@" >/dev/null 2>&1 || missing_packages+=("$package")
}

has_package() { [[ $(dpkg-query -W -f '${Status}' "$1") == 'install ok installed' ]]; }
has_command() { command -v "$1"; }
has_library() { [[ $(PATH=$PATH:/usr/sbin:/sbin ldconfig -p) == *"$1"* ]]; }

need_to_build() {
  need build-essential has_command cc
  need pkg-config has_command pkg-config
  need portaudio19-dev test -e /usr/include/portaudio.h
  need libsystemd-dev pkg-config --exists libsystemd
  need libgl1 has_library libGL.so.1
  need libglib2.0-0 has_library libgthread-2.0.so.0
  need ca-certificates test -e /etc/ssl/certs/ca-certificates.crt
}

need_python() {
  local python
  python=$(find_python) || { missing_packages+=(python3 python3-venv python3-dev); return; }
  need python3-venv "$python" -c 'import ensurepip, venv'
  need python3-dev "$python" -c 'import os, sysconfig; os.stat(sysconfig.get_path("include") + "/Python.h")'
}

need_node() {
  need nodejs has_command node
  need npm has_command npm
}

need_to_test() {
  need pulseaudio has_command pulseaudio
  need pulseaudio-utils has_command pactl
  need libasound2-plugins has_package libasound2-plugins
  need chromium has_command chromium
  need fonts-dejavu-core has_package fonts-dejavu-core
  need shellcheck has_command shellcheck
}

install_packages() {
  [ ${#missing_packages[@]} -gt 0 ] || return 0
  has_command apt-get >/dev/null ||
    die "these Debian packages are missing and there is no apt-get: ${missing_packages[*]}" \
      "use Debian 12, or install what they stand for"
  local as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    has_command sudo >/dev/null ||
      die "these Debian packages are missing: ${missing_packages[*]}" \
        "as root: apt-get install ${missing_packages[*]}"
    as_root=(sudo)
  fi
  say "Debian packages: ${missing_packages[*]}"
  "${as_root[@]}" apt-get update -q >&2 ||
    say "the package lists could not be renewed; trying with what is here"
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -q -y --no-install-recommends "${missing_packages[@]}" >&2 ||
    die "apt-get could not install: ${missing_packages[*]}" "see its message above; check network and disk"
  missing_packages=()
}

# --- Python ----------------------------------------------------------------------------------------

# Prints the first Python that is new enough; PYTHON in the environment comes first.
find_python() {
  local name
  for name in ${PYTHON:-} python3 python3.13 python3.12 python3.11; do
    if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      command -v "$name"
      return 0
    fi
  done
  return 1
}

check_room() { # FOLDER MEGABYTES
  local free_mb
  free_mb=$(df -Pm "$1" | awk 'NR == 2 { print $4 }')
  [ "$free_mb" -ge "$2" ] ||
    die "$1 has $free_mb MB free, $2 MB are needed" "free some space"
}

make_venv() { # VENV
  local python
  if "$1/bin/python" -c '' 2>/dev/null; then
    return 0
  fi
  python=$(find_python) || die "Python 3.11 or newer is missing" "apt-get install python3, or set PYTHON"
  mkdir -p "$(dirname "$1")"
  check_room "$(dirname "$1")" 2500
  say "Python environment in $1"
  rm -rf "$1"
  "$python" -m venv "$1" || die "$python cannot make a virtual environment" "apt-get install python3-venv"
}

pip_install() { # VENV WHAT...
  local venv=$1
  shift
  "$venv/bin/python" -m pip install --disable-pip-version-check --progress-bar off \
    -c "$root/constraints.txt" "$@" 2>&1 | tee "$venv/pip.log" | progress >&2 || {
    tail -n 15 "$venv/pip.log" >&2
    die "pip could not install the Python packages" \
      "see its message above (all of it: $venv/pip.log); check network and disk"
  }
}

# What pip is at: one line that changes in a terminal, a line now and then elsewhere.
progress() {
  if [ -t 2 ]; then
    awk '/^ *(Collecting|Downloading|Building|Installing)/ { printf "\r\033[K    %s", substr($0, 1, 72); fflush() }
         END { printf "\r\033[K" }'
  else
    awk '/^Collecting/ && ++n % 20 == 0 { print "    " n " packages looked up"; fflush() }
         /^(Building|Installing)/ { print "    " substr($0, 1, 72); fflush() }'
  fi
}

# The checkout itself in VENV, editable; done again only when something it rests on changed.
install_checkout() { # VENV EXTRAS ("" or "[test]")
  local stamp
  make_venv "$1"
  stamp=$({ "$1/bin/python" --version; cat "$root/pyproject.toml" "$root/constraints.txt"; } | sha256sum)
  if [ "$(cat "$1/.stamp$2" 2>/dev/null)" = "$stamp" ]; then
    return 0
  fi
  say "Python packages (first time: a few minutes)"
  pip_install "$1" -e "$root$2"
  echo "$stamp" >"$1/.stamp$2"
}

# llama.cpp, which no index has compiled, for the tests of its adapter: without its tools, and little optimised. It is
# compiled beside other checks; whoever needs it calls wait_for_llama.
start_llama() { # VENV
  local stamp args
  stamp=$({ "$1/bin/python" --version; grep -i '^llama-cpp-python==' "$root/constraints.txt"; } | sha256sum)
  if [ "$(cat "$1/.stamp.llama" 2>/dev/null)" = "$stamp" ]; then
    return 0
  fi
  say "llama.cpp is compiled beside the checks (some minutes the first time; its log: $1/llama.log)"
  args="-DCMAKE_PROJECT_llama.cpp_INCLUDE=$root/scripts/llama_small.cmake -DLLAVA_BUILD=OFF -DGGML_NATIVE=OFF"
  args="$args -DLLAMA_OPENSSL=OFF -DLLAMA_CURL=OFF -DLLAMA_BUILD_TESTS=OFF -DLLAMA_BUILD_EXAMPLES=OFF"
  args="$args -DLLAMA_BUILD_TOOLS=OFF -DLLAMA_BUILD_SERVER=OFF"
  args="$args -DCMAKE_CXX_FLAGS_RELEASE=-O1 -DCMAKE_C_FLAGS_RELEASE=-O1"
  # shellcheck disable=SC2016  # expanded by the shell of its own, whose group can be ended
  CMAKE_ARGS=$args setsid nice -n 10 bash -c '"$1/bin/python" -m pip install --disable-pip-version-check \
    --progress-bar off -c "$2/constraints.txt" llama-cpp-python >"$1/llama.log" 2>&1 &&
    echo "$3" >"$1/.stamp.llama"' _ "$1" "$root" "$stamp" &
  llama_pid=$!
}

wait_for_llama() { # VENV
  [ -n "$llama_pid" ] || return 0
  say "waiting for llama.cpp"
  if ! wait "$llama_pid"; then
    tail -n 5 "$1/llama.log" >&2 || true
    say "llama.cpp could not be compiled: the tests of its adapter are skipped (all of it: $1/llama.log)"
  fi
  llama_pid=
}

# --- clients ---------------------------------------------------------------------------------------

build_clients() {
  local stamp
  stamp=$({ node --version; cat "$root/clients/package.json"; } | sha256sum)
  if [ "$(cat "$root/clients/node_modules/.stamp" 2>/dev/null)" != "$stamp" ]; then
    say "client packages"
    check_room "$root" 300
    (cd "$root/clients" && npm install --no-package-lock --no-audit --no-fund --loglevel=error >&2) ||
      die "npm could not install the packages of the clients" "see its message above; check network and disk"
    echo "$stamp" >"$root/clients/node_modules/.stamp"
  fi
  say "kiosk and phone pages"
  (cd "$root/clients" && npm run --silent build >&2) || die "the clients cannot be built" "see the message above"
}

# --- models ----------------------------------------------------------------------------------------

pull_models() { # GREENROOM-COMMAND OPTIONS...
  local command=$1
  shift
  say "models"
  "$command" models pull --minimal "$@" >&2 ||
    die "not all models could be fetched" "see the message above; without internet: greenroom models pull --minimal --mirror DIR"
}
