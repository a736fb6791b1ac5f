# Fetches the app and the machine's files, runs the boot script, and tells CloudFormation how it went.
# The lines before are the boot contract, and wrote the settings that it reads.
# shellcheck source=/dev/null
. "$SETTINGS/machine.env"
export AWS_DEFAULT_REGION PATH="$PATH:/opt/aws/bin"
install -d -m 755 "$FILES" "$FILES/parts"
install -d -m 750 "$LOGS"

# Without names nobody is told, but by EC2's own resolver, which passes every security group.
check_names() {
    local name=s3.$AWS_DEFAULT_REGION.amazonaws.com
    for _ in 1 2 3; do
        timeout 15 getent ahosts "$name" >/dev/null && return
        sleep 1
    done
    echo "boot: failed: $name has no address here: let the machine out to the VPC's DNS servers, port 53"
    resolvectl dns "$(ip route show default | cut -d " " -f 5)" 169.254.169.253
    return 3
}

# A new role's rights take seconds to reach S3, so a refusal is asked again.
fetch() {
    for pause in 2 4 8 0; do
        timeout 60 aws s3 cp --only-show-errors "$1" "$FILES/$2.zip" && break
        [ "$pause" -gt 0 ] || { echo "boot: failed: could not fetch $1"; return 3; }
        sleep "$pause"
    done
    python3 -m zipfile -e "$FILES/$2.zip" "$FILES/$2" || { echo "boot: failed: could not unpack $1"; return 3; }
    rm "$FILES/$2.zip"
}

# The log goes out before the signal: a failed machine ends seconds after it.
finish() {
    code=$?
    set +e
    stream="$(cat /var/lib/cloud/data/instance-id)/boot"
    tail -n 1000 "$BOOT_LOG" | python3 -c 'import json, sys, time
now = int(time.time() * 1000)
print(json.dumps([{"timestamp": now, "message": line.rstrip() or " "} for line in sys.stdin]))' >/run/boot-log.json
    timeout 30 aws logs create-log-stream --log-group-name "$LOG_GROUP" --log-stream-name "$stream"
    timeout 30 aws logs put-log-events --log-group-name "$LOG_GROUP" --log-stream-name "$stream" \
        --log-events file:///run/boot-log.json >/dev/null
    timeout 60 cfn-signal --exit-code "$code" --stack "$STACK_NAME" --resource "$RESOURCE_ID" --region "$AWS_DEFAULT_REGION"
    exit "$code"
}
trap finish EXIT

{
    names=0
    check_names || names=$?
    # Without these nobody is told either.
    { command -v aws && command -v cfn-signal; } >/dev/null || install_aws ||
        { echo "boot: failed: no AWS CLI, no cfn-signal"; exit 3; }
    [ "$names" = 0 ] || exit "$names"
    fetch "$BOOT_FILES" boot || exit
    fetch "$SERVICE_FILES" service || exit
    fetch "$APP_FILES" app || exit
    for part in $PARTS; do
        fetch "${part#*=}" "parts/${part%%=*}" || exit
    done
    timeout --kill-after=10 "$BOOT_SECONDS" bash "$FILES/boot/boot.sh" || {
        code=$?
        [ "$code" != 124 ] || echo "boot: failed: not done in $BOOT_SECONDS seconds"
        exit "$code"
    }
} 2>&1 | tee "$BOOT_LOG"
