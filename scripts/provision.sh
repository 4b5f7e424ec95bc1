#!/usr/bin/env bash
# Makes a booth out of this machine (Debian 12 or newer): packages, users, program, models, services. Run it again at
# any time; it changes only what differs.
#
#   scripts/provision.sh               install or update, then start
#   scripts/provision.sh --check       change nothing; say what is there and what is not (exit status 1)
#   options: --kiosk       also the screen: cage and Chromium on the first terminal
#            --no-start    install, but start nothing (images, chroots)
#            --mirror DIR  a folder with models (NAME/FILE), for sites without internet
#
# Places: /opt/greenroom (program, models), /etc/greenroom/greenroom.toml (settings), /var/lib/greenroom (data).

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
. "$root/scripts/install.sh"
umask 022

prefix=/opt/greenroom
state=/var/lib/greenroom
settings=/etc/greenroom/greenroom.toml
unit_dir=/etc/systemd/system
units=(greenroom.service greenroom-worker@.service greenroom-worker@analysis.service.d/recordings.conf)
accounts=(greenroom greenroom-worker)

is_check=
is_start=yes
is_kiosk=
mirror=()
while [ $# -gt 0 ]; do
  case $1 in
    --check) is_check=yes ;;
    --no-start) is_start= ;;
    --kiosk) is_kiosk=yes ;;
    --mirror) mirror=(--mirror "${2:?--mirror needs a folder}"); shift ;;
    -h | --help) sed -n '2,/^$/s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; exit 0 ;;
    *) die "unknown option $1" "scripts/provision.sh --help" ;;
  esac
  shift
done
if [ -n "$is_kiosk" ]; then
  units+=(greenroom-kiosk.service)
  accounts+=(greenroom-kiosk)
fi

differs=
# step WHAT IS_DONE DO: in a check only IS_DONE runs.
step() {
  if "$2"; then
    printf '  ok       %s\n' "$1"
  elif [ -n "$is_check" ]; then
    printf '  missing  %s\n' "$1"
    differs=yes
  else
    say "$1"
    "$3" || die "could not do: $1"
  fi
}

# --- what there is, and how it gets there ----------------------------------------------------------

packages_are_here() {
  missing_packages=()
  need_to_build
  need_python
  need_node
  if [ -n "$is_kiosk" ]; then
    need cage has_command cage
    need chromium has_command chromium
    need fonts-dejavu-core has_package fonts-dejavu-core
  fi
  [ ${#missing_packages[@]} -eq 0 ] || [ -z "$is_check" ] || printf '  packages %s\n' "${missing_packages[*]}"
  [ ${#missing_packages[@]} -eq 0 ]
}

users_are_here() {
  local name
  for name in "${accounts[@]}"; do id "$name" >/dev/null 2>&1 || return 1; done
}

make_users() {
  local name group
  getent group greenroom >/dev/null || groupadd --system greenroom || return 1
  for name in "${accounts[@]}"; do
    id "$name" >/dev/null 2>&1 && continue
    group=(--gid greenroom)
    [ "$name" != greenroom-kiosk ] || group=(--user-group)
    useradd --system "${group[@]}" --home-dir /nonexistent --no-create-home --shell /usr/sbin/nologin "$name" ||
      return 1
  done
}

program_is_here() {
  local ours
  ours=$(sed -n 's/^__version__ = "\(.*\)"/\1/p' "$root/daemon/greenroom/__init__.py")
  # An update is recognised by the wheel's contents, which a check does not build.
  [ -n "$is_check" ] && [ "$(cat "$prefix/version" 2>/dev/null)" = "$ours" ] && [ -x "$prefix/venv/bin/greenroom" ]
}

install_program() {
  local folder wheel sum
  build_clients
  make_venv "$prefix/venv"
  folder=$(mktemp -d)
  "$prefix/venv/bin/python" -m pip wheel --quiet --disable-pip-version-check --no-deps --wheel-dir "$folder" "$root" >&2 ||
    die "the program cannot be built" "see the message above"
  wheel=$(echo "$folder"/greenroom-*.whl)
  sum=$(cat "$wheel" "$root/constraints.txt" | sha256sum)
  if [ "$(cat "$prefix/venv/.stamp" 2>/dev/null)" != "$sum" ]; then
    rm -f "$prefix/venv/.stamp"
    "$prefix/venv/bin/python" -m pip uninstall --quiet --yes greenroom >&2 2>/dev/null || true
    pip_install "$prefix/venv" "$wheel"
    echo "$sum" >"$prefix/venv/.stamp"
    sed -n 's/^__version__ = "\(.*\)"/\1/p' "$root/daemon/greenroom/__init__.py" >"$prefix/version"
    changed=yes
  fi
  rm -rf "$folder"
}

models_are_here() {
  GREENROOM_BOOTH_MODELS_DIR=$prefix/models "$prefix/venv/bin/greenroom" models verify \
    silero-vad-v6 face-mesh pocketsphinx-en-us >/dev/null 2>&1
}

install_models() {
  GREENROOM_BOOTH_MODELS_DIR=$prefix/models pull_models "$prefix/venv/bin/greenroom" "${mirror[@]}"
  chmod -R a+rX "$prefix/models"
}

settings_are_here() {
  [ -e "$settings" ] || return 1
  [ -r "$settings" ] || return 0 # a check by somebody who may not look into it
  grep -q '^state_dir *=' "$settings" && grep -q '^models_dir *=' "$settings"
}

# The services and whoever calls `greenroom --config` find data and models in the same places.
write_settings() {
  if [ ! -e "$settings" ]; then
    install -d -m 0755 "$(dirname "$settings")" &&
      printf '# Settings of this booth; see the README for all of them.\n[booth]\nname = "%s"\n' "$(uname -n)" >"$settings" ||
      return 1
  fi
  set_folder models_dir "$prefix/models" &&
    set_folder state_dir "$state" &&
    chown root:greenroom "$settings" &&
    chmod 0640 "$settings" &&
    settings_are_here
}

set_folder() { # KEY FOLDER: unless the settings name another
  grep -q "^$1 *=" "$settings" || sed -i "s|^\[booth\]|&\n$1 = \"$2\"|" "$settings"
}

units_are_here() {
  local unit
  for unit in "${units[@]}"; do cmp -s "$root/systemd/$unit" "$unit_dir/$unit" || return 1; done
}

install_units() {
  local unit
  for unit in "${units[@]}"; do install -D -m 0644 "$root/systemd/$unit" "$unit_dir/$unit" || return 1; done
  changed=yes
}

services_run() { [ -z "$changed" ] && systemctl --quiet is-active greenroom.service; }

start_services() {
  local unit
  systemctl daemon-reload
  for unit in "${units[@]}"; do
    case $unit in
      *@*) ;;
      *) systemctl --quiet enable "$unit" && systemctl restart "$unit" || return 1 ;;
    esac
  done
}

# --- the steps -------------------------------------------------------------------------------------

[ -n "$is_check" ] || [ "$(id -u)" -eq 0 ] || die "this installs services and needs root" "sudo scripts/provision.sh"

changed=
step "Debian packages" packages_are_here install_packages
step "accounts ${accounts[*]}" users_are_here make_users
step "program in $prefix" program_is_here install_program
step "models in $prefix/models" models_are_here install_models
step "settings in $settings" settings_are_here write_settings
step "units in $unit_dir" units_are_here install_units
if [ -d /run/systemd/system ] && { [ -n "$is_start" ] || [ -n "$is_check" ]; }; then
  step "services" services_run start_services
else
  printf '  left out services: %s\n' "systemd does not run here, or --no-start"
fi

if [ -n "$is_check" ]; then
  [ -z "$differs" ] || { echo "this machine is not a booth yet, or not of this version" >&2; exit 1; }
  exit 0
fi
say "done; settings are in $settings, the log is in: journalctl -u 'greenroom*'"
