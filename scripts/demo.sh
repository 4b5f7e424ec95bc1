#!/usr/bin/env bash
# Plays a whole practice interview on this machine, without camera or microphone: a virtual candidate in a virtual room.
# Installs what is missing first (Debian packages, .venv, node_modules, models); the first time takes some minutes.
#   scripts/demo.sh                 in real time, about 4 minutes; the kiosk's address is printed first
#   scripts/demo.sh --fast          as fast as the engines go, without the kiosk page
#   scripts/demo.sh --questions N --seed N --role ROLE --room ROOM --out DIR --port PORT --listen --headless
# All arguments go to `greenroom demo`; `.venv/bin/greenroom demo --help` explains them once it is installed.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
. "$root/scripts/install.sh"
help_if_asked "$@"

begin_install
need_to_build
need_python
need_node
install_packages
install_checkout "$root/.venv" ""
build_clients

export GREENROOM_BOOTH_MODELS_DIR=${GREENROOM_BOOTH_MODELS_DIR:-$root/models}
export GREENROOM_BOOTH_STATE_DIR=${GREENROOM_BOOTH_STATE_DIR:-$root/var}
pull_models "$root/.venv/bin/greenroom"
end_install
exec "$root/.venv/bin/greenroom" demo "$@"
