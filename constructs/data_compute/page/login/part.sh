#!/bin/bash
# Puts the sign-in behind the front's guard. Its client is in the stack after the machine, so the boot can't wait for it.
set -euo pipefail
chmod -R a+rX .
# Who may read the client's secret: the app's server, which has a user of its own at each start.
getent group page-sign-in >/dev/null || groupadd --system page-sign-in
install -m 644 sign-in.service sign-in.timer /etc/systemd/system/
install -D -m 644 sign-in.conf /etc/systemd/system/streamlit.service.d/sign-in.conf
systemctl daemon-reload
systemctl start --no-block sign-in.service
systemctl enable --quiet --now sign-in.timer
