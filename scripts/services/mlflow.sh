#!/usr/bin/env bash
# Makes a Python environment with MLflow's tracking server, outside the clone. The whole of MLflow brings 1 GB of packages for training;
# its skinny distribution and what the server imports are a third of that. Safe to repeat; what is whole is left alone, and what was made
# from another recipe is made anew. Says on stdout where it is:
#
#     PYTHON=<interpreter>
#
# $PYTHON names another python3 to build with; pip's own variables (PIP_INDEX_URL, …) are heeded.
set -euo pipefail
root=${JOULEBENCH_SERVICES:-${XDG_CACHE_HOME:-$HOME/.cache}/joulebench-services}/mlflow
builder=${PYTHON:-python3}
environment=$root/env
recipe='mlflow-skinny==3.17.2 Flask flask-cors sqlalchemy alembic graphene aiohttp numpy pandas'
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
    echo "mlflow: making a virtual environment at $environment (350 MB on disk)" >&2
    rm -rf "$environment"
    "$builder" -m venv "$environment"
    # shellcheck disable=SC2086
    "$environment/bin/python" -m pip --disable-pip-version-check install --quiet --only-binary :all: $recipe >"$log" 2>&1 || {
        tail -n 20 "$log" >&2
        fail "pip could not install $recipe" "all of its words: $log"
    }
    # Also compiles what a server would compile at its first start.
    MLFLOW_SERVER_ENABLE_JOB_EXECUTION=false PYTHONDONTWRITEBYTECODE='' \
        "$environment/bin/python" -W ignore -c 'import mlflow.server.fastapi_app' >>"$log" 2>&1 ||
        fail "the new environment cannot import MLflow's server" "all of Python's words: $log"
    # Written last: an environment that was given up half way has none.
    echo "$recipe" >"$marker"
fi
echo "PYTHON=$environment/bin/python"
