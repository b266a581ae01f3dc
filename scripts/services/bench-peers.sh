#!/usr/bin/env bash
# Makes a Python environment with the tools that the benchmarks measure beside ours, Zeus and CodeCarbon, in the versions of
# docs/measurements.md. Says on stdout where it is:
#
#     PYTHON=<interpreter>
#
# With --print it makes nothing and fails when it is not there.
set -euo pipefail
source "$(dirname "$0")/python-environment.sh"
recipe='zeus==0.16.0 codecarbon==3.3.2'
case ${1:-} in
"") make_environment bench-peers "$recipe" 500 'import zeus.monitor, codecarbon' ;;
--print) find_environment bench-peers "$recipe" || fail "Zeus and CodeCarbon are not installed" "run $0" ;;
*) fail "unknown argument $1" "usage: $0 [--print]" ;;
esac
echo "PYTHON=$environment/bin/python"
