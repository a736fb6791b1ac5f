#!/bin/bash
# Runs one machine until its power goes: when the file that is its standard input ends, everything is gone.
# The disk is the layers below and memory above, seen from in here only; nothing is left to clean but a cgroup.
#   power_on.sh FOLDER DISK_SIZE LAYERS NETWORK_FD CGROUPS -- NSPAWN_OPTION…
set -euo pipefail

if [ "${1-}" != --inside ]; then
    read -ra cgroups <<<"$5"
    mkdir "${cgroups[@]}"
    (
        for cgroup in "${cgroups[@]}"; do
            echo "$BASHPID" >"$cgroup/cgroup.procs"
        done
        exec unshare --mount --pid --fork --mount-proc --kill-child "$0" --inside "$@"
    ) || true
    find "${cgroups[@]}" -depth -type d -exec rmdir {} +
    exit
fi

folder=$2 size=$3 layers=$4 network=$5
shift 7
mount -t tmpfs -o "size=$size,mode=755" machine "$folder"
mkdir "$folder/written" "$folder/work" "$folder/disk"
mount -t overlay -o "lowerdir=$layers,upperdir=$folder/written,workdir=$folder/work" machine "$folder/disk"
exec {power}<&0
trap 'exit' TERM
{ cat <&"$power" >/dev/null; kill -TERM 1; } &
status=133
# 133: the machine was rebooted.
while [ "$status" = 133 ]; do
    systemd-nspawn --quiet --boot --directory="$folder/disk" --register=no --keep-unit --console=read-only \
        --network-namespace-path="/proc/$$/fd/$network" "$@" </dev/null &
    status=0
    wait $! || status=$?
done
