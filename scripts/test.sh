#!/usr/bin/env bash
# Every test that needs no service: the Swift suites, and the worker's protocol with nothing but Python's own library. Suites with servers and
# limits of time in them, and the end-to-end tests, which start many children, run in processes of their own, after the others: they should
# not share threads with tests that block some. A suite that fails does not keep the next ones from being run.
set -euo pipefail
cd "$(dirname "$0")/.."

# As many tests at once as keep the processors busy: each more makes the others wait, and some of those have a limit of time.
export SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH=8

swift build --build-tests "$@"
status=0
swift test --skip-build "$@" --skip '^(EndToEndTests|JouleBackendsTests|StubServingTests)\.' || status=1
swift test --skip-build "$@" --filter '^(JouleBackendsTests|StubServingTests)\.' || status=1
swift test --skip-build "$@" --filter '^EndToEndTests\.' || status=1
python3 -m unittest discover -s worker/tests -p 'test_protocol*.py' || status=1
exit $status
