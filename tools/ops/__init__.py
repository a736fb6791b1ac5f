"""Operate what is deployed, from the laptop."""
