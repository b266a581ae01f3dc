"""Tokens per second of `joulebench run` beside a bare `model.generate` loop in the same Python environment."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from pathlib import Path
from typing import Any

from .places import ROOT, Places
from .tables import number, table

PROMPTS = ROOT / "Benchmarks" / "prompts.txt"
TOKENS = 50
BATCHES = (1, 4)
GOAL_PERCENT = 2.0

CONFIGURATION = f"""\
backend:
  type: pytorch
  model: builtin:smollm2-135m
  device: cpu
  torch_dtype: bfloat16
scenario:
  dataset_name: {json.dumps(str(PROMPTS))}
  num_samples: 10
  generate_kwargs:
    max_new_tokens: {TOKENS}
    min_new_tokens: {TOKENS}
phases:
  preset: none
  warmup_requests: 1   # as the bare loop does: the first call compiles and allocates
"""


def run(places: Places, pairs: int, threads: int) -> dict[str, Any]:
    """Pairs of runs by turns, the order within a pair by turns too; figures are compared within a pair only."""
    configuration = places.out / "throughput.yaml"
    configuration.write_text(CONFIGURATION)
    # Both sides get the same number of threads, said outright.
    environment = os.environ | {"OMP_NUM_THREADS": str(threads)}
    result: dict[str, Any] = {"threads": threads, "batches": []}
    for batch in BATCHES:
        found: list[dict[str, float]] = []
        for pair in range(pairs):
            print(f"  {pair + 1}/{pairs} batch {batch}", file=sys.stderr)
            sides = [ours, bare] if pair % 2 == 0 else [bare, ours]
            figures: dict[str, float] = {}
            for side in sides:
                figures |= side(places, configuration, batch, environment)
            found.append(figures | {"ratio": figures["run"] / figures["bare"], "ratio_inside": figures["inside"] / figures["bare"]})
        result["batches"].append({"batch": batch, "pairs": found})
    return result


def ours(places: Places, configuration: Path, batch: int, environment: dict[str, str]) -> dict[str, float]:
    """Tokens per second of the run's window, and of the time inside its batches."""
    results = places.out / "results"
    command = [
        places.joulebench, "run", configuration, "--json", "--quiet", "-o", results,
        "--set", f"backend.python={places.worker_python}", "--set", f"scenario.input_shapes.batch_size={batch}",
    ]  # fmt: skip
    summary = answer(command, environment)
    tokens = summary["requests"]["output_tokens"]
    check(tokens, "joulebench run")
    requests = next(results.glob(f"**/{summary['run_id']}/requests.jsonl")).read_text().splitlines()
    spans = {(one["batch"], one["sent_ns"], one["body_end_ns"]) for one in map(json.loads, requests) if one["phase"] == "measure"}
    inside = sum(end - start for _, start, end in spans) * 1e-9
    return {"run": summary["figures"]["output_tokens_per_second"]["value"], "inside": tokens / inside}


def bare(places: Places, configuration: Path, batch: int, environment: dict[str, str]) -> dict[str, float]:
    """Tokens per second of the loop without us."""
    script = ROOT / "Benchmarks" / "bare_generate.py"
    command = [
        places.worker_python, script, "--dtype", "bfloat16", "--device", "cpu", "--prompts", PROMPTS, "--batch", batch,
        "--max-new-tokens", TOKENS, "--min-new-tokens", TOKENS, "--warmup", 1,
    ]  # fmt: skip
    found = answer(command, environment)
    check(found["output_tokens"], "the bare loop")
    return {"bare": found["tokens_per_second"]}


def answer(command: list[Any], environment: dict[str, str]) -> dict[str, Any]:
    """The JSON object that a program prints."""
    ended = subprocess.run(
        [str(part) for part in command], env=environment, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
    )
    if ended.returncode != 0:
        raise SystemExit(f"{command[0]} ended with {ended.returncode}: {ended.stderr.strip()[-500:]}")
    found: dict[str, Any] = json.loads(ended.stdout)
    return found


def check(tokens: int, side: str) -> None:
    """Both sides must have done the same work, or their speeds say nothing."""
    expected = len(PROMPTS.read_text().splitlines()) * TOKENS
    if tokens != expected:
        raise SystemExit(f"{side} made {tokens} tokens where {expected} were asked for")


def render(result: dict[str, Any]) -> str:
    """One row for each batch size."""
    header = ["batch", "pairs", "bare, tokens/s", "run, tokens/s", "ratio", "least … greatest", "ratio inside batches", "goal"]
    rows = []
    for one in result["batches"]:
        pairs = one["pairs"]
        ratios = [pair["ratio"] for pair in pairs]

        def median(name: str, places: int, pairs: list[dict[str, float]] = pairs) -> str:
            return number(statistics.median(pair[name] for pair in pairs), places)

        rows.append(
            [
                str(one["batch"]), str(len(pairs)), median("bare", 1), median("run", 1), median("ratio", 3),
                f"{min(ratios):.3f} … {max(ratios):.3f}", median("ratio_inside", 3), f"≥ {1 - GOAL_PERCENT / 100:.2f}",
            ]
        )  # fmt: skip
    what = f"SmolLM2-135M in bfloat16 on the CPU, 10 prompts of {TOKENS} tokens, {result['threads']} threads"
    return f"{table(header, rows)}\n\nMedians over the pairs; {what}."
