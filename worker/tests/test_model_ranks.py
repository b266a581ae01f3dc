"""A model whose layers are split over processes, on the processor with two ranks. Needs torch."""

from __future__ import annotations

import os
import signal
import time
import unittest
from pathlib import Path

import tiny_models
from harness import WorkerProcess
from test_model import HAVE_TORCH, ModelCase, request, words

# Fails a rank in the middle of a step: the stamp of a token is where every step comes by.
SCRIPTED = """
import os, time
if os.environ.get("JOULEBENCH_RANK") == "1":
    original = time.monotonic_ns
    def stamp():
        if os.path.exists(os.environ["FAIL_WHEN"]):
            raise RuntimeError("scripted in rank 1")
        return original()
    time.monotonic_ns = stamp
"""


def children(pid: int) -> list[int]:
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal():
            try:
                if int((folder / "stat").read_text().rpartition(")")[2].split()[1]) == pid:
                    found.append(int(folder.name))
            except (OSError, IndexError):
                continue
    return found


def is_gone(pid: int, patience: float = 60) -> bool:
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        try:
            if (Path("/proc") / str(pid) / "stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return True
        except OSError:
            return True
        time.sleep(0.05)
    return False


@unittest.skipUnless(HAVE_TORCH and os.path.isdir("/proc/self"), "needs torch, transformers and tokenizers, and Linux")
class RankTests(ModelCase):
    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        tiny_models.save_llama(cls.folder / "llama")
        tiny_models.save_t5(cls.folder / "t5")

    def split(self, worker: WorkerProcess, model: str = "llama") -> dict:
        return worker.call("load", model=str(self.folder / model), device="cpu", torch_dtype="float32", tensor_parallel=2)

    def test_two_ranks_make_the_tokens_of_one_process(self) -> None:
        asked = [request(i, words(n, i), longest, longest) for i, (n, longest) in enumerate([(4, 12), (20, 6), (9, 1)])]
        sampling = {"do_sample": True, "temperature": 1.0, "seed": 7}
        alone = self.load("llama", torch_dtype="float32")
        expected = [self.results(asked, return_ids=True), self.results(asked, return_ids=True, sampling=sampling)]
        with WorkerProcess() as worker:
            self.assertIn("tensor_parallel", worker.hello["features"])
            loaded = self.split(worker)
            self.assertEqual(loaded["event"], "loaded", loaded)
            self.assertEqual((loaded["tensor_parallel"], loaded["devices"], loaded["parameters"]), (2, ["cpu"], alone["parameters"]))
            # Matrices are split, and what is not (norms, embeddings) lies in each.
            self.assertGreaterEqual(loaded["model_memory_bytes"], alone["model_memory_bytes"])
            self.assertLess(loaded["model_memory_bytes"], 1.3 * alone["model_memory_bytes"])
            (peer,) = children(worker.process.pid)
            for fields, wanted in (({}, expected[0]), ({"sampling": sampling}, expected[1])):
                batch = worker.call("generate", requests=asked, return_ids=True, **fields)
                self.assertEqual(batch["event"], "batch", batch)
                for made, one in zip(batch["results"], wanted):
                    for name in ("outcome", "input_tokens", "output_tokens", "padding_tokens", "token_ids", "finish_reason"):
                        self.assertEqual(made[name], one[name], name)
                    self.assertEqual(made["token_ns"], sorted(made["token_ns"]))
            told = worker.call("generate", requests=asked, return_text=True)
            self.assertTrue(all(result["token_ids"] is None and result["text"] for result in told["results"]))
            # What every rank refuses is refused as ever, and the next batch is answered.
            refused = worker.call("generate", requests=asked, thinking_budget=5)
            self.assertEqual((refused["event"], refused["code"]), ("error", "chat.no-think-marks"))
            self.assertEqual(worker.call("count_tokens", requests=asked)["counts"], [4, 20, 9])
            stats = worker.call("stats")
            self.assertGreater(stats["rss_bytes"], 100 << 20)
            self.assertEqual(stats["model_memory_bytes"], loaded["model_memory_bytes"])
            self.assertEqual(worker.call("profile", prompt_tokens=4)["code"], "profile.unavailable")
            # A model that is whole again ends the other rank.
            self.assertEqual(worker.call("load", model=str(self.folder / "llama"), device="cpu", torch_dtype="float32")["event"], "loaded")
            self.assertTrue(is_gone(peer))
            again = worker.call("generate", requests=asked, return_ids=True)["results"]
            self.assertEqual([r["token_ids"] for r in again], [r["token_ids"] for r in expected[0]])
            # Without a plan every rank would hold the whole model.
            unplanned = self.split(worker, "t5")
            self.assertEqual(unplanned["event"], "error", unplanned)

    def test_all_ranks_end_with_the_first_however_it_ends(self) -> None:
        for end in ("shutdown", "stdin", "kill"):
            with WorkerProcess() as worker:
                self.assertEqual(self.split(worker)["event"], "loaded")
                (peer,) = children(worker.process.pid)
                if end == "shutdown":
                    self.assertEqual(worker.call("shutdown")["event"], "bye")
                elif end == "stdin":
                    worker.stdin.close()
                else:
                    worker.process.kill()
                self.assertTrue(is_gone(peer), end)

    def test_a_rank_that_dies_ends_the_run_with_its_words(self) -> None:
        with WorkerProcess() as worker:
            self.assertEqual(self.split(worker)["event"], "loaded")
            (peer,) = children(worker.process.pid)
            os.kill(peer, signal.SIGKILL)
            event = worker.call("generate", requests=[request(0, words(4, 1), 5, 5)])
            self.assertEqual((event["event"], event["code"]), ("error", "worker.rank-lost"), event)
            self.assertIn("rank 1: ", event["message"])
            self.assertIn("ended with signal 9", event["message"])
            self.assertIsNone(worker.line())
            self.assertEqual(worker.process.wait(60), 1)

    def test_a_rank_that_fails_inside_a_step_ends_the_run_with_its_words(self) -> None:
        scripts = self.folder / "scripts"
        scripts.mkdir()
        (scripts / "sitecustomize.py").write_text(SCRIPTED)
        flag = self.folder / "fail"
        with WorkerProcess({"PYTHONPATH": str(scripts), "FAIL_WHEN": str(flag)}) as worker:
            self.assertEqual(self.split(worker)["event"], "loaded")
            (peer,) = children(worker.process.pid)
            flag.touch()
            event = worker.call("generate", requests=[request(0, words(4, 1), 5, 5)])
            self.assertEqual(event["event"], "error", event)
            self.assertIn("rank 1: ", event["message"])
            self.assertIn("scripted in rank 1", event["message"])
            self.assertEqual(worker.process.wait(60), 1)
            self.assertTrue(is_gone(peer))


if __name__ == "__main__":
    unittest.main()
