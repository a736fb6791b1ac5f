#!/bin/bash
# Puts the guard before the page: its unit is installed after this.
set -euo pipefail
chmod -R a+rX .
install -m 644 origin-secret.service origin-secret.timer /etc/systemd/system/
install -D -m 644 guard.conf /etc/systemd/system/streamlit.service.d/guard.conf
systemctl daemon-reload
systemctl start origin-secret.service || {
    journalctl --unit=origin-secret.service --output=cat --lines=5 --no-pager
    echo "boot: failed: the secret of the page's edge could not be fetched"
    exit 1
}
systemctl enable --quiet --now origin-secret.timer
