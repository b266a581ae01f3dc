"""Rows of data sets, with the real `datasets` library where it is installed."""

from __future__ import annotations

import importlib.util
import json
import tempfile
import unittest
from pathlib import Path

from harness import WorkerProcess

HAS_LIBRARY = importlib.util.find_spec("datasets") is not None


class RowOrderTests(unittest.TestCase):
    def test_a_misspelt_order_is_refused_before_any_import(self) -> None:
        with WorkerProcess() as worker:
            self.assertIn("rows", worker.hello["features"])
            for fields in ({}, {"path": "a", "dataset": "b"}, {"path": "a", "indices": [-1]}, {"path": "a", "indices": [True]}):
                event = worker.call("rows", **fields)
                self.assertEqual(event.get("code"), "protocol.bad-field", event)

    @unittest.skipIf(HAS_LIBRARY, "the library is there")
    def test_without_the_library_the_answer_names_the_package(self) -> None:
        with WorkerProcess() as worker:
            event = worker.call("rows", path="/nowhere.parquet")
            self.assertEqual(event.get("code"), "environment.missing-package", event)
            self.assertIn("pip install datasets", event["remedy"])


@unittest.skipUnless(HAS_LIBRARY, "needs the package `datasets`")
class LibraryTests(unittest.TestCase):
    def test_a_folder_and_a_parquet_file_give_their_rows_in_the_order_asked_for(self) -> None:
        import datasets

        with tempfile.TemporaryDirectory() as name:
            folder = Path(name) / "data"
            folder.mkdir()
            lines = [json.dumps({"question": f"Q{number}", "points": number}) for number in range(30)]
            (folder / "questions.jsonl").write_text("\n".join(lines) + "\n")
            file = Path(name) / "t.parquet"
            datasets.Dataset.from_list([{"text": f"T{n}", "share": float("nan") if n == 1 else n / 4} for n in range(5)]).to_parquet(str(file))
            environment = {"HF_HOME": name, "HF_DATASETS_CACHE": f"{name}/cache"}
            with WorkerProcess(environment) as worker:
                event = worker.call("rows", path=f"{folder}/", indices=[29, 0])
                self.assertEqual((event["total"], event["columns"], event["split"]), (30, ["question", "points"], "train"))
                self.assertEqual(event["rows"], [{"question": "Q29", "points": 29}, {"question": "Q0", "points": 0}])
                event = worker.call("rows", path=str(file), indices=[1, 4], columns=["share"])
                self.assertEqual(event["rows"], [{"share": None}, {"share": 1.0}])
                self.assertEqual(worker.call("rows", path=str(file), indices=[5]).get("code"), "dataset.no-such-row")
                self.assertEqual(worker.call("rows", path=str(file), columns=["x"]).get("code"), "dataset.no-such-column")
                self.assertEqual(worker.call("rows", path=f"{folder}/", split="test").get("code"), "dataset.unreadable")
                self.assertEqual(worker.call("rows", path=f"{name}/none").get("code"), "dataset.not-found")
                self.assertEqual(worker.call("rows", dataset="someone/none").get("code"), "dataset.not-found")


if __name__ == "__main__":
    unittest.main()
