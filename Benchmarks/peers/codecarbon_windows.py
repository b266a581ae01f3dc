"""CodeCarbon over windows of a plan, as tasks of one tracker.

Its tasks cannot overlap, so they come one after another, each at the phase that the plan gives it; long ones are fewer.
"""

from __future__ import annotations

import math
import time
from collections import Counter

import truth
from codecarbon import OfflineEmissionsTracker

SECONDS_PER_LENGTH = 4.0
JOULES_PER_KILOWATT_HOUR = 3.6e6

tracker = OfflineEmissionsTracker(country_iso_code="FRA", measure_power_secs=1, save_to_file=False, log_level="critical")
plan = truth.plan()
period = plan["period"]
counts: Counter[float] = Counter()
rows = []
for number, window in enumerate(plan["windows"]):
    start, length = window["start"], window["length"]
    if counts[length] >= max(1, math.floor(SECONDS_PER_LENGTH / length)):
        continue
    counts[length] += 1
    truth.sleep_until(truth.origin(period) + start % period)
    tracker.start_task(str(number))
    begin = time.monotonic_ns()
    truth.sleep_until(begin * 1e-9 + length)
    end = time.monotonic_ns()
    rows.append(truth.row(length, tracker.stop_task(str(number)).gpu_energy * JOULES_PER_KILOWATT_HOUR, begin, end))
truth.answer("CodeCarbon", rows)
