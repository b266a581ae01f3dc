#!/usr/bin/env bash
# Every test that needs no service: the Swift suites, and the worker's protocol with nothing but Python's own library. The end-to-end tests
# run in a process of their own, after the others: they start many children, and should not share threads with tests that block some.
set -euo pipefail
cd "$(dirname "$0")/.."

swift build --build-tests "$@"
swift test --skip-build "$@" --skip '^EndToEndTests\.'
swift test --skip-build "$@" --filter '^EndToEndTests\.'
python3 -m unittest discover -s worker/tests -p 'test_protocol*.py'
