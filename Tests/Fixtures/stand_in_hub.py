"""A stand-in for the hub's service of rows (docs/datasets.md): the data sets that the shipped configurations name, with numbered rows.

    stand_in_hub.py      prints its address, which HF_DATASETS_SERVER takes
"""

import json
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

# Prompts of a number of words that divides the lengths of the shipped sweep: the stand-in for the worker cuts nothing.
SETS = {
    "AIEnergyScore/text_generation": ("default", lambda n: {"text": f"Energy prompt {n}, as it stands."}),
    "tatsu-lab/alpaca": ("default", lambda n: {"instruction": f"Instruction {n}.", "input": "", "output": "Done."}),
    "openai/gsm8k": ("main", lambda n: {"question": f"Problem {n}?", "answer": f"#### {n}"}),
}  # fmt: skip
ROWS = 1_200


class Hub(BaseHTTPRequestHandler):
    def do_GET(self):
        place = urllib.parse.urlsplit(self.path)
        query = dict(urllib.parse.parse_qsl(place.query))
        config, row = SETS.get(query.get("dataset"), (None, None))
        if row is None:
            return self.answer(404, {"error": "no such data set"})
        if place.path == "/splits":
            return self.answer(200, {"splits": [{"dataset": query["dataset"], "config": config, "split": "train"}]})
        if place.path != "/rows" or query.get("config") != config or int(query["length"]) > 100:
            return self.answer(422, {"error": "not to be had"})
        first = int(query["offset"])
        numbers = range(first, min(ROWS, first + int(query["length"])))
        return self.answer(
            200,
            {
                "features": [{"name": name} for name in row(0)],
                "rows": [{"row_idx": n, "row": row(n), "truncated_cells": []} for n in numbers],
                "num_rows_total": ROWS,
                "partial": False,
            },
        )

    def answer(self, status, body):
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.send_header("X-Revision", "0123abcd")
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Hub)
print(f"http://127.0.0.1:{server.server_port}", flush=True)
server.serve_forever()
