#!/usr/bin/env bash
# Makes a Python environment with CodeCarbon and the reader of its board. Says on stdout where it is:
#
#     PYTHON=<interpreter>
#
# With --print it makes nothing and fails when it is not there.
set -euo pipefail
source "$(dirname "$0")/python-environment.sh"
recipe='codecarbon[carbonboard]==3.3.2'
case ${1:-} in
"") make_environment codecarbon "$recipe" 400 'import codecarbon.viz.data' ;;
--print) find_environment codecarbon "$recipe" || fail "CodeCarbon is not installed" "run $0" ;;
*) fail "unknown argument $1" "usage: $0 [--print]" ;;
esac
echo "PYTHON=$environment/bin/python"
