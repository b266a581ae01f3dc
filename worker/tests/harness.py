"""Drives a real worker process over its real pipes."""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import IO, Any

WORKER = Path(__file__).resolve().parent.parent / "joulebench_worker.py"
PATIENCE = 300.0  # seconds for one answer; a test that waits this long has failed


class WorkerProcess:
    """A worker as a child process, its stderr kept in a file."""

    def __init__(self, environment: dict[str, str] | None = None, **options: Any):
        self.stderr_file: IO[bytes] = tempfile.TemporaryFile()
        environment = {"HF_HUB_OFFLINE": "1", "CUDA_VISIBLE_DEVICES": ""} | (environment or {})
        self.process = subprocess.Popen(
            [sys.executable, str(WORKER)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.stderr_file,
            env=os.environ | environment, **options,
        )  # fmt: skip
        self.selector = selectors.DefaultSelector()
        self.selector.register(self.stdout, selectors.EVENT_READ)
        self.pending, self.ended, self.next_id = b"", False, 1
        self.hello = self.event()

    def __enter__(self) -> WorkerProcess:
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(BrokenPipeError):
            self.stdin.close()
        try:
            self.process.wait(30)
        finally:
            self.process.kill()
            self.process.wait()
            self.stdout.close()
            self.selector.close()
            self.stderr_file.close()

    @property
    def stdin(self) -> IO[bytes]:
        assert self.process.stdin is not None
        return self.process.stdin

    @property
    def stdout(self) -> IO[bytes]:
        assert self.process.stdout is not None
        return self.process.stdout

    @property
    def stderr(self) -> str:
        self.stderr_file.seek(0)
        return self.stderr_file.read().decode(errors="replace")

    def send_bytes(self, data: bytes) -> None:
        self.stdin.write(data)
        self.stdin.flush()

    def line(self) -> bytes | None:
        """The next line of the protocol stream, None at its end."""
        while b"\n" not in self.pending and not self.ended:
            if not self.selector.select(PATIENCE):
                raise TimeoutError(f"the worker said nothing for {PATIENCE} s; its stderr: {self.stderr[-2000:]}")
            part = os.read(self.stdout.fileno(), 1 << 20)
            self.pending, self.ended = self.pending + part, not part
        first, newline, self.pending = self.pending.partition(b"\n")
        return first if newline else None

    def event(self) -> dict[str, Any]:
        line = self.line()
        if line is None:
            raise EOFError(f"the worker ended; its stderr: {self.stderr[-2000:]}")
        event = json.loads(line.decode())
        assert isinstance(event, dict), line
        return event

    def events(self, op: str, **fields: Any) -> list[dict[str, Any]]:
        """All events that answer one request: progress, then the final one."""
        identity, self.next_id = self.next_id, self.next_id + 1
        self.send_bytes(json.dumps({"id": identity, "op": op} | fields).encode() + b"\n")
        answers = [self.event()]
        while answers[-1]["event"] == "progress":
            answers.append(self.event())
        assert all(answer["id"] == identity for answer in answers), answers
        return answers

    def call(self, op: str, **fields: Any) -> dict[str, Any]:
        return self.events(op, **fields)[-1]
