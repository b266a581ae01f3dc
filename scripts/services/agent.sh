#!/usr/bin/env bash
# Gets ready what the tests of the agent need beyond this project: network namespaces with packets that are lost, and Prometheus. Prints the
# names of those tests that can run here: `namespaces`, `prometheus`; says on stderr why another one cannot.
set -euo pipefail

# On Debian and its like, as root, what is missing is installed; a failure of that is told and ends nothing.
missing=()
command -v ip >/dev/null || missing+=(iproute2)
command -v iptables >/dev/null || missing+=(iptables)
command -v prometheus >/dev/null || missing+=(prometheus)
if [ "${#missing[@]}" -gt 0 ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${missing[@]}" >&2 ||
        echo "agent: ${missing[*]} could not be installed" >&2
fi

if [ "$(uname -s)" != Linux ] || [ "$(id -u)" != 0 ]; then
    echo "agent across network namespaces: not tested, that needs root on Linux" >&2
elif ! command -v ip >/dev/null || ! command -v iptables >/dev/null; then
    echo "agent across network namespaces: not tested, that needs iproute2 and iptables" >&2
elif ! ip netns add "joule-try-$$" 2>/dev/null; then
    echo "agent across network namespaces: not tested, this system does not allow them" >&2
else
    ip netns del "joule-try-$$"
    echo namespaces
fi
if command -v prometheus >/dev/null; then
    echo prometheus
else
    echo "Prometheus: not tested, it is not installed" >&2
fi
