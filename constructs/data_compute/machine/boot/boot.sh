#!/bin/bash
# Turns a fresh machine into the server of an app and proves that it serves, or says why not.
# The user data runs it once, as root. Its exit status becomes CloudFormation's signal: contract.env, here and beside the
# service, says what each means.
set -euo pipefail

here=$(dirname "$0")
# shellcheck source=/dev/null
. "$here/contract.env"
# shellcheck source=/dev/null
. "$FILES/service/contract.env"
# shellcheck source=/dev/null
. "$SETTINGS/machine.env"
readonly python=python$PYTHON_VERSION
# shellcheck source=/dev/null
. "$here/$SYSTEM"

main() {
    [ -f "$FILES/app/$ENTRY_FILE" ] || fail 4 "the app has no file $ENTRY_FILE"
    step "installing Python and the log agent"
    install_system_packages || fail 5 "the system packages could not be installed"
    run_parts part.sh
    if [ -d "$FILES/venv" ]; then
        step "a part has installed the app's requirements"
    else
        install_requirements
    fi
    step "starting the app"
    ship_app_log
    start_server
    prove_page
    run_parts last.sh
    compile_bytecode
    step "$CLOSING_LINE $PORT"
}

step() { echo "boot: $(date -u +%H:%M:%S) $*"; }

fail() {
    # What there is to say beyond the contract's words says it better.
    local code=$1 words="EXIT_$1"
    shift
    if [ -s "$APP_LOG" ]; then
        echo "boot: the app's last lines:"
        tail -n 40 "$APP_LOG"
    fi
    echo "boot: failed: ${*:-${!words}}"
    exit "$code"
}

# What other constructs have added: each part is a folder with a part.sh, in the order in which they were added. It finds
# the contract's paths, the machine's settings and the seconds that are left of the boot in its environment. What a part
# has as last.sh, runs once the page answers.
# shellcheck source=/dev/null
run_parts() {
    local script=$1 part name
    for part in $PARTS; do
        name=${part%%=*}
        [ -f "$FILES/parts/$name/$script" ] || continue
        step "part $name, $script"
        (cd "$FILES/parts/$name" && set -a && . "$here/contract.env" && . "$SETTINGS/machine.env" &&
            BOOT_LEFT=$((BOOT_SECONDS - SECONDS)) bash "$script") ||
            fail 6 "part $name failed"
    done
}

install_requirements() {
    step "installing the app's requirements"
    ! grep -qE -e "$EDITABLE" "$FILES/app/$APP_REQUIREMENTS" || fail 5 "$APP_REQUIREMENTS $NO_EDITABLE"
    install_with_uv ||
        fail 5 "$APP_REQUIREMENTS could not be installed; only wheels are, and what its line --no-binary NAME names"
    [ -x "$FILES/venv/bin/$PROGRAM" ] || fail 5 "$APP_REQUIREMENTS $NO_PROGRAM"
}

# uv itself comes by pip, with its hashes; it installs in half of pip's time. Whatever is built runs as root, so nothing
# is, unless the app's own file says so for a package. From a lock, nothing is installed but what has its hash there.
# Relative paths begin at the app's folder.
install_with_uv() {
    local -x UV_CACHE_DIR=$FILES/cache UV_PROJECT_ENVIRONMENT=$FILES/venv
    local install=(pip install --only-binary :all: --requirement "$APP_REQUIREMENTS")
    [ "$APP_LOCKED" = no ] || install+=(--require-hashes)
    [ "$APP_REQUIREMENTS" != uv.lock ] || install=(sync --frozen --no-build --no-install-project --no-default-groups)
    "$python" -m pip install --quiet --disable-pip-version-check --root-user-action=ignore \
        --require-hashes --only-binary :all: --target "$FILES/uv" --requirement "$here/uv.txt" &&
        "$FILES/uv/bin/uv" venv --quiet --python "$python" "$FILES/venv" &&
        "$FILES/uv/bin/uv" "${install[@]}" --quiet --python "$FILES/venv" --directory "$FILES/app" &&
        rm -rf "$UV_CACHE_DIR"
}

# The agent follows the app's log from here on, over reboots; the boot log goes out with the signal.
# Its package made it a user, by whose own group it reads this one folder: other groups the agent may lose
# (amazon-cloudwatch-agent#943). systemd would make the log for root alone.
ship_app_log() {
    chgrp cwagent "$LOGS"
    install -m 640 -g cwagent /dev/null "$APP_LOG"
    cat >"$SETTINGS/log-agent.json" <<END_OF_FILE
{
  "agent": {"region": "$AWS_DEFAULT_REGION", "run_as_user": "cwagent"},
  "logs": {"logs_collected": {"files": {"collect_list": [{
    "file_path": "$APP_LOG",
    "log_group_name": "$LOG_GROUP",
    "log_stream_name": "$(cat /var/lib/cloud/data/instance-id)/app"
  }]}}}
}
END_OF_FILE
    /opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl -a fetch-config -m ec2 -s \
        -c "file:$SETTINGS/log-agent.json" >/dev/null || fail 6 "the log agent did not start"
    install -m 644 "$FILES/service/$UNIT.logrotate" "/etc/logrotate.d/$UNIT"
}

start_server() {
    chmod -R a+rX "$FILES/app" "$FILES/service"
    install -m 644 "$FILES/service/$UNIT.service" "/etc/systemd/system/$UNIT.service"
    # systemd starts a unit whose filter the kernel does not take, so it is tried: a service that answers is not closed.
    if [ "$APP_USES_ROLE" != yes ] && systemd-run --quiet --wait --collect --property="IPAddressDeny=169.254.169.254" \
        curl --silent --max-time 2 --output /dev/null http://169.254.169.254/; then
        fail 6 "this system cannot close the metadata service to the app; say app_uses_role=True to let the app have it"
    fi
    if [ "$APP_USES_ROLE" = yes ]; then
        install -D -m 644 /dev/stdin "/etc/systemd/system/$UNIT.service.d/role.conf" <<<$'[Service]\nIPAddressDeny='
    fi
    systemctl daemon-reload
    systemctl enable --quiet --now "$UNIT" || fail 6 "the server's unit did not start"
}

prove_page() {
    local tries=0 words="EXIT_$UNHEALTHY_EXIT"
    until [ "$(ask "$HEALTH_PATH")" = 200 ]; do
        [ "$(systemctl show --property=NRestarts --value "$UNIT")" = 0 ] || fail 6 "the server ended as soon as it started"
        ((++tries < 240)) || fail 6
        sleep 0.5
    done
    # The unit's own command for that opens what the app has, and its last word says what is wrong.
    systemctl reload "$UNIT" || fail "$UNHEALTHY_EXIT" "${!words}: $(tail -n 1 "$APP_LOG")"
    [ "$(ask "$PAGE_PATH")" = 200 ] || fail 6 "the page does not answer on port $PORT"
}

# The app may not write where Python looks for bytecode, so that it leaves none for its next start. Root compiles it, while
# the page is up, by a Python that runs nothing of the app's.
compile_bytecode() {
    systemd-run --quiet --collect --nice=19 "$python" -I -m compileall -qq "$FILES/venv/lib" "$FILES/app" ||
        step "no bytecode: each start compiles anew"
}

ask() { curl --silent --output /dev/null --max-time 90 --write-out '%{http_code}' "http://127.0.0.1:$PORT$1" || true; }

main
