#!/bin/bash
# Turns a fresh machine into a Streamlit server and proves that it serves, or says why not.
# The user data runs it once, as root, with machine.env in the environment's place.
#
# Exit status, which becomes CloudFormation's signal:
#   0  the app's own script ran without an error and the page answers
#   4  the entry file is missing
#   5  Python or the app's requirements could not be installed
#   6  the server did not come up
#   7  the app's script raised an error, or did not finish within a minute
set -euo pipefail

readonly home=/opt/streamlit-server
readonly app_log=/var/log/streamlit-server/app.log
readonly python=python3.12
# With which AWS signs the log agent, as its documentation gives it ("Verifying the signature of the CloudWatch agent").
readonly log_agent_key=937616F3450B7D806CBD9725D58167303B789C72
# shellcheck source=/dev/null
. /etc/streamlit-server/machine.env

main() {
    [ -f "$home/app/$ENTRY_FILE" ] || fail 4 "the app has no file $ENTRY_FILE"
    step "installing Python and the log agent"
    install_system_packages || fail 5 "the system packages could not be installed"
    step "installing the app's requirements"
    local requirements=requirements.txt
    [ ! -f "$home/app/requirements.lock" ] || requirements=requirements.lock
    install_requirements "$requirements" ||
        fail 5 "$requirements could not be installed; only what a line --no-binary NAME in it names is built from source"
    step "starting the app"
    ship_app_log
    start_server
    prove_page
    compile_bytecode
    step "the page answers on port $PORT"
}

step() { echo "boot: $(date -u +%H:%M:%S) $*"; }

fail() {
    local code=$1
    shift
    if [ -s "$app_log" ]; then
        echo "boot: the app's last lines:"
        tail -n 40 "$app_log"
    fi
    echo "boot: failed: $*"
    exit "$code"
}

# The only lines that know the operating system.
install_system_packages() {
    if command -v dnf >/dev/null; then
        dnf install --assumeyes --quiet "$python" "$python-pip" amazon-cloudwatch-agent
    else
        local aws=https://amazoncloudwatch-agent.s3.amazonaws.com
        local agent=/run/log-agent/amazon-cloudwatch-agent
        local apt=(apt-get --quiet=2 -o DPkg::Lock::Timeout=120 -o Acquire::Retries=5)
        export DEBIAN_FRONTEND=noninteractive
        install -d -m 700 "${agent%/*}"
        "${apt[@]}" update &&
            "${apt[@]}" install --yes --no-install-recommends "$python" python3-pip gpg &&
            curl --fail --fail-early --silent --show-error --retry 5 --remote-name-all --output-dir "${agent%/*}" \
                "$aws/ubuntu/$(dpkg --print-architecture)/latest/amazon-cloudwatch-agent.deb"{,.sig} \
                "$aws/assets/amazon-cloudwatch-agent.gpg" &&
            is_signed "$agent.deb" "$agent.deb.sig" "$agent.gpg" &&
            "${apt[@]}" install --yes "$agent.deb" &&
            rm -r "${agent%/*}"
    fi
}

# The key comes from where the package does; that it is AWS's is known by its fingerprint, which gpg works out.
is_signed() {
    local gpg=(gpg --homedir "${1%/*}" --batch --quiet)
    if "${gpg[@]}" --import "$3" &&
        "${gpg[@]}" --status-fd 1 --verify "$2" "$1" | grep "^\[GNUPG:\] VALIDSIG .* $log_agent_key\$" >/dev/null; then
        return
    fi
    echo "boot: the log agent's package is not signed by AWS's key $log_agent_key"
    return 1
}

# uv itself comes by pip, with its hashes; it installs in half of pip's time. Whatever is built runs as root, so nothing
# is, unless the app's own file says so for a package. From a lock, nothing is installed but what has its hash there.
install_requirements() {
    local hashes=()
    [ "$1" = requirements.txt ] || hashes=(--require-hashes)
    "$python" -m pip install --quiet --disable-pip-version-check --root-user-action=ignore \
        --require-hashes --only-binary :all: --target "$home/uv" --requirement "$home/machine/uv.txt" &&
        UV_CACHE_DIR="$home/cache" "$home/uv/bin/uv" venv --quiet --python "$python" "$home/venv" &&
        UV_CACHE_DIR="$home/cache" "$home/uv/bin/uv" pip install --quiet --python "$home/venv" \
            --only-binary :all: "${hashes[@]}" --requirement "$home/app/$1" &&
        rm -rf "$home/cache"
}

# The agent follows the app's log from here on, over reboots; the boot log goes out with the signal.
# Its package made it a user, by whose own group it reads this one folder: other groups the agent may lose
# (amazon-cloudwatch-agent#943). systemd would make the log for root alone.
ship_app_log() {
    chgrp cwagent "$(dirname "$app_log")"
    install -m 640 -g cwagent /dev/null "$app_log"
    cat >/etc/streamlit-server/log-agent.json <<END_OF_FILE
{
  "agent": {"region": "$AWS_DEFAULT_REGION", "run_as_user": "cwagent"},
  "logs": {"logs_collected": {"files": {"collect_list": [{
    "file_path": "$app_log",
    "log_group_name": "$LOG_GROUP",
    "log_stream_name": "$(cat /var/lib/cloud/data/instance-id)/app"
  }]}}}
}
END_OF_FILE
    /opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl -a fetch-config -m ec2 -s \
        -c file:/etc/streamlit-server/log-agent.json >/dev/null || fail 6 "the log agent did not start"
    install -m 644 "$home/machine/streamlit.logrotate" /etc/logrotate.d/streamlit
}

start_server() {
    chmod -R a+rX "$home/app"
    install -m 644 "$home/machine/streamlit.service" /etc/systemd/system/streamlit.service
    if [ "$APP_USES_ROLE" = yes ]; then
        install -D -m 644 /dev/stdin /etc/systemd/system/streamlit.service.d/role.conf <<<$'[Service]\nIPAddressDeny='
    fi
    systemctl daemon-reload
    systemctl enable --quiet --now streamlit || fail 6 "the server's unit did not start"
}

# Streamlit's plain health check is green for a broken app; this one runs the app's own script.
prove_page() {
    local status
    for ((tries = 0; tries < 120; tries++)); do
        status=$(ask /_stcore/script-health-check)
        case $status in
        200) break ;;
        503) fail 7 "the app's script raised an error, or did not finish within a minute" ;;
        404) fail 6 "this version of Streamlit cannot tell whether the script ran; use 1.20 or newer" ;;
        esac
        [ "$(systemctl show --property=NRestarts --value streamlit)" = 0 ] || fail 6 "the server ended as soon as it started"
        sleep 0.5
    done
    [ "$(ask /)" = 200 ] || fail 6 "the page does not answer on port $PORT"
}

# The app may not write where Python looks for bytecode, so that it leaves none for its next start. Root compiles it, while
# the page is up, by a Python that runs nothing of the app's.
compile_bytecode() {
    systemd-run --quiet --collect --nice=19 "$python" -I -m compileall -qq "$home/venv/lib" "$home/app" ||
        step "no bytecode: each start compiles anew"
}

ask() { curl --silent --output /dev/null --max-time 90 --write-out '%{http_code}' "http://127.0.0.1:$PORT$1" || true; }

main
