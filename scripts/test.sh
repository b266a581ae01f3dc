#!/usr/bin/env bash
# Every test that needs no service: the Swift suites, and the worker's protocol with nothing but Python's own library. Suites with servers and
# limits of time in them, and the end-to-end tests, which start many children, run in processes of their own, after the others: they should
# not share threads with tests that block some.
set -euo pipefail
cd "$(dirname "$0")/.."

swift build --build-tests "$@"
swift test --skip-build "$@" --skip '^(EndToEndTests|JouleBackendsTests|StubServingTests)\.'
swift test --skip-build "$@" --filter '^(JouleBackendsTests|StubServingTests)\.'
swift test --skip-build "$@" --filter '^EndToEndTests\.'
python3 -m unittest discover -s worker/tests -p 'test_protocol*.py'
