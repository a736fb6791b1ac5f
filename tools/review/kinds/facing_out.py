"""What faces the internet by itself: function URLs, buckets by their lists, balancers, distributions, networks."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from facts.schemas import at
from review.assembly import Assembly, Resource
from review.comparison import Comparison, news
from review.fact import Fact, Level
from review.machines import has_public_address, machines
from review.meaning import may_be_true, possible, resources_named

TELLS = ("function-url", "public-list", "balancer", "distribution", "public-address", "public-network")
ONLY_CHANGES = ()
LISTS = {
    "AuthenticatedRead": "Everybody with an AWS account can list what is in the bucket.",
    "PublicRead": "Everybody on the internet can list what is in the bucket.",
    "PublicReadWrite": "Everybody on the internet can list what is in the bucket, write to it and delete from it.",
}
BALANCERS = ("AWS::ElasticLoadBalancing::LoadBalancer", "AWS::ElasticLoadBalancingV2::LoadBalancer")


def standing(assembly: Assembly) -> Iterator[Fact]:
    """Tell what the internet can see."""
    for resource in assembly.resources:
        if resource.type == "AWS::Lambda::Url":
            yield _url(assembly, resource)
        elif resource.type == "AWS::S3::Bucket":
            for _, said in possible(assembly, resource.stack, resource.properties.get("AccessControl", [])):
                if isinstance(said, str) and said in LISTS:
                    yield resource.fact("public-list", Level.STOP, LISTS[said], said)
        elif resource.type in BALANCERS:
            yield from _balancer(assembly, resource)
        elif resource.type == "AWS::CloudFront::Distribution":
            yield _distribution(resource)
        elif may_be_true(assembly, resource.stack, resource.properties.get("PubliclyAccessible")):
            sentence = "It has a public address, though what it holds is no page: its security groups alone keep it."
            yield resource.fact("public-address", Level.STOP, sentence)
    yield from _addresses(assembly)
    yield from _networks(assembly)


def changes(comparison: Comparison) -> Iterator[Fact]:
    """Tell what the internet can see from now on."""
    for fact in news(standing, comparison):
        level = Level.STOP if fact.values.get("everybody") else Level.LOOK if fact.level == Level.NOTE else fact.level
        yield replace(fact, level=level)


def _url(assembly: Assembly, url: Resource) -> Fact:
    said = [value for _, value in possible(assembly, url.stack, url.properties.get("AuthType", []))]
    if said == ["AWS_IAM"]:
        sentence = "The function has a URL, which whoever in the account may call it can call."
        return url.fact("function-url", Level.LOOK, sentence, "AWS_IAM")
    sentence = "Everybody on the internet can call the function by its URL: nobody is asked who it is."
    return url.fact("function-url", Level.STOP, sentence, "NONE")


def _balancer(assembly: Assembly, balancer: Resource) -> Iterator[Fact]:
    # Unless it says so, it is none that only the network sees.
    said = [value for _, value in possible(assembly, balancer.stack, balancer.properties.get("Scheme", []))]
    if said == ["internal"]:
        return
    if "SecurityGroups" in balancer.properties:
        sentence = "The balancer has a public address: its security groups tell who can reach it."
        yield balancer.fact("balancer", Level.LOOK, sentence, "groups")
    else:
        sentence = "Everybody on the internet can reach the balancer, and through it what is behind: it has no group."
        yield balancer.fact("balancer", Level.LOOK, sentence, "open", everybody=True)


def _distribution(distribution: Resource) -> Fact:
    config: Any = distribution.properties.get("DistributionConfig") or {}
    ways = [at(config, ["DefaultCacheBehavior"]), *(at(config, ["CacheBehaviors"]) or [])]
    if all(at(way, ["TrustedKeyGroups"]) or at(way, ["TrustedSigners"]) for way in ways):
        sentence = "Whoever has a signed link or cookie can fetch what the distribution has behind it."
        return distribution.fact("distribution", Level.LOOK, sentence, "signed")
    sentence = "Everybody on the internet can fetch what the distribution has behind it."
    return distribution.fact("distribution", Level.LOOK, sentence, "open", everybody=True)


def _addresses(assembly: Assembly) -> Iterator[Fact]:
    """Tell which machines have a public address, and where each gets one."""
    for machine in machines(assembly):
        if has_public_address(assembly, machine.resource):
            sentence = "The machine has a public address: its security groups tell who can reach it."
            yield machine.resource.fact("public-address", Level.NOTE, sentence)
    for subnet in assembly.resources:
        if may_be_true(assembly, subnet.stack, subnet.properties.get("MapPublicIpOnLaunch")):
            sentence = "Each machine that is started in the subnet gets a public address."
            yield subnet.fact("public-address", Level.NOTE, sentence)


def _networks(assembly: Assembly) -> Iterator[Fact]:
    """Tell which subnets have a way to the internet and back."""
    tables = {
        table
        for route in assembly.resources
        if route.type == "AWS::EC2::Route"
        for gateway, _ in resources_named(assembly, route.stack, route.properties.get("GatewayId"))
        if gateway.type == "AWS::EC2::InternetGateway"
        for table, _ in resources_named(assembly, route.stack, route.properties.get("RouteTableId"))
    }
    subnets = {
        subnet: None
        for tie in assembly.resources
        if tie.type == "AWS::EC2::SubnetRouteTableAssociation"
        for table, _ in resources_named(assembly, tie.stack, tie.properties.get("RouteTableId"))
        if table in tables
        for subnet, _ in resources_named(assembly, tie.stack, tie.properties.get("SubnetId"))
    }
    for subnet in subnets:
        sentence = (
            "The subnet has a way to the internet and back: what is in it and has a public address can be reached."
        )
        yield subnet.fact("public-network", Level.NOTE, sentence)
