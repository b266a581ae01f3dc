#!/usr/bin/env bash
# A Slurm of its own for the tests of `sweep submit`: one node on this machine, in a folder of its own, on ports that are free.
#
#   slurm.sh               installs what is missing (Debian, as root); prints `slurm` when it can run here, else says on stderr why not
#   slurm.sh start FOLDER  starts munged, slurmctld and slurmd below FOLDER; prints SLURM_CONF=… for those who want to use it
#   slurm.sh stop FOLDER   ends them, with the jobs that are left
set -euo pipefail

here=${2:-}

# What is missing is installed; a failure of that is told and ends nothing.
prepare() {
    if [ "$(uname -s)" != Linux ] || [ "$(id -u)" != 0 ]; then
        echo "Slurm: not tested, that needs root on Linux" >&2
        return
    fi
    if ! command -v slurmctld >/dev/null || ! command -v slurmd >/dev/null || ! command -v sbatch >/dev/null || ! command -v munged >/dev/null; then
        if command -v apt-get >/dev/null; then
            DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends slurm-wlm munge >&2 ||
                echo "Slurm: slurm-wlm and munge could not be installed" >&2
        fi
    fi
    if command -v slurmctld >/dev/null && command -v slurmd >/dev/null && command -v munged >/dev/null; then
        echo slurm
    else
        echo "Slurm: not tested, it is not installed" >&2
    fi
}

# Two ports that nothing listens on now.
free_ports() {
    python3 - <<'PYTHON'
import socket

sockets = [socket.socket() for _ in range(2)]
for each in sockets:
    each.bind(("127.0.0.1", 0))
print(*(each.getsockname()[1] for each in sockets))
PYTHON
}

start() {
    mkdir -p "$here/state" "$here/spool" "$here/munge"
    # munged trusts no folder that others can write to.
    chmod 0755 "$here" "$here/munge"
    here=$(cd "$here" && pwd -P)
    read -r controller node < <(free_ports)
    dd if=/dev/urandom of="$here/munge/key" bs=1 count=1024 status=none
    chmod 0400 "$here/munge/key"
    cat >"$here/slurm.conf" <<CONF
ClusterName=joulebench
SlurmctldHost=$(hostname -s)(127.0.0.1)
SlurmctldPort=$controller
SlurmdPort=$node
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket=$here/munge/socket
CredType=cred/munge
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SwitchType=switch/none
MpiDefault=none
ReturnToService=2
# A job that asks for more than its partition allows is refused, not left to wait for ever.
EnforcePartLimits=ALL
KillWait=30
MinJobAge=300
StateSaveLocation=$here/state
SlurmdSpoolDir=$here/spool
SlurmctldPidFile=$here/slurmctld.pid
SlurmdPidFile=$here/slurmd.pid
SlurmctldLogFile=$here/slurmctld.log
SlurmdLogFile=$here/slurmd.log
# More processors than the machine may have: several tasks are to run at the same time.
SlurmdParameters=config_overrides
NodeName=joule NodeHostname=$(hostname -s) NodeAddr=127.0.0.1 CPUs=4 State=UNKNOWN
PartitionName=debug Nodes=joule Default=YES MaxTime=60 State=UP
PartitionName=other Nodes=joule MaxTime=60 State=UP
CONF
    export SLURM_CONF=$here/slurm.conf
    munged --force --key-file="$here/munge/key" --socket="$here/munge/socket" --pid-file="$here/munge/pid" \
        --log-file="$here/munge/log" --seed-file="$here/munge/seed" >&2
    slurmctld -c >&2
    slurmd -N joule >&2
    for _ in $(seq 100); do
        if [ "$(sinfo --noheader --format=%T 2>/dev/null | sort -u)" = idle ]; then
            echo "SLURM_CONF=$SLURM_CONF"
            return
        fi
        sleep 0.2
    done
    echo "error: Slurm did not come up; its logs are in $here" >&2
    tail -n 5 "$here"/*.log >&2
    stop
    exit 1
}

stop() {
    if [ -f "$here/slurm.conf" ]; then
        SLURM_CONF=$here/slurm.conf scancel --quiet --user=root --full --signal=KILL 2>/dev/null || true
    fi
    for name in slurmd slurmctld munge/; do
        file=$here/${name}pid
        [ -f "$file" ] || file=$here/$name.pid
        [ -f "$file" ] || continue
        pid=$(cat "$file")
        kill "$pid" 2>/dev/null || continue
        for _ in $(seq 50); do
            kill -0 "$pid" 2>/dev/null || break
            sleep 0.1
        done
        kill -KILL "$pid" 2>/dev/null || true
    done
}

case ${1:-} in
'') prepare ;;
start | stop)
    [ -n "$here" ] || {
        echo "usage: slurm.sh $1 FOLDER" >&2
        exit 64
    }
    "$1"
    ;;
*)
    echo "usage: slurm.sh [start FOLDER | stop FOLDER]" >&2
    exit 64
    ;;
esac
