"""What the scripts for other tools share: the clock, the plan's windows and the stand-in's truth."""

from __future__ import annotations

import ctypes
import json
import sys
import time
from pathlib import Path
from typing import Any


def plan() -> dict[str, Any]:
    """The plan named on the command line."""
    found: dict[str, Any] = json.loads(Path(sys.argv[1]).read_text())
    return found


def origin(period: float) -> float:
    """The first multiple of the wave's period from now on, as in `Plan.origin(after:)`."""
    return (time.monotonic_ns() // round(period * 1e9) + 1) * period


def sleep_until(instant: float) -> None:
    """Waits for an instant of the monotonic clock."""
    if (left := instant - time.monotonic()) > 0:
        time.sleep(left)


def row(length: float, joules: float, start_ns: int, end_ns: int) -> dict[str, Any]:
    """A window with its truth, from the copy of the library that the tool reads."""
    integral = ctypes.CDLL("libnvidia-ml.so.1").fakeNvmlTruthJoules
    integral.restype, integral.argtypes = ctypes.c_double, [ctypes.c_uint, ctypes.c_int64, ctypes.c_int64]
    seconds = (end_ns - start_ns) * 1e-9
    return {"length": length, "seconds": seconds, "joules": joules, "truth": integral(0, start_ns, end_ns), "reason": None}


def answer(tool: str, rows: list[dict[str, Any]]) -> None:
    """One line of JSON, as `window-error` prints it."""
    print(json.dumps({"tool": tool, "rows": rows}))
