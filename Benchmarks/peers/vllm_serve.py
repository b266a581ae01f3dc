"""`vllm bench serve`, with the CPU seconds of its load alone, without the imports and the prompts, as the last line: JSON."""

from __future__ import annotations

import argparse
import json
import time
from typing import Any

from vllm.benchmarks import serve

whole_benchmark = serve.benchmark
spent = 0.0


async def timed_benchmark(*arguments: Any, **named: Any) -> Any:
    """The benchmark itself, timed."""
    global spent
    start = time.process_time()
    try:
        return await whole_benchmark(*arguments, **named)
    finally:
        spent = time.process_time() - start


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    serve.add_cli_args(parser)
    serve.benchmark = timed_benchmark
    serve.main(parser.parse_args())
    print(json.dumps({"load_cpu_seconds": spent}))
