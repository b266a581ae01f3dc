"""`model.generate` and nothing around it: the loop that the PyTorch worker is compared with.

The model and the prompts' token ids come from the worker's own file, so both loops start from the same state; the loop itself
has no streamer, no stamps and no rules of ours. Prints one JSON object.

    python Benchmarks/bare_generate.py --model builtin:smollm2-135m --max-new-tokens 50 --min-new-tokens 50
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "worker"))
import joulebench_worker as worker  # noqa: E402 - found through the line above

PROMPTS = [
    "The capital of France is",
    "Once upon a time, in a village by the sea,",
    "The three laws of thermodynamics say that",
    "To make a good cup of tea, first",
    "A binary search works by",
    "The difference between power and energy is",
    "In the year 2050, most cities will",
    "My favourite animal is the octopus, because",
    "Water boils at a lower temperature on a mountain because",
    "def fibonacci(n):",
]


def generate(loaded: worker.LoadedModel, prompts: list[str], batch: int, max_new_tokens: int, min_new_tokens: int) -> dict[str, Any]:
    """Greedy decoding of the prompts, batch after batch; the time is from the text of a prompt to its last token."""
    per_prompt: list[dict[str, Any]] = []
    whole = 0.0
    for first in range(0, len(prompts), batch):
        texts = prompts[first : first + batch]
        start = time.perf_counter()
        encoded = [loaded.encode(worker.Prompt(i, text, max_new_tokens), True, None) for i, text in enumerate(texts)]
        ids, mask = loaded.padded(encoded, None)
        output = loaded.model.generate(
            input_ids=ids, attention_mask=mask, do_sample=False, max_new_tokens=max_new_tokens, min_new_tokens=min_new_tokens,
            eos_token_id=sorted(loaded.eos), pad_token_id=loaded.pad,
        )  # fmt: skip
        loaded.accelerators.synchronize()
        seconds = time.perf_counter() - start
        whole += seconds
        made = output[:, 1 if loaded.encoder_decoder else ids.shape[1] :].tolist()
        for row, tokens in zip(encoded, made):
            end = next((place + 1 for place, token in enumerate(tokens) if token in loaded.eos), len(tokens))
            per_prompt.append({"input_tokens": len(row), "output_tokens": end, "batch_seconds": seconds})
    tokens = sum(one["output_tokens"] for one in per_prompt)
    return {"output_tokens": tokens, "seconds": whole, "tokens_per_second": tokens / whole, "per_prompt": per_prompt}


def prompts_of(file: Path) -> list[str]:
    """A JSON list of strings, or one prompt a line."""
    text = file.read_text()
    prompts = json.loads(text) if file.suffix == ".json" else [line for line in text.splitlines() if line.strip()]
    if not isinstance(prompts, list) or not prompts or not all(isinstance(prompt, str) for prompt in prompts):
        raise SystemExit(f"{file}: needs a list of prompts")
    return prompts


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", default="builtin:smollm2-135m", help="hub id, folder, .gguf file or builtin:smollm2-135m")
    parser.add_argument("--dtype", default="auto", choices=["auto", "float32", "float16", "bfloat16"])
    parser.add_argument("--device", default="auto")
    parser.add_argument("--prompts", type=Path, help="a .json list of strings, or a text file with one prompt a line")
    parser.add_argument("--prompt", action="append", help="a prompt; may be given several times")
    parser.add_argument("--max-new-tokens", type=int, default=50)
    parser.add_argument("--min-new-tokens", type=int, default=0)
    parser.add_argument("--batch", type=int, default=1)
    parser.add_argument("--warmup", type=int, default=1, help="prompts generated before the clock starts")
    asked = parser.parse_args()
    worker.keep_quiet()
    order = worker.parsed(worker.LoadOrder, {"model": asked.model, "torch_dtype": asked.dtype, "device": asked.device}, "load")
    loaded = worker.load_model(order)
    prompts = asked.prompt or (prompts_of(asked.prompts) if asked.prompts else PROMPTS)
    generate(loaded, prompts[: asked.warmup], asked.batch, asked.max_new_tokens, asked.min_new_tokens)
    print(json.dumps(generate(loaded, prompts, asked.batch, asked.max_new_tokens, asked.min_new_tokens)))


if __name__ == "__main__":
    main()
