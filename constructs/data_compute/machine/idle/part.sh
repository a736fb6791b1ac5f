#!/bin/bash
# Lets the machine stop by itself, from its next start on: of this one, last.sh says when.
set -euo pipefail
install -m 644 idle-stop.service idle-stop.timer /etc/systemd/system/
systemctl daemon-reload
systemctl enable --quiet idle-stop.timer
