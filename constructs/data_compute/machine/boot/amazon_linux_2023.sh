# shellcheck shell=bash disable=SC2154 # python is boot.sh's
# Sourced by boot.sh: what Amazon Linux's own repository has.
install_system_packages() {
    dnf install --assumeyes --quiet "$python" "$python-pip" amazon-cloudwatch-agent logrotate
}
