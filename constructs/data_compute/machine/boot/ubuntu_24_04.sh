# shellcheck shell=bash disable=SC2154 # python is boot.sh's
# Sourced by boot.sh: Ubuntu's own packages, and AWS's log agent, which is in none of its repositories.

# With which AWS signs the log agent, as its documentation gives it ("Verifying the signature of the CloudWatch agent").
readonly log_agent_key=937616F3450B7D806CBD9725D58167303B789C72

install_system_packages() {
    local aws=https://amazoncloudwatch-agent.s3.amazonaws.com
    local agent=/var/cache/log-agent/amazon-cloudwatch-agent
    local apt=(apt-get --quiet=2 -o DPkg::Lock::Timeout=120 -o Acquire::Retries=5)
    export DEBIAN_FRONTEND=noninteractive
    install -d -m 700 "${agent%/*}"
    # What apt runs by itself after a start may hold the lists, and no option makes an update wait for them.
    for pause in 5 10 20 40 0; do
        "${apt[@]}" update && break
        [ "$pause" -gt 0 ] || return 1
        sleep "$pause"
    done
    "${apt[@]}" install --yes --no-install-recommends "$python" python3-pip gpg &&
        curl --fail --fail-early --silent --show-error --retry 5 --remote-name-all --output-dir "${agent%/*}" \
            "$aws/ubuntu/$(dpkg --print-architecture)/latest/amazon-cloudwatch-agent.deb"{,.sig} \
            "$aws/assets/amazon-cloudwatch-agent.gpg" &&
        is_signed "$agent.deb" "$agent.deb.sig" "$agent.gpg" &&
        "${apt[@]}" install --yes "$agent.deb" &&
        rm -r "${agent%/*}"
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
