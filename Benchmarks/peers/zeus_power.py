"""Zeus' power monitor at a rate, for a number of seconds: `zeus_power.py HERTZ SECONDS`."""

from __future__ import annotations

import sys
import time

from zeus.monitor import PowerMonitor

if __name__ == "__main__":
    monitor = PowerMonitor(gpu_indices=[0], update_period=1 / float(sys.argv[1]))
    time.sleep(float(sys.argv[2]))
    monitor.stop()
