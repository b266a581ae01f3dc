"""How far the energy of a window is from the truth that the NVML stand-in knows."""

from __future__ import annotations

import json
import os
import random
import statistics
import subprocess
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from .places import ROOT, SQUARE_WAVE_PERIOD, Places
from .processes import busy_cores
from .tables import number, signed, table

GOAL_PERCENT = {0.05: 3.0, 0.2: 1.0, 1.0: 0.3, 3.0: 0.1}
LENGTHS = [0.05, 0.1, 0.2, 0.5, 1.0, 3.0, 10.0]
WINDOWS_PER_ROUND = 20
ROUND_SECONDS = 30.0
"""The windows of a round lie at random in one recording of this length, and overlap; more than a minute would fill the sampler's ring."""

PEERS = {"zeus": "Zeus", "codecarbon": "CodeCarbon"}


def plan(generator: random.Random) -> dict[str, Any]:
    """Windows of every length that begin at random instants."""
    windows = [
        {"start": generator.uniform(0, ROUND_SECONDS - length), "length": length} for length in LENGTHS for _ in range(WINDOWS_PER_ROUND)
    ]
    return {"period": SQUARE_WAVE_PERIOD, "windows": sorted(windows, key=lambda window: window["start"])}


def run(places: Places, count: int, seed: int) -> dict[str, Any]:
    """Ours on the machine as it is and with busy cores, and the other tools over the same windows."""
    generator = random.Random(seed)
    rounds = [(plan(generator), generator.uniform(0, SQUARE_WAVE_PERIOD)) for _ in range(count)]
    ours = [str(places.window_error)]
    series: list[dict[str, Any]] = [
        {"tool": "joulebench", "machine": "as it is", "rows": measure(places, ours, rounds, busy=False)},
        {"tool": "joulebench", "machine": "busy", "rows": measure(places, ours, rounds, busy=True)},
    ]
    for package, name in PEERS.items():
        if python := places.peer(package):
            command = [str(python), str(ROOT / "Benchmarks" / "peers" / f"{package}_windows.py")]
            series.append({"tool": name, "machine": "as it is", "rows": measure(places, command, rounds, busy=False)})
    for one in series:
        one["errors"] = errors(one["rows"])
    return {"seed": seed, "series": series}


def measure(places: Places, command: list[str], rounds: list[tuple[dict[str, Any], float]], *, busy: bool) -> list[dict[str, Any]]:
    """The rows of all rounds; each round is a process of its own, with another phase of the wave against the counter's updates."""
    rows: list[dict[str, Any]] = []
    with busy_cores() if busy else nullcontext():
        for number_of_round, (windows, phase) in enumerate(rounds, start=1):
            print(f"  {number_of_round}/{len(rounds)} {Path(command[-1]).stem}{', busy cores' if busy else ''}", file=sys.stderr)
            file = places.out / "plan.json"
            file.write_text(json.dumps(windows))
            environment = places.stand_in_environment(phase)
            answer = subprocess.run([*command, str(file)], env=environment, capture_output=True, text=True, check=False)
            if answer.returncode != 0:
                raise SystemExit(f"{command[-1]} ended with {answer.returncode}: {answer.stderr.strip()[-500:]}")
            rows += json.loads(answer.stdout.splitlines()[-1])["rows"]
    return rows


def errors(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Per length: the worst error, the mean of the magnitudes and the mean, in per cent of the truth."""
    result = []
    for length in LENGTHS:
        of_length = [row for row in rows if row["length"] == length]
        found = [(row["joules"] - row["truth"]) / row["truth"] * 100 for row in of_length if row["joules"] is not None]
        magnitudes = sorted(map(abs, found))
        result.append(
            {
                "length": length,
                "windows": len(of_length),
                "without_energy": len(of_length) - len(found),
                "reasons": sorted({row["reason"] for row in of_length if row["joules"] is None}),
                "worst": max(found, key=abs, default=None),
                "p95": magnitudes[int(0.95 * (len(magnitudes) - 1))] if magnitudes else None,
                "mean_magnitude": statistics.fmean(magnitudes) if magnitudes else None,
                "mean": statistics.fmean(found) if found else None,
                "outside_interval": outside(of_length),
                "goal": GOAL_PERCENT.get(length),
            }
        )
    return result


def outside(rows: list[dict[str, Any]]) -> int | None:
    """Windows whose error is larger than the ± that came with them; None for tools that state none."""
    stated = [row for row in rows if row["joules"] is not None and row.get("plusMinus") is not None]
    return sum(abs(row["joules"] - row["truth"]) > row["plusMinus"] for row in stated) if stated else None


def render(result: dict[str, Any]) -> str:
    """One table for every tool and state of the machine."""
    header = ["tool, machine", "window", "windows", "no energy", "worst", "95 % within", "mean magnitude", "mean", "outside ±", "goal"]
    rows = [
        [
            f"{one['tool']}, {one['machine']}", f"{row['length']:g} s", str(row["windows"]), str(row["without_energy"]),
            signed(row["worst"], 3, " %"), number(row["p95"], 3, " %"), number(row["mean_magnitude"], 3, " %"),
            signed(row["mean"], 3, " %"), number(row["outside_interval"], 0), number(row["goal"], 1, " %"),
        ]
        for one in result["series"]
        for row in one["errors"]
    ]  # fmt: skip
    return f"{table(header, rows)}\n\nSeed {result['seed']}; busy: an endless loop on each of {os.cpu_count()} cores."
