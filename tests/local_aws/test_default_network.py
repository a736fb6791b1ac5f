"""The default VPC's subnets are public, as on AWS."""

import pytest
from ministack.services import ec2

from local_aws.ministack import default_network


def test_one_route_leads_to_the_gateway(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ec2, "_init_defaults", ec2._init_defaults)
    default_network.add_way_out()
    ec2._init_defaults()
    routes = ec2._route_tables[ec2._DEFAULT_RTB_ID]["Routes"]
    assert [route["GatewayId"] for route in routes] == ["local", ec2._DEFAULT_IGW_ID]
