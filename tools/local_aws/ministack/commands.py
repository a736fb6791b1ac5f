"""Systems Manager's Run Command, which MiniStack runs in containers alone."""

from collections.abc import Callable

from ministack.services import ec2

# A shell's exit status, what it has written, and what it has complained of.
Ran = tuple[int, str, str]


def run_by(connected: Callable[[str], bool], ours: Callable[[str, str], Ran]) -> None:
    """Tell on which instances commands run, and run a script on one of them."""

    def run(instance_id: str, command: list[str]) -> Ran:
        return ours(instance_id, command[-1])

    ec2.instance_is_managed = connected
    ec2.exec_in_instance_blocking = run
