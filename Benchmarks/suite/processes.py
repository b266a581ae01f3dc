"""What a program costs while it runs, by the kernel's own accounting."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Cost:
    """The cost of one run of a program."""

    wall_seconds: float
    cpu_seconds: float
    """User and system time of the whole process, its start included (rusage)."""
    running_cpu_percent: float | None
    """Per cent of one core while it was running, without start and end (scheduler statistics of its threads)."""
    peak_rss_bytes: int
    exit_status: int
    output: str
    errors: str

    @property
    def cpu_percent(self) -> float:
        """Per cent of one core over the whole life of the process."""
        return self.cpu_seconds / self.wall_seconds * 100


class Watcher:
    """Looks at a running program every quarter of a second, from a thread of its own, until told to stop.

    Peak memory is asked for while the program lives: the maximum in its rusage begins with that of the process that started it.
    """

    def __init__(self, pid: int, whole_tree: bool, settle_seconds: float) -> None:
        self.pid = pid
        self.whole_tree = whole_tree
        self.settle = time.monotonic() + settle_seconds
        self.first: tuple[float, float] | None = None
        self.last: tuple[float, float] | None = None
        self.peak_rss = 0
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Ends the thread."""
        self._done.set()
        self._thread.join()

    @property
    def running_cpu_percent(self) -> float | None:
        """CPU between the first and the last look, per cent of one core."""
        if self.first is None or self.last is None or self.last[0] - self.first[0] < 1:
            return None
        return (self.last[1] - self.first[1]) / (self.last[0] - self.first[0]) * 100

    def _watch(self) -> None:
        while not self._done.wait(0.25):
            pids = [self.pid, *(descendants(self.pid) if self.whole_tree else [])]
            self.peak_rss = max(self.peak_rss, sum(peak_rss(pid) for pid in pids))
            now, seconds = time.monotonic(), sum(cpu_seconds(pid) for pid in pids)
            if now >= self.settle and seconds > 0:
                self.first = self.first or (now, seconds)
                # Threads that have ended take their time with them: the sum falls, and the program is at its end.
                if self.last is None or seconds >= self.last[1]:
                    self.last = (now, seconds)


def observe(
    command: Sequence[str], environment: Mapping[str, str], *, whole_tree: bool = False, settle_seconds: float = 3
) -> Cost:
    """Runs a program to its end.

    whole_tree: the processes that it starts count too.
    settle_seconds: how long its start lasts.
    """
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        start = time.monotonic()
        child = subprocess.Popen(command, env=dict(environment), stdin=subprocess.DEVNULL, stdout=output, stderr=errors)
        watcher = Watcher(child.pid, whole_tree, settle_seconds)
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.monotonic() - start
        child.returncode = os.waitstatus_to_exitcode(status)
        watcher.stop()
        output.seek(0)
        errors.seek(0)
        return Cost(
            wall_seconds=wall,
            cpu_seconds=usage.ru_utime + usage.ru_stime,
            running_cpu_percent=watcher.running_cpu_percent,
            peak_rss_bytes=watcher.peak_rss,
            exit_status=child.returncode,
            output=output.read().decode(errors="replace"),
            errors=errors.read().decode(errors="replace"),
        )


def cpu_seconds(pid: int) -> float:
    """Time that the threads of a process have spent on a core; 0 for one that is gone."""
    total = 0
    for file in Path(f"/proc/{pid}/task").glob("*/schedstat"):
        try:
            total += int(file.read_text().split()[0])
        except (OSError, IndexError):
            continue
    return total * 1e-9


def peak_rss(pid: int) -> int:
    """Peak resident memory of a process in bytes; 0 for one that is gone."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:")), 0)


def descendants(pid: int) -> list[int]:
    """The processes that a process has started, and those that they have."""
    parents: dict[int, list[int]] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            except (OSError, IndexError):
                continue
            parents.setdefault(parent, []).append(int(folder.name))
    found, waiting = [], [pid]
    while waiting:
        children = parents.get(waiting.pop(), [])
        found += children
        waiting += children
    return found


@contextmanager
def busy_cores() -> Iterator[None]:
    """An endless loop on every core."""
    loops = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(os.cpu_count() or 1)]
    try:
        time.sleep(0.5)
        yield
    finally:
        for loop in loops:
            loop.kill()
        for loop in loops:
            loop.wait()
