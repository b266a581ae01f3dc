"""What the load client sees of a server whose every token is known, and what it costs."""

from __future__ import annotations

import json
import os
import statistics
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from .places import ROOT, Places
from .processes import Cost, observe
from .stub_server import MODEL, StubServer, Truth, cores, pinned, serving, spread
from .tables import number, signed, table

TTFT_MS = 100
ITL_MS = 20
TOKENS = 128
ANSWER_SECONDS = (TTFT_MS + ITL_MS * (TOKENS - 1)) / 1e3
GOAL_ERROR_MS = {100: 0.2, 400: 0.3, 1_000: 0.5}
"""Mean time to first token above the truth, by streams."""
GOAL_CPU_US = 14.0
GOAL_RSS_MB = 60.0
GOAL_BURST = 1_000_000.0
BURST_STREAMS, BURST_REQUESTS, BURST_TOKENS = 32, 2_000, 1_000
FURTHER_TRIES = 2
"""Runs in the place of those that are discarded."""
MARK = "benchmark request"


@dataclass(frozen=True)
class Load:
    """What is asked of the server, and when."""

    arrival: str
    """`closed`: always so many streams. `open`: Poisson arrivals at the rate that keeps about as many. `burst`: whole answers at once."""
    streams: int
    requests: int
    tokens: int = TOKENS

    @property
    def rate(self) -> float | None:
        """Requests per second; None in a closed loop."""
        return self.streams / ANSWER_SECONDS if self.arrival == "open" else None

    @property
    def server_options(self) -> list[str]:
        """Of the stub server."""
        if self.arrival == "burst":
            return ["--burst", "--ttft", "1ms", "--tokens", str(self.tokens)]
        return ["--ttft", f"{TTFT_MS}ms", "--itl", f"{ITL_MS}ms", "--tokens", str(self.tokens)]


@dataclass(frozen=True)
class Seen:
    """What a client says after a run."""

    tokens: int
    failed: int
    tokens_per_second: float
    mean_ttft_ms: float
    p99_ttft_ms: float
    load_cpu_seconds: float
    """CPU of the process from the first request to the last answer."""
    received_after_sent_ms: dict[str, float] | None = None
    """From the client's stamp of a request sent to the server's of a request received, on one clock."""
    seen_after_written_ms: dict[str, float] | None = None
    """From the server's stamp of a first token written to the client's of the same token read."""


Client = Callable[[Places, StubServer, Load], tuple[Cost, Seen, Truth]]


def run(places: Places, streams: Sequence[int], per_stream: int, repeats: int) -> dict[str, Any]:
    """Ours at every number of streams, the greatest as often as asked; another client once each, if it is installed."""
    rows = []
    for arrival in ("closed", "open"):
        for count in streams:
            load = Load(arrival, count, count * per_stream)
            rows.append(case("joulebench", ours, places, load, repeats if count == max(streams) else 1))
            # One open loop tells enough: a start of this client takes as long as its run.
            if places.vllm_python is not None and (arrival == "closed" or count == max(streams)):
                rows.append(case("vllm bench serve", vllm, places, load, 1))
    burst = Load("burst", BURST_STREAMS, BURST_REQUESTS, BURST_TOKENS)
    rows.append(case("joulebench", ours, places, burst, repeats))
    if places.vllm_python is not None:
        rows.append(case("vllm bench serve", vllm, places, burst, 1))
    server_core, client_core = cores()
    return {"server_core": server_core, "client_core": client_core, "per_stream": per_stream, "rows": rows}


def case(name: str, client: Client, places: Places, load: Load, repeats: int) -> dict[str, Any]:
    """Runs until enough of them had a server that kept its schedule."""
    kept: list[dict[str, Any]] = []
    discarded: list[dict[str, Any]] = []
    while len(kept) < repeats and len(discarded) <= FURTHER_TRIES:
        print(f"  {len(kept) + 1}/{repeats} {name}, {load.arrival}, {load.streams} streams", file=sys.stderr)
        with serving(places, load.server_options) as server:
            cost, seen, truth = client(places, server, load)
        # A request that failed on the client's side took its tokens with it; that is said below the tables.
        if seen.tokens != (load.requests - seen.failed) * load.tokens:
            raise SystemExit(f"{name} counted {seen.tokens} tokens in {load.requests - seen.failed} answers of {load.tokens}")
        # In a burst nothing is due at an instant.
        complaint = None if load.arrival == "burst" else truth.complaint
        true = spread(truth.ttft_ms)
        found = asdict(seen) | {
            "complaint": complaint,
            "true_ttft_ms": true,
            "error_ms": seen.mean_ttft_ms - true["mean"],
            "server_first_token_late_ms": truth.first_token_late_ms,
            "server_cpu_seconds": truth.cpu_seconds,
            "server_tokens_late_p99_ms": truth.tokens_late_p99_ms,
            "cpu_us_per_token": cost.cpu_seconds / seen.tokens * 1e6,
            "load_cpu_us_per_token": seen.load_cpu_seconds / seen.tokens * 1e6,
            "tokens_per_cpu_second": seen.tokens / seen.load_cpu_seconds,
            "peak_rss_mb": cost.peak_rss_bytes / 1e6,
            "wall_seconds": cost.wall_seconds,
        }
        if complaint:
            print(f"    discarded: {complaint}", file=sys.stderr)
        (discarded if complaint else kept).append(found)
    return {"client": name, **asdict(load), "rate": load.rate, "runs": kept, "discarded": discarded}


def ours(places: Places, server: StubServer, load: Load) -> tuple[Cost, Seen, Truth]:
    """`joulebench load-test` on one core, without meters and phases; each of its requests is found again in the server's log."""
    prompts = places.out / "client-prompts.txt"
    prompts.write_text("".join(f"{MARK} {index}\n" for index in range(load.requests)))
    results = places.out / "client"
    command = [
        *pinned(cores()[1]), places.joulebench, "load-test", "--endpoint", server.url, "--model", MODEL, "--prompts", prompts,
        "--num-prompts", load.requests, "--max-new-tokens", load.tokens, "--preset", "none", "--meters", "none", "--json", "--quiet",
        "--results-dir", results, *(["--request-rate", f"{load.rate:.3f}"] if load.rate else ["--concurrency", load.streams]),
    ]  # fmt: skip
    cost = observed(command, "joulebench load-test")
    truth = server.truth()
    summary = json.loads(cost.output)
    requests = (results / "raw" / summary["run_id"] / "requests.jsonl").read_text().splitlines()
    answers = {int(answer.prompt.split()[-1]): answer for answer in truth.answers}
    pairs = [(one, answers[int(one["prompt_id"].rpartition("-")[2]) - 1]) for one in map(json.loads, requests)]
    ttft = summary["latencies"]["time_to_first_token"]
    seen = Seen(
        tokens=summary["requests"]["output_tokens"],
        failed=summary["requests"]["failed"],
        tokens_per_second=summary["figures"]["output_tokens_per_second"]["value"],
        mean_ttft_ms=ttft["mean"] * 1e3,
        p99_ttft_ms=ttft["p99"] * 1e3,
        load_cpu_seconds=summary["serving"]["client"]["report"]["cpu_seconds"],
        received_after_sent_ms=spread([(answer.received_ns - one["sent_ns"]) / 1e6 for one, answer in pairs]),
        seen_after_written_ms=spread([(one["first_token_ns"] - answer.first_token_ns) / 1e6 for one, answer in pairs]),
    )
    return cost, seen, truth


def vllm(places: Places, server: StubServer, load: Load) -> tuple[Cost, Seen, Truth]:
    """`vllm bench serve` on one core, with the same lengths and arrivals."""
    result = places.out / "vllm.json"
    command = [
        *pinned(cores()[1]), places.vllm_python, ROOT / "Benchmarks" / "peers" / "vllm_serve.py", "--backend", "openai-chat",
        "--base-url", server.url, "--endpoint", "/v1/chat/completions", "--model", MODEL, "--tokenizer", places.vllm_tokenizer,
        "--dataset-name", "random", "--random-input-len", 8, "--random-output-len", load.tokens, "--ignore-eos",
        "--num-prompts", load.requests, "--disable-tqdm", "--save-result", "--result-dir", result.parent, "--result-filename", result.name,
        *(["--request-rate", f"{load.rate:.3f}"] if load.rate else ["--max-concurrency", load.streams]),
    ]  # fmt: skip
    cost = observed(command, "vllm bench serve")
    found = json.loads(result.read_text())
    seen = Seen(
        tokens=found["total_output_tokens"],
        failed=found["failed"],
        tokens_per_second=found["output_throughput"],
        mean_ttft_ms=found["mean_ttft_ms"],
        p99_ttft_ms=found["p99_ttft_ms"],
        load_cpu_seconds=json.loads(cost.output.splitlines()[-1])["load_cpu_seconds"],
    )
    return cost, seen, server.truth()


def observed(command: Sequence[Any], name: str) -> Cost:
    """A client's run, which must succeed."""
    quiet = {"HF_HUB_OFFLINE": "1", "VLLM_NO_USAGE_STATS": "1", "PYTHONDONTWRITEBYTECODE": ""}
    cost = observe([str(part) for part in command], os.environ | quiet)
    if cost.exit_status != 0:
        raise SystemExit(f"{name} ended with {cost.exit_status}: {(cost.errors.strip() or cost.output.strip())[-500:]}")
    return cost


def middle(row: dict[str, Any], *path: str) -> float | None:
    """The median of a figure over the runs that were kept; None where none has it."""
    found = []
    for one in row["runs"]:
        value: Any = one
        for name in path:
            value = value.get(name) if value is not None else None
        if value is not None:
            found.append(value)
    return statistics.median(found) if found else None


def render(result: dict[str, Any]) -> str:
    """A table of the time to first token, one of the cost, one of the burst, and what was discarded."""
    timed = [row for row in result["rows"] if row["arrival"] != "burst"]
    burst = [row for row in result["rows"] if row["arrival"] == "burst"]
    parts = [
        table(
            ["client", "arrival", "streams", "runs", "true TTFT, mean", "p99", "measured, mean", "p99", "mean error", "goal",
             "sent → received", "written → seen, mean", "p99"],
            [ttft_row(row) for row in timed],
        ),
        table(
            ["client", "arrival", "streams", "CPU per token", "goal", "under load alone", "peak RSS", "goal", "tokens/s"],
            [cost_row(row) for row in timed],
        ),
        table(
            ["client, whole answers at once", "tokens per CPU second", "goal", "tokens/s", "by the server's CPU", "CPU per token",
             "peak RSS"],
            [burst_row(row) for row in burst],
        ),
    ]  # fmt: skip
    lost = [(row, one) for row in timed for one in row["discarded"]]
    parts += [f"Discarded: {row['client']}, {row['arrival']}, {row['streams']} streams: {one['complaint']}." for row, one in lost]
    failed = [(row, one["failed"]) for row in result["rows"] for one in row["runs"] if one["failed"]]
    parts += [f"Failed: {row['client']}, {row['arrival']}, {row['streams']} streams: {n} of {row['requests']:,}." for row, n in failed]
    where = "nothing was pinned" if result["client_core"] is None else "server and client each on a core of their own"
    parts.append(
        f"{result['per_stream']} requests per stream, {TOKENS} tokens each, the first after {TTFT_MS} ms, then one every {ITL_MS} ms; "
        f"bursts: {BURST_STREAMS} streams, {BURST_REQUESTS:,} answers of {BURST_TOKENS:,} tokens. Medians over the runs; {where}. "
        "CPU is the whole process with its start, over the tokens; open means Poisson arrivals at streams per length of an answer. In a "
        "closed loop all streams begin and end at the same instant: what the server needs to read so many requests at once lies between "
        "sent and received."
    )
    return "\n\n".join(parts)


def ttft_row(row: dict[str, Any]) -> list[str]:
    """Truth and measurement of one case."""
    goal = GOAL_ERROR_MS.get(row["streams"]) if row["client"] == "joulebench" else None
    return [
        row["client"], row["arrival"], f"{row['streams']:,}", str(len(row["runs"])),
        number(middle(row, "true_ttft_ms", "mean"), 2, " ms"), number(middle(row, "true_ttft_ms", "p99"), 1),
        number(middle(row, "mean_ttft_ms"), 2, " ms"), number(middle(row, "p99_ttft_ms"), 1), signed(middle(row, "error_ms"), 2, " ms"),
        number(goal, 1, " ms"), number(middle(row, "received_after_sent_ms", "mean"), 2, " ms"),
        number(middle(row, "seen_after_written_ms", "mean"), 2, " ms"), number(middle(row, "seen_after_written_ms", "p99"), 1),
    ]  # fmt: skip


def cost_row(row: dict[str, Any]) -> list[str]:
    """CPU and memory of one case."""
    is_ours = row["client"] == "joulebench"
    return [
        row["client"], row["arrival"], f"{row['streams']:,}", number(middle(row, "cpu_us_per_token"), 1, " µs"),
        number(GOAL_CPU_US if is_ours and row["streams"] == 1_000 else None, 0, " µs"),
        number(middle(row, "load_cpu_us_per_token"), 1, " µs"), number(middle(row, "peak_rss_mb"), 0, " MB"),
        number(GOAL_RSS_MB if is_ours else None, 0, " MB"), grouped(middle(row, "tokens_per_second")),
    ]  # fmt: skip


def burst_row(row: dict[str, Any]) -> list[str]:
    """How many tokens a client takes. The server is no faster than its own CPU allows, so the goal is for the client's CPU time."""
    server = middle(row, "server_cpu_seconds")
    return [
        row["client"], grouped(middle(row, "tokens_per_cpu_second")), grouped(GOAL_BURST if row["client"] == "joulebench" else None),
        grouped(middle(row, "tokens_per_second")), grouped(row["requests"] * row["tokens"] / server if server else None),
        number(middle(row, "cpu_us_per_token"), 2, " µs"), number(middle(row, "peak_rss_mb"), 0, " MB"),
    ]  # fmt: skip


def grouped(value: float | None) -> str:
    """A great number with its thousands marked."""
    return "–" if value is None else f"{value:,.0f}"
