#!/usr/bin/env bash
# Finds Prometheus' Pushgateway and promtool, or installs Debian's. Says on stdout where they are, and nothing of what is missing:
#
#     GATEWAY=<program>
#     PROMTOOL=<program>
set -euo pipefail
missing=()
command -v prometheus-pushgateway >/dev/null || command -v pushgateway >/dev/null || missing+=(prometheus-pushgateway)
command -v promtool >/dev/null || missing+=(prometheus)
if [ "${#missing[@]}" -gt 0 ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${missing[@]}" >&2 ||
        echo "pushgateway: ${missing[*]} could not be installed" >&2
fi
if gateway=$(command -v prometheus-pushgateway || command -v pushgateway); then
    echo "GATEWAY=$gateway"
else
    echo "Pushgateway: not tested, it is not installed" >&2
fi
if promtool=$(command -v promtool); then echo "PROMTOOL=$promtool"; fi
