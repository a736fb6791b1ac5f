"""How much of something may be asked for, by a construct and by a setting alike; free of the CDK."""

MOST_MACHINES = 10
# In minutes. A boot that has proved its page must be over by the shortest, and told so.
SHORTEST_IDLE, LONGEST_IDLE = 10, 24 * 60
