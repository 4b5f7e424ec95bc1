#!/usr/bin/env bash
# Checks everything: ruff, mypy, tsc, the clients' tests, then pytest with unit, process and browser tests.
#   scripts/test.sh            all of it
#   scripts/test.sh --fast     under 3 minutes: without slow, process and browser tests
# Other arguments go to pytest: scripts/test.sh tests/voice -k playout. The exit status is 0 only when every part passed.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
. "$root/scripts/install.sh"
help_if_asked "$@"

single="not process and not browser"
quick="not slow and $single"
is_fast=
if [ "${1:-}" = --fast ]; then
  is_fast=yes
  shift
fi

begin_install
need_to_build
need_python
need_node
[ -n "$is_fast" ] || need_to_test
install_packages
install_checkout "$root/.venv" "[test]"
build_clients

export GREENROOM_BOOTH_MODELS_DIR=${GREENROOM_BOOTH_MODELS_DIR:-$root/models}
export PATH="$root/.venv/bin:$PATH"
pull_models greenroom
[ -n "$is_fast" ] || start_llama "$root/.venv"
end_install
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

if [ $# -gt 0 ]; then
  [ -n "$is_fast" ] || wait_for_llama "$root/.venv"
  part pytest pytest ${is_fast:+-m "$quick"} "$@"
elif [ -n "$is_fast" ]; then
  part "quick tests" pytest -n auto --maxprocesses 8 -m "$quick"
else
  wait_for_llama "$root/.venv"
  part "tests within one process" pytest -n auto --maxprocesses 8 -m "$single"
  part "tests with workers and browser" pytest -n auto --maxprocesses 2 --dist loadfile -m "not ($single) and not alone"
  part "tests of whole booths, one at a time" pytest -m alone
fi

[ ${#failed[@]} -eq 0 ] || say "failed: ${failed[*]}"
[ ${#failed[@]} -eq 0 ]
