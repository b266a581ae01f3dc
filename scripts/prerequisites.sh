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

# install COMMAND-THAT-TELLS PACKAGE WHAT-IS-MISSING
install() {
    if eval "$1" >/dev/null 2>&1; then return; fi
    if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
        echo "installing $2" >&2
        apt-get update -qq && apt-get install -y -qq "$2" >/dev/null
    else
        need "$3" "install it; on Debian: sudo apt-get install $2"
    fi
}

install "python3 -c 'import venv, ensurepip'" python3-venv "Python has no venv"
# The tests make certificates with it.
install "command -v openssl" openssl "openssl is not installed"
