#!/usr/bin/env bash
# The targets with threads, actors and shared memory, under the thread sanitizer, in a build folder of their own.
set -euo pipefail
cd "$(dirname "$0")/.."

export TSAN_OPTIONS="suppressions=$PWD/scripts/tsan-suppressions.txt${TSAN_OPTIONS:+ $TSAN_OPTIONS}"
build=(--sanitize=thread --scratch-path .build-tsan)
swift build --build-tests "${build[@]}" "$@"
swift test --skip-build "${build[@]}" "$@" --filter '^(JouleMetersTests|JouleProcessTests|JouleStoreTests|JouleRunnerTests|JouleKitTests)\.'
# One after the other: under the sanitizer everything takes ten times as long, and tests with servers and limits of time in them must not wait
# for each other.
swift test --skip-build "${build[@]}" "$@" --no-parallel --filter '^(JouleBackendsTests|JouleServerTests|StubServingTests)\.'
