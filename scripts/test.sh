#!/usr/bin/env bash
# Checks everything: ruff, mypy, tsc, the clients' tests, then pytest with unit, process and browser tests.
#   scripts/test.sh            all of it
#   scripts/test.sh --fast     under 3 minutes: without slow, process and browser tests
# Other arguments go to pytest. The exit status is 0 only when every part passed.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
. "$root/scripts/install.sh"

select=()
if [ "${1:-}" = --fast ]; then
  select=(-m "not slow and not process and not browser")
  shift
fi

need_to_build
need_python
need_node
[ ${#select[@]} -gt 0 ] || need_to_test
install_packages
install_checkout "$root/.venv" "[test]"
build_clients

export GREENROOM_BOOTH_MODELS_DIR=${GREENROOM_BOOTH_MODELS_DIR:-$root/models}
export PATH="$root/.venv/bin:$PATH"
pull_models greenroom
cd "$root"

failed=()
part() { # NAME COMMAND...
  local name=$1
  shift
  say "$name"
  "$@" || failed+=("$name")
}

part ruff ruff check .
part mypy mypy daemon/greenroom tests
part tsc npm --prefix clients run --silent check
part "client tests" npm --prefix clients run --silent test

[ ${#failed[@]} -eq 0 ] || say "failed so far: ${failed[*]}"
say pytest
pytest "${select[@]}" "$@" || failed+=(pytest)

[ ${#failed[@]} -eq 0 ]
