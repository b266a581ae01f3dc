#!/usr/bin/env bash
# The targets with threads, actors and shared memory, under the thread sanitizer, in a build folder of their own.
set -euo pipefail
cd "$(dirname "$0")/.."

export TSAN_OPTIONS="suppressions=$PWD/scripts/tsan-suppressions.txt${TSAN_OPTIONS:+ $TSAN_OPTIONS}"
build=(--sanitize=thread --scratch-path .build-tsan)
swift build --build-tests "${build[@]}" "$@"
# In two processes: under the sanitizer everything takes ten times as long, and tests that wait for a child should not wait for the
# load tests as well.
for suites in 'JouleMetersTests|JouleProcessTests|JouleStoreTests|JouleRunnerTests|JouleKitTests' 'JouleBackendsTests|StubServingTests'; do
    swift test --skip-build "${build[@]}" "$@" --filter "^($suites)\."
done
