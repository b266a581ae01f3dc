#!/usr/bin/env bash
# What needs an NVIDIA GPU: identity and power against nvidia-smi, a window against the sum of nvidia-smi's own readings, and a run of the
# built-in model on the device.
set -euo pipefail
cd "$(dirname "$0")/.."

command -v nvidia-smi >/dev/null || {
    echo "error: there is no nvidia-smi here, so no NVIDIA GPU to test with" >&2
    exit 69
}
python3 scripts/gpu_checks.py "${JOULEBENCH_BINARY:-.build/release/joulebench}"
