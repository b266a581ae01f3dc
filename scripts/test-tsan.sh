#!/usr/bin/env bash
# The targets with threads, actors and shared memory, under the thread sanitizer, in a build folder of their own.
set -euo pipefail
cd "$(dirname "$0")/.."

export TSAN_OPTIONS="suppressions=$PWD/scripts/tsan-suppressions.txt${TSAN_OPTIONS:+ $TSAN_OPTIONS}"
swift test --sanitize=thread --scratch-path .build-tsan "$@" \
    --filter '^(JouleMetersTests|JouleProcessTests|JouleStoreTests|JouleBackendsTests|StubServingTests|JouleRunnerTests|JouleKitTests)\.'
