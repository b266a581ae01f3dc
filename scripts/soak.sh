#!/usr/bin/env bash
# A long load with everything that can go wrong: streams that stall, break, flood, lie and are refused. The tool must end in time, lose no
# request, and its memory must not grow with time.
#
#   scripts/soak.sh [MINUTES]      30 unless given
set -euo pipefail
cd "$(dirname "$0")/.."

minutes=${1:-30}
swift build -c release --product stub-server >&2
folder=$(mktemp -d "${TMPDIR:-/tmp}/joulebench-soak.XXXXXX")
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true; rm -rf "$folder"' EXIT

cat >"$folder/script.json" <<'JSON'
{"rules": [
  {"when": {"every": 17}, "status": 500},
  {"when": {"every": 19}, "status": 429, "headers": {"Retry-After": "1"}},
  {"when": {"every": 23}, "break": {"after_tokens": 5, "how": "reset"}},
  {"when": {"every": 29}, "break": {"after_tokens": 7, "how": "stall", "for_ms": 3000}},
  {"when": {"every": 31}, "finish": "none", "done": "none"},
  {"when": {"every": 37}, "insert": [{"what": "error", "before_token": 3, "then": "end"}]},
  {"when": {"every": 41}, "insert": [{"what": "invalid_json", "before_token": 2}]},
  {"when": {"every": 43}, "usage": "continuous", "tokens_per_chunk": 3, "line_end": "crlf"},
  {"when": {"every": 997}, "flood": {"of": "bytes", "bytes": 20000000}}
]}
JSON

.build/release/stub-server --port 0 --ttft 50ms --itl 10ms --tokens 64 --no-log --script "$folder/script.json" >"$folder/stub.log" 2>&1 &
server=$!
for _ in $(seq 100); do grep -q listening "$folder/stub.log" && break; sleep 0.1; done
url=$(sed -n 's/^listening on //p' "$folder/stub.log")

measure() {
    .build/release/joulebench load-test --endpoint "$url" --model stub-model --random-prompts --random-input-len 64 --max-new-tokens 64 \
        --duration "$1" --concurrency 50 --preset none --results-dir "$folder/$2" --json --quiet >"$folder/$2.json" || [ $? -eq 3 ]
}
echo "a minute for comparison, then $minutes minutes with 50 requests in flight" >&2
measure 60s short
measure "${minutes}min" long
python3 scripts/soak_verdict.py "$folder/short.json" "$folder/long.json" "$folder/long"
