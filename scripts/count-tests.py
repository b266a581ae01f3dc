"""Adds up what the test runners said in a log, and prints it as one line."""

import re
import sys

text = open(sys.argv[1], encoding="utf-8", errors="replace").read()
passed = failed = 0

# Swift Testing: "Test run with 12 tests in 3 suites passed" or "... failed after 1.2 seconds with 2 issues."
for count in re.findall(r"Test run with (\d+) tests? in \d+ suites? passed", text):
    passed += int(count)
for count in re.findall(r"Test run with (\d+) tests? in \d+ suites? failed", text):
    broken = len(set(re.findall(r"✘ Test (.+?) failed after", text))) or 1
    failed += broken
    passed += max(int(count) - broken, 0)

# Python's unittest: "Ran 12 tests in 0.3s" and then OK or FAILED (failures=1, errors=2).
for count, verdict in re.findall(r"^Ran (\d+) tests? in .*?\n\n(OK|FAILED)[^\n]*", text, re.MULTILINE | re.DOTALL):
    if verdict == "OK":
        passed += int(count)
for count, details in re.findall(r"^Ran (\d+) tests? in [^\n]*\n\nFAILED \(([^)]*)\)", text, re.MULTILINE):
    broken = sum(int(number) for number in re.findall(r"(?:failures|errors)=(\d+)", details))
    failed += broken
    passed += int(count) - broken

targets = text.count("target-failed")
print(f"{passed} passed, {max(failed, targets)} failed")
