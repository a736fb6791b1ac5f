#!/bin/bash
# Stops the machine where nobody has had a session for IDLE_SECONDS: a machine of EC2 that turns itself off is stopped.
#   idle_stop.sh FILE    which holds when somebody was there last, in seconds since the start: clocks are set, this is not
set -euo pipefail
readonly last=$1

# Who has sent something within a minute: a browser answers the server's pings, twice as often. Whoever only holds a
# connection open, or is gone without a word, has not.
connections() {
    ss -HtinO state established "sport = :$PORT" |
        awk '{ heard = 0
               for (i = 5; i <= NF; i++) if (sub(/^lastrcv:/, "", $i)) heard = $i + 0
               if (heard < 60000) print $4 }' | sort
}

# The server ends a connection that waits for another request after five seconds: what stays is a session.
there=$(connections)
sleep 6
still=$(connections)
now=$(cut -d. -f1 /proc/uptime)
if [ ! -f "$last" ] || [ -n "$(comm -12 <(echo -n "$there") <(echo -n "$still"))" ]; then
    echo "$now" >"$last"
    exit
fi
((now - $(<"$last") >= IDLE_SECONDS)) || exit 0
echo "idle-stop: nobody has had the page open for $((IDLE_SECONDS / 60)) minutes, so the machine stops" >>"$APP_LOG"
# For the log agent, which reads that.
sleep 10
systemctl poweroff
