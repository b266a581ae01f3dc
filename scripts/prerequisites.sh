#!/usr/bin/env bash
# Checks what building and testing need, and installs on Debian what is missing and can be installed.
set -euo pipefail

need() {
    echo "error: $1" >&2
    echo "help: $2" >&2
    exit 69
}

command -v swift >/dev/null || need "Swift is not installed" "install Swift 6.2 or newer from swift.org and put it on PATH"
command -v python3 >/dev/null || need "Python is not installed" "install Python 3.10 or newer"
python3 -c 'import sys; sys.exit(sys.version_info < (3, 10))' || need "$(python3 --version) is too old" "install Python 3.10 or newer"

if ! python3 -c 'import venv, ensurepip' 2>/dev/null; then
    if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
        echo "installing python3-venv" >&2
        apt-get update -qq && apt-get install -y -qq python3-venv >/dev/null
    else
        need "Python has no venv" "install it; on Debian: sudo apt-get install python3-venv"
    fi
fi
