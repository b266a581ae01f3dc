"""The stub server as the other side of a benchmark: started on a core of its own, and asked afterwards for what it really did."""

from __future__ import annotations

import http.client
import json
import math
import os
import shutil
import statistics
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from . import machine
from .places import Places
from .processes import cpu_seconds

MODEL = "stub-model"
LATE_FIRST_TOKEN_MS = 2.0
LATE_TOKENS_P99_MS = 10.0
"""A server that was later than this was itself at its limit: its answers say nothing about a client."""


@dataclass(frozen=True)
class Answer:
    """One request as the server saw it, in nanoseconds of the monotonic clock."""

    prompt: str
    received_ns: int
    first_token_ns: int
    """The return of the write that carried it."""

    @property
    def ttft_ms(self) -> float:
        """From the request's last byte read to the first token written."""
        return (self.first_token_ns - self.received_ns) / 1e6


@dataclass(frozen=True)
class Truth:
    """What the server did in one run."""

    answers: list[Answer]
    first_token_late_ms: float
    """Behind its own schedule, mean."""
    tokens_late_p99_ms: float
    cpu_seconds: float
    """Of the server, its start included."""

    @property
    def complaint(self) -> str | None:
        """Why a run with this server is worth nothing; None when it kept its schedule."""
        if self.first_token_late_ms > LATE_FIRST_TOKEN_MS:
            return f"the server's first tokens were {self.first_token_late_ms:.1f} ms late on average"
        if self.tokens_late_p99_ms > LATE_TOKENS_P99_MS:
            return f"one in a hundred of the server's tokens was {self.tokens_late_p99_ms:.1f} ms late or more"
        return None

    @property
    def ttft_ms(self) -> list[float]:
        """Of each request."""
        return [answer.ttft_ms for answer in self.answers]


class StubServer:
    """A running stub server."""

    def __init__(self, url: str, pid: int) -> None:
        self.url = url
        self.pid = pid

    def truth(self) -> Truth:
        """Its log. Only requests that generate are in it."""
        spent = cpu_seconds(self.pid)
        # A connection that stays open: the server cuts off a long page on one that is to be closed behind it.
        connection = http.client.HTTPConnection(self.url.removeprefix("http://"))
        connection.request("GET", "/stub/log")
        log: dict[str, Any] = json.loads(connection.getresponse().read())
        connection.close()
        answers = []
        for request in log["requests"]:
            if first := next((time for time, _, tokens in request["writes"] if tokens > 0), None):
                answers.append(Answer(prompt_of(request["body"]), request["received_ns"], first))
        summary = log["summary"]
        late = summary["first_token_lateness_ms"].get("mean", 0.0), summary["token_lateness_ms"].get("p99", 0.0)
        return Truth(answers, *late, cpu_seconds=spent)


def prompt_of(body: str) -> str:
    """The text that a request asked about."""
    fields = json.loads(body)
    return str(fields["messages"][-1]["content"] if "messages" in fields else fields["prompt"])


@contextmanager
def serving(places: Places, options: Sequence[str]) -> Iterator[StubServer]:
    """A server for the time of a `with`. It gets a real-time priority where that is allowed: a busy machine shall hold up the client that
    is measured, not the truth that it is measured against."""
    command = [*pinned(cores()[0]), *(["chrt", "-f", "1"] if machine.realtime_allowed() else [])]
    command += [str(places.stub_server), "--port", "0", "--model", MODEL, "--log-limit", "100000", *options]
    server = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        line = server.stdout.readline()
        if not line.startswith("listening on "):
            raise SystemExit(f"the stub server did not start: {' '.join(command)}")
        yield StubServer(line.split()[-1], server.pid)
    finally:
        server.terminate()
        server.wait()


def cores() -> tuple[int | None, int | None]:
    """The core of the server and that of the client; none where there are not two, or nothing that pins."""
    allowed = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
    if len(allowed) < 2 or shutil.which("taskset") is None:
        return None, None
    return allowed[0], allowed[-1]


def pinned(core: int | None) -> list[str]:
    """What stands before a command that shall keep to one core."""
    return [] if core is None else ["taskset", "-c", str(core)]


def spread(values: Sequence[float]) -> dict[str, float]:
    """Mean, 99th percentile (nearest rank), least and greatest."""
    ordered = sorted(values)
    rank = max(1, math.ceil(0.99 * len(ordered)))
    return {"mean": statistics.fmean(ordered), "p99": ordered[rank - 1], "least": ordered[0], "greatest": ordered[-1]}
