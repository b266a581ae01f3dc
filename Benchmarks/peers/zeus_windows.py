"""Zeus over the windows of a plan; they overlap as they do for joulebench."""

from __future__ import annotations

import time

import truth
from zeus.monitor import ZeusMonitor

monitor = ZeusMonitor(gpu_indices=[0])
plan = truth.plan()
edges = [(window["start"], index, True) for index, window in enumerate(plan["windows"])]
edges += [(window["start"] + window["length"], index, False) for index, window in enumerate(plan["windows"])]
origin = truth.origin(plan["period"])
begun: dict[int, int] = {}
rows = []
for due, index, begins in sorted(edges):
    truth.sleep_until(origin + due)
    if begins:
        monitor.begin_window(str(index), sync_execution=False)
        begun[index] = time.monotonic_ns()
    else:
        end = time.monotonic_ns()
        measured = monitor.end_window(str(index), sync_execution=False)
        rows.append(truth.row(plan["windows"][index]["length"], measured.gpu_energy[0], begun[index], end))
truth.answer("Zeus", rows)
