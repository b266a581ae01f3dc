# To be sourced: makes a Python environment of a service's packages, outside the clone. Safe to repeat; what is whole is left alone, and what
# was made from another recipe is made anew.
#
#     make_environment NAME RECIPE SIZE_MB CODE     CODE is Python that must run in it, and has it compile what it imports
#
#     find_environment NAME RECIPE                  fails where it is not there, or is of another recipe
#
# Both set $environment. $PYTHON names another python3 to build with; pip's own variables (PIP_INDEX_URL, …) are heeded.

fail() {
    echo "error: $1" >&2
    echo "help: $2" >&2
    exit 69
}

find_environment() {
    local name=$1 recipe=$2 marker
    environment=${JOULEBENCH_SERVICES:-${XDG_CACHE_HOME:-$HOME/.cache}/joulebench-services}/$name/env
    marker=$environment/joulebench-recipe.txt
    [ -x "$environment/bin/python" ] && [ -f "$marker" ] && [ "$(<"$marker")" = "$recipe" ]
}

make_environment() {
    local name=$1 recipe=$2 size=$3 code=$4
    if find_environment "$name" "$recipe"; then return; fi
    local root=${environment%/env} marker=$environment/joulebench-recipe.txt
    local builder=${PYTHON:-python3} log=$root/install.log

    "$builder" -c 'import venv, ensurepip' 2>/dev/null || fail "$builder has no venv" "on Debian: sudo apt-get install python3-venv"
    mkdir -p "$root"
    echo "$name: making a virtual environment at $environment ($size MB on disk)" >&2
    rm -rf "$environment"
    "$builder" -m venv "$environment"
    # shellcheck disable=SC2086
    "$environment/bin/python" -m pip --disable-pip-version-check install --quiet --only-binary :all: $recipe >"$log" 2>&1 || {
        tail -n 20 "$log" >&2
        fail "pip could not install $recipe" "all of its words: $log"
    }
    PYTHONDONTWRITEBYTECODE='' "$environment/bin/python" -W ignore -c "$code" >>"$log" 2>&1 ||
        fail "the new environment of $name cannot do: $code" "all of Python's words: $log"
    # Written last: an environment that was given up half way has none.
    echo "$recipe" >"$marker"
}
