"""Checks of the built binary on a machine with an NVIDIA GPU, against nvidia-smi; prints what it saw as a table."""

import json
import subprocess
import sys
import tempfile
import threading
import time

binary = sys.argv[1]
failures = 0


def run(*command, check=True):
    return subprocess.run(command, check=check, capture_output=True, text=True)


def expect(what, condition, seen):
    global failures
    failures += not condition
    print(f"{'ok  ' if condition else 'FAIL'} {what}: {seen}")


fields = ["uuid", "name", "power.limit", "power.draw"]
rows = [
    dict(zip(fields, (part.strip() for part in line.split(","))))
    for line in run("nvidia-smi", f"--query-gpu={','.join(fields)}", "--format=csv,noheader,nounits").stdout.splitlines()
]
meters = json.loads(run(binary, "meters", "--json", "--meters", "nvml").stdout)["meters"]
expect("NVML finds the GPUs that nvidia-smi lists", {m["channel"]["device"] for m in meters} == {r["uuid"] for r in rows}, len(meters))
for meter in meters:
    row = next(r for r in rows if r["uuid"] == meter["channel"]["device"])
    expect(f"the name of {row['uuid']}", meter["channel"]["name"].startswith(row["name"]), meter["channel"]["name"])

readings = []
stop = threading.Event()


def poll():
    while not stop.is_set():
        draw = run("nvidia-smi", "--query-gpu=power.draw", "--format=csv,noheader,nounits").stdout
        readings.append((time.monotonic(), sum(float(line) for line in draw.splitlines())))


poller = threading.Thread(target=poll)
poller.start()
result = json.loads(run(binary, "measure", "--json", "--meters", "nvml", "--", "sleep", "10").stdout)
stop.set()
poller.join()
ours = sum(entry["mean_power_watts"] for entry in result["ledger"])
theirs = sum(power for _, power in readings) / len(readings)
expect("mean power over 10 s within 5 % of nvidia-smi's", abs(ours / theirs - 1) < 0.05, f"{ours:.2f} W against {theirs:.2f} W")

with tempfile.TemporaryDirectory() as folder:
    run(binary, "setup", "pytorch")
    outcome = run(binary, "run", "configs/quickstart.yaml", "--json", "-o", folder, "--require-energy", check=False)
    summary = json.loads(outcome.stdout)
    figure = summary["figures"]["joules_per_output_token"]
    expect("a run on the device", outcome.returncode == 0 and summary["headline_scope"] == "gpu", figure)
    expect("its energy is measured", figure["method"].startswith("measured"), figure["method"])

sys.exit(failures != 0)
