"""Compares a minute of load with a long one: nothing lost, nothing growing.

    soak_verdict.py SHORT.json LONG.json RESULTS
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path


def main() -> int:
    """Prints the figures of both; ends with 1 when something is amiss."""
    short, long = (json.loads(Path(name).read_text()) for name in sys.argv[1:3])
    run = next((Path(sys.argv[3]) / "raw").iterdir())
    lines = [json.loads(line) for line in (run / "requests.jsonl").read_text().splitlines()]
    indices = Counter(line["index"] for line in lines if line["phase"] == "measure")
    problems = []
    if set(indices) != set(range(len(indices))) or max(indices.values(), default=0) > 1:
        problems.append("not exactly one line for each request")
    for name, summary in (("short", short), ("long", long)):
        cost, requests = summary["own_cost"], summary["requests"]
        print(
            f"{name}: {sum(requests['outcomes'].values())} requests, {requests['output_tokens']} tokens, "
            f"{cost['peak_rss_bytes'] / 2**20:.1f} MiB at peak, {cost['cpu_seconds']:.1f} s of CPU, {cost['samples_lost']:.0f} samples lost"
        )
        print("  " + ", ".join(f"{outcome} {count}" for outcome, count in sorted(requests["outcomes"].items())))
        if cost["samples_lost"]:
            problems.append(f"{name}: samples were lost")
    # Peak memory is taken before the figures are computed, which need the whole recording.
    grown = (long["own_cost"]["peak_rss_bytes"] - short["own_cost"]["peak_rss_bytes"]) / 2**20
    print(f"growth of the peak: {grown:+.1f} MiB")
    if grown > 16:
        problems.append("memory grows with time")
    for problem in problems:
        print(f"problem: {problem}")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
