#!/usr/bin/env bash
# Fuzzes everything that reads bytes which somebody else wrote, with libFuzzer: each target for a minute, or for as long as is asked.
#
#   scripts/fuzz.sh [SECONDS] [TARGET…]      stream metrics configuration recording prompts samples
#
# What it has learnt is kept in .build-fuzz/corpus, findings in .build-fuzz/findings; ends with 1 at the first finding.
set -euo pipefail
cd "$(dirname "$0")/.."

seconds=${1:-60}
shift || true
targets=("$@")
[ ${#targets[@]} -gt 0 ] || targets=(stream metrics configuration recording prompts samples)

JOULEBENCH_FUZZ=1 swift build -c release --scratch-path .build-fuzz --sanitize fuzzer --product joulebench-fuzz >&2
for target in "${targets[@]}"; do
    corpus=.build-fuzz/corpus/$target
    mkdir -p "$corpus" .build-fuzz/findings
    seeds=Tests/Fuzzing/Seeds/$target
    [ "$target" = configuration ] && seeds=configs
    cp "$seeds"/* "$corpus"/
    echo "=== $target: $seconds s"
    FUZZ_TARGET=$target .build-fuzz/release/joulebench-fuzz -max_total_time="$seconds" -max_len=8192 -timeout=10 -rss_limit_mb=2048 \
        -artifact_prefix=".build-fuzz/findings/$target-" -print_final_stats=1 -verbosity=0 "$corpus" 2>&1 |
        grep -E "stat::|ERROR|SUMMARY|Test unit|Fatal error|Precondition" || true
    [ "${PIPESTATUS[0]}" -eq 0 ] || { echo "$target: a finding, see .build-fuzz/findings"; exit 1; }
done
echo "no finding in ${#targets[@]} targets of $seconds s each"
