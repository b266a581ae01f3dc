#!/usr/bin/env bash
# Tests against real services: the worker's own tests with PyTorch, and whole runs of the built binary with the real small model. The
# Python environment is the one of `joulebench setup pytorch`, outside the clone, and is made when it is missing.
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
JOULEBENCH_TEST_SERVICES=pytorch swift test --skip-build "$@" --filter '^EndToEndTests\.Service'
