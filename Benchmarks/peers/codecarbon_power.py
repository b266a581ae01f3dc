"""CodeCarbon's tracker at a rate, for a number of seconds: `codecarbon_power.py HERTZ SECONDS`."""

from __future__ import annotations

import sys
import time

from codecarbon import OfflineEmissionsTracker

tracker = OfflineEmissionsTracker(
    country_iso_code="FRA", measure_power_secs=1 / float(sys.argv[1]), save_to_file=False, log_level="critical"
)
tracker.start()
time.sleep(float(sys.argv[2]))
tracker.stop()
