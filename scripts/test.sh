#!/usr/bin/env bash
# Every test that needs no service: the Swift suites, and the worker's protocol with nothing but Python's own library.
set -euo pipefail
cd "$(dirname "$0")/.."

swift build --build-tests "$@"
swift test --skip-build "$@"
python3 -m unittest discover -s worker/tests -p 'test_protocol*.py'
