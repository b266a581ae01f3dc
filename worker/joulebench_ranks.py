"""A model whose layers are split over devices: one process for each, of which the first speaks the worker's protocol.

transformers splits a layer only over processes that know each other (`torch.distributed`). The worker that the parent started is rank 0; on
`load` with `tensor_parallel` it starts the others itself. Each of them is this same worker: it hears the same orders over its own pipes, and
what all do at once meets in the collectives of the layers. Rank 0's tokens and stamps are the answer; the others' tokens are compared with them.

A rank that fails leaves the others waiting inside a collective, where no pipe is read. So each rank's answers are read by a thread of
rank 0, which then says what happened to the parent and ends all of them.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

JSON = dict[str, Any]
RANK, STORE = "JOULEBENCH_RANK", "JOULEBENCH_RANK_STORE"
ENDED_PATIENCE = 2.0  # seconds until this rank notices by itself that a connection is gone
PATIENCE = 30.0  # seconds for a rank that another has failed beside, and which may fail in the same way
LONGEST_END = 120.0  # seconds by which one rank may finish before another: they share every step


class RankFailure(Exception):
    """What a rank said of its failure, or how it ended."""

    def __init__(self, rank: int, code: str, message: str, remedy: str, detail: str | None = None):
        super().__init__(message)
        self.rank, self.code, self.message, self.remedy, self.detail = rank, code, message, remedy, detail

    def event(self) -> JSON:
        message = f"rank {self.rank}: {self.message}"
        return {"event": "error", "code": self.code, "message": message, "remedy": self.remedy, "detail": self.detail}


def own_rank() -> int | None:
    """The rank of this process, if another worker started it as one."""
    rank = os.environ.get(RANK)
    return None if rank is None else int(rank)


def die_with_rank_0() -> None:
    """The kernel ends this process with the one that started it, from inside a collective too (Linux; elsewhere broken connections do)."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(1, signal.SIGKILL, 0, 0, 0)  # 1 = PR_SET_PDEATHSIG


class Ranks:
    """The other ranks, as rank 0 sees them."""

    def __init__(self, torch: Any, size: int, send: Callable[[JSON], None]):
        self.size, self.send = size, send
        # The store chooses its own port, so that no two runs ask for the same.
        self.store = torch.distributed.TCPStore("127.0.0.1", 0, size, True, timedelta(minutes=10), wait_for_workers=False)
        self.lock = threading.Lock()
        self.identity: int | None = None
        self.busy = False
        self.others = [Other(self, rank) for rank in range(1, size)]

    def together(self, identity: int, op: str, request: JSON, work: Callable[[], JSON]) -> list[JSON]:
        """Has every rank do the same; what each answered, rank 0 first. Ends the process where one failed alone."""
        with self.lock:
            self.identity, self.busy = identity, True
        for other in self.others:
            if other.process.poll() is not None:  # between two orders, when nobody waited for it
                self.end(other.failure(other.answer(PATIENCE)).event())
            other.ask({"id": identity, "op": op} | request)
        try:
            own = work()
        except Exception as error:
            self.left()
            answers = [other.answer(PATIENCE) for other in self.others]
            for other, answer in zip(self.others, answers):
                if answer.get("ended"):
                    self.end(other.failure(answer).event())
            if any(answer["event"] != "error" or "lost" in answer for answer in answers):
                raise EndOfRanks from error  # the others went on where this one could not, and wait for it
            raise
        self.left()
        answers = [own]
        for other in self.others:
            answer = other.answer(LONGEST_END)
            if answer["event"] == "error":
                self.end(other.failure(answer).event())
            answers.append(answer)
        return answers

    def left(self) -> None:
        with self.lock:
            self.busy = False

    def end(self, event: JSON) -> None:
        """Says it and ends, the other ranks with this one."""
        with self.lock:
            self.stop()
            with contextlib.suppress(OSError):
                self.send({"id": self.identity} | event)
            sys.stderr.flush()
            os._exit(1)

    def stop(self) -> None:
        for other in self.others:
            other.process.kill()
        for other in self.others:
            other.process.wait()

    def watched(self, other: Other, answer: JSON) -> None:
        """On a thread: an answer came. A rank that failed while this one goes on leaves it waiting in a collective."""
        if answer["event"] != "error":
            return
        deadline = time.monotonic() + (ENDED_PATIENCE if answer.get("ended") else PATIENCE)
        while time.monotonic() < deadline:
            with self.lock:
                if not self.busy:
                    return
            time.sleep(0.05)
        self.end(other.failure(answer).event())


class EndOfRanks(Exception):
    """Rank 0 failed alone: its error is to be told, and then nothing can go on."""


class Other:
    """One of the other ranks: a process, its pipes, and the thread that reads what it says."""

    def __init__(self, ranks: Ranks, rank: int):
        self.ranks, self.rank = ranks, rank
        environment = os.environ | {RANK: str(rank), STORE: str(ranks.store.port)}
        script = os.path.abspath(sys.modules["__main__"].__file__ or "")
        # Its standard error is this process's, which the parent keeps.
        self.process = subprocess.Popen(
            [sys.executable, "-u", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment
        )  # fmt: skip
        self.answers: queue.Queue[JSON] = queue.Queue()
        threading.Thread(target=self.read, name=f"rank {rank}", daemon=True).start()

    def ask(self, request: JSON) -> None:
        assert self.process.stdin is not None
        with contextlib.suppress(BrokenPipeError):  # its end is an answer, which the thread gives
            self.process.stdin.write(json.dumps(request).encode() + b"\n")
            self.process.stdin.flush()

    def failure(self, answer: JSON) -> RankFailure:
        known: RankFailure | None = answer.get("lost")
        return known or RankFailure(self.rank, answer["code"], answer["message"], answer["remedy"], answer.get("detail"))

    def answer(self, patience: float) -> JSON:
        try:
            return self.answers.get(timeout=patience)
        except queue.Empty:
            failure = RankFailure(self.rank, "worker.rank-lost", f"it gave no answer for {patience:g} s", "see the worker's stderr")
            return {"event": "error", "lost": failure}

    def read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            event = json.loads(line)
            if event["event"] in ("hello", "progress"):
                continue
            self.answers.put(event)
            self.ranks.watched(self, event)
        status = self.process.wait()
        how = f"signal {-status}" if status < 0 else f"exit code {status}"
        message = f"the process {self.process.pid} ended with {how} before its work was done"
        lost = RankFailure(self.rank, "worker.rank-lost", message, "see the worker's stderr")
        event = {"event": "error", "ended": True, "lost": lost}
        self.answers.put(event)
        self.ranks.watched(self, event)


def device_of(torch: Any, rank: int, device: str, device_ids: list[int] | None) -> str:
    """Where a rank computes: the GPU of its number among those that were chosen, or the processor."""
    if torch.cuda.is_available() and device != "cpu":
        return f"cuda:{device_ids[rank] if device_ids else rank}"
    return "cpu"


def join(torch: Any, rank: int, size: int, store: Any, device: str) -> None:
    """Makes this process one of the group; returns when all have come."""
    distributed = torch.distributed
    if store is None:
        store = distributed.TCPStore("127.0.0.1", int(os.environ[STORE]), size, False, timedelta(minutes=10))
    # The host's name need not resolve, and the ranks are on one machine.
    os.environ.setdefault("GLOO_SOCKET_IFNAME", "lo0" if sys.platform == "darwin" else "lo")
    os.environ.update(RANK=str(rank), WORLD_SIZE=str(size), LOCAL_RANK=device.partition(":")[2] or str(rank))
    if distributed.is_initialized():
        with contextlib.suppress(Exception):  # its other members are gone
            distributed.destroy_process_group()
    backend, bound = ("nccl", torch.device(device)) if device.startswith("cuda") else ("gloo", None)
    if bound is not None:
        torch.cuda.set_device(bound)
    distributed.init_process_group(backend, store=store, rank=rank, world_size=size, timeout=timedelta(hours=2), device_id=bound)


def local_bytes(model: Any) -> int:
    """What lies in this process; a split parameter says the size of the whole."""
    parts = [part.to_local() if hasattr(part, "to_local") else part for part in (*model.parameters(), *model.buffers())]
    return sum(part.numel() * part.element_size() for part in parts)


def added(answers: list[JSON], name: str) -> int | None:
    values = [answer.get(name) for answer in answers]
    return None if None in values else sum(value for value in values if value is not None)


def disagreement(answers: list[JSON]) -> int | None:
    """The first rank whose tokens are not those of rank 0."""
    tokens = [[result.get("token_ids") for result in answer["results"]] for answer in answers]
    return next((rank for rank, made in enumerate(tokens) if made != tokens[0]), None)
