"""What sampling costs: CPU, memory, and whether every tick was taken."""

from __future__ import annotations

import json
import os
import statistics
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from .places import ROOT, Places
from .processes import Cost, observe
from .tables import number, table

MEBIBYTE = 1024**2


@dataclass(frozen=True)
class Case:
    """One program at one rate."""

    tool: str
    hertz: int
    seconds: int
    command: Sequence[str | Path]
    goal_percent: float | None = None
    is_peer: bool = False


def cases(places: Places) -> list[Case]:
    """Ours, then a timer that does nothing, then those of the other tools that are installed."""
    result = []
    for meters, hertz, seconds, goal in [("nvml", 10, 20, 0.05), ("nvml", 100, 20, 0.3), ("nvml", 1_000, 10, 2.0), ("auto", 10, 20, None)]:
        command = [
            places.joulebench, "log-power", "--output", places.out / "power.csv", "--json", "--quiet", "--meters", meters,
            "--interval", f"{1 / hertz:g}", "--duration", f"{seconds}s",
        ]  # fmt: skip
        result.append(Case(f"log-power, {meters}", hertz, seconds, command, goal))
    command = [places.joulebench, "measure", "--meters", "nvml", "--json", "--quiet", "--", "sleep", "20"]
    result.append(Case("measure, following updates", 10, 20, command))
    result += [Case("bare timer", hertz, 10, [places.bare_timer, str(hertz), "10"]) for hertz in (10, 100, 1_000)]
    for name, package, rates in [("Zeus power monitor", "zeus", (10, 100)), ("CodeCarbon", "codecarbon", (1, 10))]:
        if python := places.peer(package):
            script = ROOT / "Benchmarks" / "peers" / f"{package}_power.py"
            result += [Case(name, hertz, 20, [python, script, str(hertz), "20"], is_peer=True) for hertz in rates]
    return result


def run(places: Places, repeats: int) -> dict[str, Any]:
    """Every case as often as asked, in turns, so that a busy minute does not fall on one of them alone."""
    environment = places.stand_in_environment()
    all_cases = cases(places)
    costs: list[list[Cost]] = [[] for _ in all_cases]
    for repeat in range(repeats):
        for case, found in zip(all_cases, costs):
            print(f"  {repeat + 1}/{repeats} {case.tool}, {case.hertz} Hz", file=sys.stderr)
            command = [str(part) for part in case.command]
            cost = observe(command, environment, whole_tree=case.is_peer, settle_seconds=12 if case.is_peer else 3)
            if cost.exit_status != 0:
                raise SystemExit(f"{case.tool} ended with {cost.exit_status}: {cost.errors.strip()[-500:]}")
            found.append(cost)
    return {"rows": [summary(case, found) for case, found in zip(all_cases, costs)], "start_up": start_up(places.joulebench)}


def summary(case: Case, costs: list[Cost]) -> dict[str, Any]:
    """Medians over the repetitions."""
    sampling = [statistics_of(cost) for cost in costs]
    running = [cost.running_cpu_percent for cost in costs if cost.running_cpu_percent is not None]
    return {
        "tool": case.tool,
        "hertz": case.hertz,
        "seconds": case.seconds,
        "goal_percent": case.goal_percent,
        "cpu_percent_whole": statistics.median(cost.cpu_percent for cost in costs),
        "cpu_percent_running": statistics.median(running) if running else None,
        "peak_rss_mib": statistics.median(cost.peak_rss_bytes for cost in costs) / MEBIBYTE,
        "ticks": statistics.median(one["ticks"] for one in sampling) if all(sampling) else None,
        "ticks_missed": max(one["ticks_missed"] for one in sampling) if all(sampling) else None,
        "repeats": [asdict(cost) for cost in costs],
    }


def statistics_of(cost: Cost) -> dict[str, int]:
    """What our commands say of their own sampling; empty for other tools."""
    try:
        answer = json.loads(cost.output)
    except ValueError:
        return {}
    return answer.get("statistics") or answer.get("sampling") or {}


def start_up(joulebench: Path, times: int = 20) -> dict[str, float]:
    """`--version` and `true` by turns."""
    ours, least = [], []
    for _ in range(times):
        least.append(seconds_of(["true"]))
        ours.append(seconds_of([str(joulebench), "--version"]))
    median, true = statistics.median(ours), statistics.median(least)
    return {"median_ms": median * 1e3, "true_ms": true * 1e3, "ratio": median / true}


def seconds_of(command: list[str]) -> float:
    """From before the start of a program to after its end."""
    silent = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
    start = time.perf_counter()
    pid = os.posix_spawnp(command[0], command, os.environ, file_actions=silent)
    os.waitpid(pid, 0)
    return time.perf_counter() - start


def render(result: dict[str, Any]) -> str:
    """The table of costs, and a line for the start-up."""
    header = ["sampler", "rate", "CPU, running", "CPU, whole", "goal", "peak RSS", "ticks", "missed"]
    rows = [
        [
            row["tool"], f"{row['hertz']:,} Hz", number(row["cpu_percent_running"], 3, " %"), number(row["cpu_percent_whole"], 3, " %"),
            number(row["goal_percent"], 2, " %"), number(row["peak_rss_mib"], 1, " MiB"), number(row["ticks"], 0),
            number(row["ticks_missed"], 0),
        ]
        for row in result["rows"]
    ]  # fmt: skip
    up = result["start_up"]
    start = f"`joulebench --version`: {up['median_ms']:.1f} ms, {up['ratio']:.1f} times `true` ({up['true_ms']:.1f} ms); goal 20 ms"
    return f"{table(header, rows)}\n\n{start}"
