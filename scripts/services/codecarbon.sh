#!/usr/bin/env bash
# Makes a Python environment with CodeCarbon and the reader of its board, outside the clone. Safe to repeat; what is whole is left alone, and
# what was made from another recipe is made anew. Says on stdout where it is:
#
#     PYTHON=<interpreter>
#
# $PYTHON names another python3 to build with; pip's own variables (PIP_INDEX_URL, …) are heeded.
set -euo pipefail
root=${JOULEBENCH_SERVICES:-${XDG_CACHE_HOME:-$HOME/.cache}/joulebench-services}/codecarbon
builder=${PYTHON:-python3}
environment=$root/env
recipe='codecarbon[carbonboard]==3.3.2'
marker=$environment/joulebench-recipe.txt
log=$root/install.log

fail() {
    echo "error: $1" >&2
    echo "help: $2" >&2
    exit 69
}

is_whole() { [ -x "$environment/bin/python" ] && [ -f "$marker" ] && [ "$(<"$marker")" = "$recipe" ]; }

if ! is_whole; then
    "$builder" -c 'import venv, ensurepip' 2>/dev/null || fail "$builder has no venv" "on Debian: sudo apt-get install python3-venv"
    mkdir -p "$root"
    echo "codecarbon: making a virtual environment at $environment (400 MB on disk)" >&2
    rm -rf "$environment"
    "$builder" -m venv "$environment"
    "$environment/bin/python" -m pip --disable-pip-version-check install --quiet --only-binary :all: "$recipe" >"$log" 2>&1 || {
        tail -n 20 "$log" >&2
        fail "pip could not install $recipe" "all of its words: $log"
    }
    "$environment/bin/python" -W ignore -c 'import codecarbon.viz.data' >>"$log" 2>&1 ||
        fail "the new environment cannot import CodeCarbon" "all of Python's words: $log"
    # Written last: an environment that was given up half way has none.
    echo "$recipe" >"$marker"
fi
echo "PYTHON=$environment/bin/python"
