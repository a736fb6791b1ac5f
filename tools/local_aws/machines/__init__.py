"""Instances as processes of the laptop: what on AWS is a machine is here a folder, a process and an address."""
