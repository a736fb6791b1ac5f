"""Application load balancers on the laptop: each listener a port, and behind it targets that are asked and watched."""

# How much faster the waiting goes here than on AWS, where a machine's boot takes minutes: between two health checks,
# and for who is still connected to a machine that goes.
TIMES_FASTER = 30.0
