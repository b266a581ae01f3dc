#!/usr/bin/env bash
# Finds a ClickHouse server, or installs Debian's (18.16, the oldest that is spoken to). Says on stdout where it is, and nothing where
# there is none:
#
#     SERVER=<program>
set -euo pipefail
if ! command -v clickhouse-server >/dev/null && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends clickhouse-server >&2 ||
        echo "clickhouse: clickhouse-server could not be installed" >&2
fi
if command -v clickhouse-server >/dev/null; then
    echo "SERVER=$(command -v clickhouse-server)"
else
    echo "ClickHouse: not tested, it is not installed" >&2
fi
