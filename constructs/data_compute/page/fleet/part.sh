#!/bin/bash
# Lets the machine share a secret with the others, and know that a balancer stands before it.
set -euo pipefail
chmod -R a+rX .
# Who may read the secret: the app's server, which has a user of its own at each start.
getent group page-fleet >/dev/null || groupadd --system page-fleet
install -m 644 shared-secret.service /etc/systemd/system/
install -D -m 644 fleet.conf /etc/systemd/system/streamlit.service.d/fleet.conf
systemctl daemon-reload
systemctl start shared-secret.service || {
    journalctl --unit=shared-secret.service --output=cat --lines=5 --no-pager
    echo "boot: failed: the secret that the fleet's machines share could not be fetched"
    exit 1
}
