#!/usr/bin/env bash
# Plays a whole practice interview on this machine, without camera or microphone: a virtual candidate in a virtual room.
# Installs what is missing first. All arguments go to `greenroom demo`; see `scripts/demo.sh --help`.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
. "$root/scripts/install.sh"

need_to_build
need_python
need_node
install_packages
install_checkout "$root/.venv" ""
build_clients

export GREENROOM_BOOTH_MODELS_DIR=${GREENROOM_BOOTH_MODELS_DIR:-$root/models}
export GREENROOM_BOOTH_STATE_DIR=${GREENROOM_BOOTH_STATE_DIR:-$root/var}
pull_models "$root/.venv/bin/greenroom"
exec "$root/.venv/bin/greenroom" demo "$@"
