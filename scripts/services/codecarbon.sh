#!/usr/bin/env bash
# Makes a Python environment with CodeCarbon and the reader of its board. Says on stdout where it is:
#
#     PYTHON=<interpreter>
set -euo pipefail
source "$(dirname "$0")/python-environment.sh"
make_environment codecarbon 'codecarbon[carbonboard]==3.3.2' 400 'import codecarbon.viz.data'
echo "PYTHON=$environment/bin/python"
