"""The inner parts of MiniStack that we lean on, all of them, and nothing of ours.

MiniStack has no public way to add a CloudFormation resource. `test_ministack.py` names what breaks when a new version
moves one.
"""
