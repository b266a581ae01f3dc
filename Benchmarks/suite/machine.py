"""What a figure was measured on: without it no figure can be compared with another."""

from __future__ import annotations

import os
import platform
import subprocess
from pathlib import Path


def description() -> dict[str, object]:
    """Processor, cores, memory and system, in general words."""
    model = next((line.split(":", 1)[1].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")), platform.machine())
    kib = next((int(line.split()[1]) for line in _lines("/proc/meminfo") if line.startswith("MemTotal")), 0)
    release = dict(line.split("=", 1) for line in _lines("/etc/os-release") if "=" in line)
    return {
        "processor": model,
        "cores": os.cpu_count(),
        "memory_gib": round(kib / 1024**2, 1),
        "system": release.get("PRETTY_NAME", platform.system()).strip('"'),
        "kernel": platform.release(),
        "realtime_allowed": realtime_allowed(),
    }


def realtime_allowed() -> bool:
    """Whether a thread may ask for a real-time priority here, as the sampling thread does."""
    try:
        return subprocess.run(["chrt", "-f", "1", "true"], capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False


def load() -> float:
    """Load average of the last minute."""
    return round(os.getloadavg()[0], 2)


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text().splitlines()
    except OSError:
        return []
