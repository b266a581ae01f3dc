"""Where things are: the built programs, the stand-in, the environments of Python."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SQUARE_WAVE_PERIOD = 0.7


@dataclass(frozen=True)
class Places:
    """Everything that a benchmark starts or writes."""

    joulebench: Path
    window_error: Path
    bare_timer: Path
    stand_in: Path
    """The built library with NVML's names."""
    out: Path
    peers_python: Path | None
    """Interpreter of an environment with other tools."""
    worker_python: Path | None
    """Interpreter of the environment that `joulebench setup pytorch` makes."""
    stub_server: Path | None = None
    """The built server that answers on a schedule."""
    vllm_python: Path | None = None
    """Interpreter of an environment with vLLM."""
    vllm_tokenizer: Path | None = None
    """Folder of a tokenizer, which vLLM wants for its prompts."""

    def stand_in_environment(self, wave_phase: float = 0, devices: int = 1) -> dict[str, str]:
        """The environment in which NVML is the stand-in: 100 and 500 W by turns, and a counter renewed every 20 ms."""
        folder = self.out / "nvml"
        folder.mkdir(exist_ok=True)
        link = folder / "libnvidia-ml.so.1"
        link.unlink(missing_ok=True)
        link.symlink_to(self.stand_in.resolve())
        # Some tools look for this program before they ask the library.
        tool = folder / "nvidia-smi"
        tool.write_text("#!/bin/sh\nexit 0\n")
        tool.chmod(0o755)
        return os.environ | {
            "LD_LIBRARY_PATH": with_first(folder, os.environ, "LD_LIBRARY_PATH"),
            "PATH": with_first(folder, os.environ, "PATH"),
            "FAKE_NVML_DEVICES": str(devices),
            "FAKE_NVML_WAVE": f"square:low=100,high=500,period={SQUARE_WAVE_PERIOD},phase={wave_phase:.6f}",
            "FAKE_NVML_UPDATE_MS": "20",
        }

    def peer(self, package: str) -> Path | None:
        """The interpreter, if this package is installed beside it."""
        python = self.peers_python
        if python is None or subprocess.run([python, "-c", f"import {package}"], capture_output=True, check=False).returncode != 0:
            return None
        return python


def with_first(folder: Path, environment: Mapping[str, str], name: str) -> str:
    """A search path with a folder in front."""
    return os.pathsep.join(filter(None, [str(folder), environment.get(name, "")]))
