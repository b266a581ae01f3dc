#!/usr/bin/env bash
# The targets with threads, actors and shared memory, under the thread sanitizer, in a build folder of their own.
set -euo pipefail
cd "$(dirname "$0")/.."

export TSAN_OPTIONS="suppressions=$PWD/scripts/tsan-suppressions.txt${TSAN_OPTIONS:+ $TSAN_OPTIONS}"
build=(--sanitize=thread --scratch-path .build-tsan)
log=$(mktemp)
trap 'rm -f "$log"' EXIT

# What went wrong is said once more at the end, where it is looked for; the first lines of a report name the two places.
check() {
    if swift test --skip-build "${build[@]}" "$@" 2>&1 | tee "$log"; then return; fi
    echo "--- what failed under the thread sanitizer:"
    grep -E 'recorded an issue|SUMMARY: ThreadSanitizer|reported [0-9]+ warnings' "$log" | sort | uniq -c || true
    exit 1
}

swift build --build-tests "${build[@]}" "$@"
# Under the sanitizer everything takes ten times as long: of tests with servers, children and limits of time in them only few may run at once.
export SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH=4
check "$@" --filter '^(JouleMetersTests|JouleProcessTests|JouleStoreTests|JouleRunnerTests|JouleKitTests|JouleSinksTests)\.'
# Those of load and serving one after the other.
check "$@" --no-parallel --filter '^(JouleBackendsTests|JouleServerTests|StubServingTests)\.'
