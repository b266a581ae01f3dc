"""How long the analysis of a long run takes: an hour of load with eight GPUs, and a tenth of it to show how the cost grows."""

from __future__ import annotations

import csv
import io
import json
import os
import random
import shutil
import statistics
import struct
import subprocess
import sys
from array import array
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .places import Places
from .processes import Cost, observe
from .stub_server import MODEL, serving
from .tables import number, table

DEVICES = 8
HERTZ = 10
SECONDS_PER_REQUEST = 0.036
"""100,000 requests are an hour."""
TOKENS = 128
TTFT_NS, ITL_NS = 100_000_000, 20_000_000
GOAL_SECONDS, GOAL_RSS_GB = 5.0, 1.0
GOAL_REQUESTS = 100_000
STAMPS = {
    "scheduled_ns": 0, "started_ns": 20_000, "connecting_ns": 21_000, "connected_ns": 150_000, "sent_ns": 200_000,
    "first_byte_ns": 800_000,
}  # fmt: skip
"""Of a request, behind its arrival; those of its tokens follow."""


def run(places: Places, requests: int, repeats: int) -> dict[str, Any]:
    """A tenth, then the whole; each recording is written once, and analysed as often as asked."""
    template = real_run(places)
    rows = []
    for count in (max(1, requests // 10), requests):
        print(f"  writing a run of {count:,} requests", file=sys.stderr)
        directory = write(places.out / "analysis" / "raw" / f"exp_{count}", template, count)
        size = sum(file.stat().st_size for file in directory.iterdir())
        costs = []
        for repeat in range(repeats):
            print(f"  {repeat + 1}/{repeats} analysis of {count:,} requests", file=sys.stderr)
            costs.append(analysis(places, directory))
        check(directory, count)
        rows.append(
            {
                "requests": count,
                "tokens": count * TOKENS,
                "samples": DEVICES * ticks(count),
                "megabytes": size / 1e6,
                "wall_seconds": statistics.median(cost.wall_seconds for cost in costs),
                "cpu_seconds": statistics.median(cost.cpu_seconds for cost in costs),
                # 0 where all were over before the first look at them.
                "peak_rss_mb": max(cost.peak_rss_bytes for cost in costs) / 1e6 or None,
            }
        )
        shutil.rmtree(directory)
    return {"rows": rows, "seconds": requests * SECONDS_PER_REQUEST}


def real_run(places: Places) -> Path:
    """A short run against the stub server with eight stand-in GPUs: the recordings have its files, made longer."""
    prompts = places.out / "analysis-prompts.txt"
    prompts.write_text("".join(f"benchmark request {index}\n" for index in range(20)))
    results = places.out / "analysis-template"
    environment = places.stand_in_environment(devices=DEVICES)
    with serving(places, ["--ttft", "20ms", "--itl", "1ms", "--tokens", str(TOKENS)]) as server:
        command = [
            str(places.joulebench), "load-test", "--endpoint", server.url, "--model", MODEL, "--prompts", str(prompts),
            "--num-prompts", "20", "--max-new-tokens", str(TOKENS), "--request-rate", f"{1 / SECONDS_PER_REQUEST:.4f}",
            "--preset", "none", "--meters", "nvml", "--json", "--quiet", "--results-dir", str(results),
        ]  # fmt: skip
        ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if ended.returncode != 0:
        raise SystemExit(f"joulebench load-test ended with {ended.returncode}: {ended.stderr.strip()[-500:]}")
    return results / "raw" / str(json.loads(ended.stdout)["run_id"])


def analysis(places: Places, directory: Path) -> Cost:
    """One analysis, which must succeed."""
    cost = observe([str(places.joulebench), "analyze", str(directory), "--json", "--quiet"], os.environ)
    if cost.exit_status != 0:
        raise SystemExit(f"joulebench analyze ended with {cost.exit_status}: {cost.errors.strip()[-500:]}")
    return cost


def check(directory: Path, count: int) -> None:
    """All of the recording must have been read, or the speed says nothing."""
    summary = json.loads((directory / "summary.json").read_text())
    completed, tokens = summary["requests"]["completed"], summary["requests"]["output_tokens"]
    energy = summary["figures"]["joules_per_output_token"]["value"]
    attributed = (directory / "attribution.jsonl").read_bytes().count(b"\n")
    # The steady window leaves out what lies at both ends.
    enough = completed == count and min(tokens / TOKENS, attributed) > 0.9 * count
    if not enough or energy is None:
        raise SystemExit(
            f"of {count} requests the analysis found {completed}, {tokens} tokens and the energy of {attributed}; {energy} J per token"
        )


def ticks(count: int) -> int:
    """Readings of one GPU, with one before the load and some behind it."""
    return round((count * SECONDS_PER_REQUEST + 8) * HERTZ)


def write(directory: Path, template: Path, count: int) -> Path:
    """A recording in the layout that the tool writes; `Sources/JouleStore` describes the files."""
    directory.mkdir(parents=True)
    state = json.loads((template / "state.json").read_text())
    start = state["phases"][0]["start_ns"]
    arrivals_end = start + round(count * SECONDS_PER_REQUEST * 1e9)
    end = arrivals_end + 4_000_000_000
    spans = [{"phase": "measure", "start_ns": start, "end_ns": arrivals_end}, {"phase": "drain", "start_ns": arrivals_end, "end_ns": end}]
    state |= {"phases": spans, "requests_done": count, "requests_planned": count, "updated_ns": end}
    write_json(directory / "state.json", state)
    experiment = json.loads((template / "experiment.json").read_text())
    experiment["experiment"]["load"]["requests"] = count
    write_json(directory / "experiment.json", experiment)
    environment = json.loads((template / "environment.json").read_text())
    first = environment["start_anchor"]
    length = end - first["monotonic_ns"]
    environment["end_anchor"] = {
        "monotonic_ns": end, "boot_ns": first["boot_ns"] + length, "unix_seconds": first["unix_seconds"] + length * 1e-9,
    }  # fmt: skip
    write_json(directory / "environment.json", environment)
    shutil.copy(template / "client.json", directory)
    write_samples(directory / "samples.csv", template / "samples.csv", start, count)
    write_server_metrics(directory / "server_metrics.csv", template / "server_metrics.csv", start, count)
    write_requests(directory, template, start, count)
    return directory


def write_json(path: Path, value: dict[str, Any]) -> None:
    """As the tool writes it."""
    path.write_text(json.dumps(value, indent=2) + "\n")


def write_samples(path: Path, template: Path, start: int, count: int) -> None:
    """Full readings of every GPU, ten a second; the power wanders and the counter follows it."""
    header, *lines = template.read_text().splitlines()
    names = header.split(",")
    rows: dict[str, list[str]] = {}
    for line in csv.reader(io.StringIO("\n".join(lines))):
        if line[names.index("power_watts")]:
            rows.setdefault(line[names.index("device")], line)
    if len(rows) != DEVICES:
        raise SystemExit(f"the short run has readings of {len(rows)} GPUs, not of {DEVICES}")
    power, average, energy, instant = (
        names.index(name) for name in ("power_watts", "power_average_watts", "energy_joules", "monotonic_ns")
    )  # fmt: skip
    generator = random.Random(1)
    joules = dict.fromkeys(rows, 1_000_000.0)
    with path.open("w") as file:
        file.write(header + "\n")
        for tick in range(ticks(count)):
            # Half a second before the load.
            time = start - 500_000_000 + tick * 1_000_000_000 // HERTZ
            for number_of_gpu, (device, row) in enumerate(rows.items()):
                watts = round(generator.uniform(200, 700), 3)
                joules[device] += watts / HERTZ
                row[power] = row[average] = str(watts)
                row[energy], row[instant] = f"{joules[device]:.3f}", str(time + number_of_gpu * 700_000)
                file.write(",".join(row) + "\n")


def write_server_metrics(path: Path, template: Path, start: int, count: int) -> None:
    """One look at the server's metrics each second; counters grow evenly up to what the requests add up to."""
    header, *lines = template.read_text().splitlines()
    last = dict(line.split(",")[1:3] for line in lines)
    seconds = round(count * SECONDS_PER_REQUEST) + 4
    with path.open("w") as file:
        file.write(header + "\n")
        for second in range(-1, seconds + 1):
            share = min(1.0, max(0, second) / seconds)
            for name, value in last.items():
                grows = name.endswith(("_total", "_sum", "_count"))
                text = str(float(value) * count / 20 * share) if grows else value
                file.write(f"{start + second * 1_000_000_000},{name},{text},\n")


def write_requests(directory: Path, template: Path, start: int, count: int) -> None:
    """A line and 128 chunks for each request; arrivals are even, tokens late by up to a millisecond."""
    line = json.loads((template / "requests.jsonl").read_text().splitlines()[0])
    header = (template / "chunks.bin").read_bytes()[:16]
    generator = random.Random(2)
    patterns = [list(token_offsets(generator)) for _ in range(64)]
    with (directory / "requests.jsonl").open("w") as lines, (directory / "chunks.bin").open("wb") as chunks:
        chunks.write(header)
        for index in range(count):
            arrival = start + round((index + 0.5) * SECONDS_PER_REQUEST * 1e9)
            tokens = [arrival + offset for offset in patterns[index % len(patterns)]]
            line |= {name: arrival + offset for name, offset in STAMPS.items()}
            line |= dict.fromkeys(("first_event_ns", "first_token_ns", "first_output_token_ns"), tokens[0])
            line |= dict.fromkeys(("last_token_ns", "body_end_ns"), tokens[-1])
            line |= {"index": index, "prompt_id": f"line-{index + 1}", "output_tokens": TOKENS}
            lines.write(json.dumps(line, separators=(",", ":"), sort_keys=True) + "\n")
            # A record is an instant and then, as one little-endian word, index, tokens, events and kind.
            what = struct.unpack("<q", struct.pack("<IHBB", index, 1, 1, 0))[0]
            words = array("q", bytes(16 * TOKENS))
            words[0::2] = array("q", tokens)
            words[1::2] = array("q", [what]) * TOKENS
            if sys.byteorder == "big":
                words.byteswap()
            chunks.write(words.tobytes())


def token_offsets(generator: random.Random) -> Iterator[int]:
    """When the tokens of a request arrive, behind its arrival."""
    for number_of_token in range(TOKENS):
        yield TTFT_NS + number_of_token * ITL_NS + generator.randrange(1_000_000)


def render(result: dict[str, Any]) -> str:
    """One row for each size, and how the cost grew."""
    header = ["requests", "tokens", "samples", "files", "wall", "goal", "CPU", "peak RSS", "goal"]
    rows = []
    for row in result["rows"]:
        # The goal was set for this length.
        whole = row["requests"] == GOAL_REQUESTS
        rows.append(
            [
                f"{row['requests']:,}", f"{row['tokens']:,}", f"{row['samples']:,}", number(row["megabytes"], 0, " MB"),
                number(row["wall_seconds"], 2, " s"), number(GOAL_SECONDS if whole else None, 0, " s"),
                number(row["cpu_seconds"], 2, " s"), number(row["peak_rss_mb"], 0, " MB"),
                number(GOAL_RSS_GB if whole else None, 0, " GB"),
            ]
        )  # fmt: skip
    small, large = result["rows"]
    growth = large["wall_seconds"] / small["wall_seconds"]
    peaks = large["peak_rss_mb"], small["peak_rss_mb"]
    memory = f"{peaks[0] / peaks[1]:.1f} times the memory" if all(peaks) else "too short to compare the memory"
    times = large["requests"] / small["requests"]
    return (
        f"{table(header, rows)}\n\n{times:.0f} times the size: {growth:.1f} times as long, {memory}. "
        f"{result['seconds']:,.0f} s of load, {DEVICES} GPUs at {HERTZ} Hz, {TOKENS} tokens a request; medians, the greatest memory."
    )
