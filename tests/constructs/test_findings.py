"""A finding is accepted by its rule, for every pack that has it."""

import pytest
from aws_cdk import Stack

from data_compute.findings import acknowledge


def test_a_rule_that_no_pack_has_is_refused(new_stack: type[Stack]) -> None:
    with pytest.raises(ValueError, match=r"rule 'EC2Nonsense' is in no pack that we know: add it to the table in"):
        acknowledge(new_stack(), "EC2Nonsense", "There is no such rule, so nobody needs a reason.")
