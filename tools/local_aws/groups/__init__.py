"""Auto Scaling groups on the laptop: machines are launched, judged, replaced and counted as their groups say."""
