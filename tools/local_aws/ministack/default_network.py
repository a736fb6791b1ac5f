"""The default VPC as AWS gives it: MiniStack attaches its internet gateway, and no route leads there."""

from ministack.services import ec2

OUT = {
    "DestinationCidrBlock": "0.0.0.0/0",
    "GatewayId": ec2._DEFAULT_IGW_ID,
    "State": "active",
    "Origin": "CreateRoute",
}


def add_way_out() -> None:
    """Give each account and region's one that route."""
    make = ec2._init_defaults

    def make_with_way_out() -> None:
        make()
        routes = ec2._route_tables[ec2._DEFAULT_RTB_ID]["Routes"]
        if OUT not in routes:
            routes.append(dict(OUT))

    ec2._init_defaults = make_with_way_out
    # MiniStack has made the first as it was loaded.
    make_with_way_out()
