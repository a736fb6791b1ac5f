"""Who can reach what, of all rules of a group together: each planted change at its level, and no change in words."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.addresses import Addresses
from review.assembly import Assembly, Stack
from review.fact import Fact
from review.kinds import security_groups
from review.reach import Rule, Who, reaches
from tests.review.apps import Json, app, found, in_words, resource, told

GROUP, OUT = "AWS::EC2::SecurityGroup", {"CidrIp": "127.0.0.1/32", "IpProtocol": "-1"}
WORLD, ONE = "0.0.0.0/0", "203.0.113.7/32"


def rule(cidr: str | None = None, first: int = 8501, last: int | None = None, **more: Any) -> Json:
    peer = {"CidrIpv6" if ":" in cidr else "CidrIp": cidr} if cidr else {}
    return {"IpProtocol": "tcp", "FromPort": first, "ToPort": first if last is None else last, **peer, **more}


def group(*rules: Any, out: Any = (OUT,), more: Json | None = None, **sections: Any) -> Assembly:
    inside = {"SecurityGroupIngress": list(rules), "SecurityGroupEgress": list(out)}
    machine = resource("AWS::EC2::Instance", {"SecurityGroupIds": [{"Fn::GetAtt": ["Group", "GroupId"]}]})
    return app({"Group": resource(GROUP, inside), "Machine": machine, **(more or {})}, **sections)


def separate(cidr: str, name: str = "Rule", **more: Any) -> Json:
    return {name: resource(f"{GROUP}Ingress", {"GroupId": {"Fn::GetAtt": ["Group", "GroupId"]}, **rule(cidr), **more})}


def doors(facts: dict[str, Fact]) -> set[str]:
    """Give the ids with their levels, without who it is."""
    return {":".join(id_.split(":")[:4]) for id_ in in_words(facts)}


LIST = {"List": resource("AWS::EC2::PrefixList", {"Entries": [{"Cidr": "0.0.0.0/1"}, {"Cidr": "128.0.0.0/1"}]})}
BY_LIST = rule(SourcePrefixListId={"Ref": "List"})
TOLD = {"Parameters": {"From": {"Type": "String"}}}
BY_DEFAULT = {"Parameters": {"From": {"Type": "String", "Default": WORLD}}}
BY_REGION = {"Fn::FindInMap": ["From", {"Ref": "AWS::Region"}, "a"]}
OPENED = [
    (group(rule(ONE)), "look opened:App/Group:in:tcp/8501"),
    (group(rule(WORLD)), "STOP opened:App/Group:in:tcp/8501"),
    (group(rule("0.0.0.0/1"), rule("128.0.0.0/1")), "STOP opened:App/Group:in:tcp/8501"),
    (group(rule("0.0.0.0/1"), more=separate("128.0.0.0/1")), "STOP opened:App/Group:in:tcp/8501"),
    (group(more=separate(WORLD)), "STOP opened:App/Group:in:tcp/8501"),
    # The world without one address is the world to whoever lives elsewhere.
    (group(*map(rule, (Addresses.of(WORLD) - Addresses.of(ONE)).networks())), "STOP opened:App/Group:in:tcp/8501"),
    (group(rule("::/0")), "STOP opened:App/Group:in:tcp/8501"),
    (group(rule("::/1"), rule("8000::/1")), "STOP opened:App/Group:in:tcp/8501"),
    (group(rule("2001:db8::/32")), "look opened:App/Group:in:tcp/8501"),
    (group(rule(WORLD, IpProtocol="-1")), "STOP opened:App/Group:in:all"),
    (group(rule(WORLD, IpProtocol="6")), "STOP opened:App/Group:in:tcp/8501"),
    (group(rule(WORLD, 8000, 9000)), "STOP opened:App/Group:in:tcp/8000-9000"),
    (group(rule("10.0.0.0/8")), "look opened:App/Group:in:tcp/8501"),
    # Where one logs in.
    (group(rule("10.0.0.0/16", 22)), "look opened:App/Group:in:tcp/22"),
    (group(rule("10.0.0.0/15", 22)), "STOP opened:App/Group:in:tcp/22"),
    (group(rule("10.0.0.0/16", 22), rule("10.1.0.0/16", 22)), "STOP opened:App/Group:in:tcp/22"),
    (group(rule("10.0.0.0/15", 3389)), "STOP opened:App/Group:in:tcp/3389"),
    (group(rule("10.0.0.0/15", 20, 30)), "STOP opened:App/Group:in:tcp/20-30"),
    (group(rule("10.0.0.0/15", IpProtocol="-1")), "STOP opened:App/Group:in:all"),
    (group(rule("2001:db8::/47", 22)), "STOP opened:App/Group:in:tcp/22"),
    # Who is only named.
    (group(rule(SourcePrefixListId="pl-1")), "look opened:App/Group:in:tcp/8501"),
    (group(BY_LIST, more=LIST), "STOP opened:App/Group:in:tcp/8501"),
    (group(rule(SourceSecurityGroupId={"Fn::GetAtt": ["Group", "GroupId"]})), "look opened:App/Group:in:tcp/8501"),
    (group(rule(CidrIp={"Ref": "From"}), **TOLD), "look opened:App/Group:in:tcp/8501"),
    # What a deploy may make of it.
    (group(rule(CidrIp={"Ref": "From"}), **BY_DEFAULT), "STOP opened:App/Group:in:tcp/8501"),
    (group({"Fn::If": ["Open", rule(WORLD), {"Ref": "AWS::NoValue"}]}), "STOP opened:App/Group:in:tcp/8501"),
    (group(rule(CidrIp=BY_REGION), Mappings={"From": {"r": {"a": WORLD}}}), "STOP opened:App/Group:in:tcp/8501"),
    # Out.
    (group(out=[OUT, rule(WORLD, 443)]), "look opened:App/Group:out:tcp/443"),
    (group(out=[]), "look opened:App/Group:out:all"),
]  # fmt: skip


@pytest.mark.parametrize(("after", "wanted"), OPENED)
def test_what_opens_is_told_with_its_level(after: Assembly, wanted: str) -> None:
    assert {fact for fact in doors(told(group(), after)) if "opened" in fact} == {wanted}
    closed = wanted.replace("opened", "closed").replace("STOP", "look")
    assert {fact for fact in doors(told(after, group())) if "closed" in fact} == {closed}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (group(rule(WORLD)), group(rule("128.0.0.0/1"), rule("0.0.0.0/1"))),
        (group(rule(WORLD)), group(more=separate(WORLD))),
        (group(rule(ONE), rule(WORLD)), group(rule(WORLD))),
        (group(rule(ONE, 1, 5), rule(ONE, 6, 9)), group(rule(ONE, 1, 9))),
        (group(rule(ONE), rule(ONE, 22)), group(rule(ONE, 22, Description="other"), rule(ONE))),
        (group(rule(WORLD, IpProtocol="-1")), group(rule(WORLD, IpProtocol="-1"), rule(ONE, 22))),
        (group(rule(ONE)), group(rule(ONE, IpProtocol="6", FromPort="8501"))),
    ],
)
def test_another_way_to_write_the_same_opens_and_closes_nothing(before: Assembly, after: Assembly) -> None:
    for facts in (told(before, after), told(after, before)):
        assert not [one for one in in_words(facts) if "opened" in one or "closed" in one]


def test_what_was_open_to_the_world_stops_nobody_again() -> None:
    facts = told(group(rule("0.0.0.0/1"), rule("128.0.0.0/2")), group(rule(WORLD)))
    assert in_words(facts) == {"look opened:App/Group:in:tcp/8501:192.0.0.0/2"}
    assert facts["opened:App/Group:in:tcp/8501:192.0.0.0/2"].values["who"] == ["192.0.0.0/2"]


def test_the_last_step_to_too_many_stops() -> None:
    facts = told(group(rule("10.0.0.0/16", 22)), group(rule("10.0.0.0/16", 22), rule("10.9.0.0/24", 22)))
    assert facts["opened:App/Group:in:tcp/22:10.9.0.0/24"].sentence == (
        "`10.9.0.0/24` can now reach `tcp` 22 (SSH) of `Machine`. "
        "Together with those who could before, that is more than a /16 (a /48 of IPv6), and one logs in there."
    )


@pytest.mark.parametrize("few", [rule(ONE), rule("10.0.0.0/8"), rule(SourcePrefixListId="pl-1")])
def test_whoever_could_before_the_internet_is_told_as_the_internet(few: Json) -> None:
    shut, opened = group(few), group(few, rule(WORLD))
    for before, after, can in ((shut, opened, "now"), (opened, shut, "no longer")):
        (fact,) = (one for one in told(before, after).values() if one.kind in security_groups.TELLS)
        assert fact.sentence == f"Everybody on the internet can {can} reach `tcp` 8501 of `Machine`."


def test_who_is_still_let_in_is_not_told_to_go() -> None:
    all_but_one = map(rule, (Addresses.of(WORLD) - Addresses.of(ONE)).networks())
    (fact,) = (one for one in told(group(rule(WORLD)), group(*all_but_one)).values() if one.kind == "closed")
    assert fact.sentence == f"`{ONE}` can no longer reach `tcp` 8501 of `Machine`."


def test_what_puts_an_open_group_on_or_off_is_told() -> None:
    def with_machine(*groups: str) -> Assembly:
        worn = [{"Ref": name} for name in groups]
        return app(
            {
                "Open": resource(GROUP, {"SecurityGroupIngress": rule(WORLD), "SecurityGroupEgress": OUT}),
                "Shut": resource(GROUP, {"SecurityGroupEgress": OUT}),
                "Machine": resource("AWS::EC2::Instance", {"SecurityGroupIds": worn}),
            }
        )

    assert doors(told(with_machine("Shut"), with_machine("Shut", "Open"))) == {"STOP opened:App/Machine:in:tcp/8501"}
    assert doors(told(with_machine("Shut", "Open"), with_machine("Shut"))) == {"look closed:App/Machine:in:tcp/8501"}
    assert not in_words(told(with_machine("Shut", "Open"), with_machine("Open", "Shut")))


def test_several_groups_of_one_machine_count_together() -> None:
    def halves(*cidrs: str) -> Assembly:
        groups = {
            f"G{number}": resource(GROUP, {"SecurityGroupIngress": rule(cidr), "SecurityGroupEgress": OUT})
            for number, cidr in enumerate(cidrs)
        }
        own = resource("AWS::EC2::Instance", {"SecurityGroupIds": [{"Ref": name} for name in ("G0", "G1")]})
        return app({**groups, "Machine": own})

    few, many = halves("10.0.0.0/9", "10.0.0.0/9"), halves("10.0.0.0/8", "11.0.0.0/8")

    assert "STOP opened:App/Machine:in:tcp/8501" in doors(told(few, many))
    assert "STOP reachable:App/Machine:in:tcp/8501" in doors(found(many))
    assert not [fact for fact in in_words(found(few)) if "Machine" in fact]
    # What a group opens by itself is told of the group alone.
    assert "STOP opened:App/Machine:in:tcp/8501" not in doors(told(few, halves(WORLD, ONE)))


def test_a_renamed_group_opens_nothing() -> None:
    def named(name: str) -> Assembly:
        return app({name: resource(GROUP, {"GroupDescription": "x", "SecurityGroupIngress": [rule(WORLD)]})})

    assert in_words(told(named("Group"), named("Doors"))) == {"look moved:App/Doors"}


def test_a_nested_stacks_rules_are_read_through_its_parameters() -> None:
    def nested(cidr: str) -> Assembly:
        outer = app({"Inner": resource("AWS::CloudFormation::Stack", {"Parameters": {"From": cidr}})})
        template = {
            "Parameters": {"From": {"Type": "String"}},
            "Resources": {"Group": resource(GROUP, {"SecurityGroupIngress": [rule(CidrIp={"Ref": "From"})]})},
        }
        inner = Stack("App", template, nested_as=outer.stacks[0].resources["Inner"])
        return Assembly(outer.folder, [*outer.stacks, inner])

    assert "STOP opened:App/Inner/Group:in:tcp/8501" in doors(told(nested(ONE), nested(WORLD)))


def doors_of(assembly: Assembly) -> dict[str, Fact]:
    return {id_: fact for id_, fact in found(assembly).items() if fact.kind in security_groups.TELLS}


def test_the_inventory_says_who_can_reach_what() -> None:
    facts = doors_of(group(rule(WORLD), rule(ONE, 22), out=[rule(WORLD, 443)]))
    assert in_words(facts) == {
        "STOP reachable:App/Group:in:tcp/8501:0.0.0.0/0",
        "look reachable:App/Group:in:tcp/22:203.0.113.7/32",
        "note goes-out:App/Group:out:tcp/443:0.0.0.0/0",
    }
    assert [fact.sentence for fact in facts.values()] == [
        "`203.0.113.7/32` can reach `tcp` 22 (SSH) of `Machine`.",
        "Everybody on the internet can reach `tcp` 8501 of `Machine`.",
        "`Machine` can reach everybody on the internet at `tcp` 443.",
    ]


@pytest.mark.parametrize("tell", [found, lambda assembly: told(group(), assembly)])
def test_whoever_accepts_an_office_accepts_nobody_else(tell: Callable[[Assembly], dict[str, Fact]]) -> None:
    many = [f"10.{number}.0.0/16" for number in range(0, 60, 2)]
    sides = [[ONE], [WORLD], ["::/0"], many, [*many, "10.60.0.0/16"]]
    ids = [id_ for side in sides for id_ in tell(group(*map(rule, side))) if ":in:tcp/8501:" in id_]
    assert len(set(ids)) == len(sides)
    assert max(map(len, ids)) < 200


@pytest.mark.parametrize(
    ("peer", "said"),
    [
        ({"SourceSecurityGroupId": {"Fn::GetAtt": ["Group", "GroupId"]}}, "What wears `Group`"),
        ({"SourcePrefixListId": "pl-1"}, "Whoever is in the prefix list `pl-1`"),
        ({"CidrIp": {"Ref": "From"}}, "Whoever `${From}` stands for"),
        ({"CidrIp": "0.0.0.0/1"}, "`0.0.0.0/1`"),
        ({"CidrIpv6": "::/0"}, "Everybody on the internet who has IPv6"),
    ],
)
def test_who_can_is_said_in_words(peer: Json, said: str) -> None:
    (fact, *_) = doors_of(group(rule(**peer), **TOLD)).values()
    assert fact.sentence == f"{said} can reach `tcp` 8501 of `Machine`."


def test_a_group_that_lets_nothing_out_as_the_cdk_writes_it() -> None:
    nothing = {"CidrIp": "255.255.255.255/32", "IpProtocol": "icmp", "FromPort": 252, "ToPort": 86}
    assert not in_words(found(group(out=[nothing])))


PROTOCOLS, BLOCKS = ("tcp", "udp", "-1"), ("10.0.0.0/30", "10.0.0.0/31", "10.0.0.2/31", "10.0.0.1/32", "::/127")
a_rule = st.builds(
    lambda protocol, first, more, block: Rule(protocol, first, first + more, Who(Addresses.of(block))),
    st.sampled_from(PROTOCOLS[:2]),
    st.integers(0, 6),
    st.integers(0, 4),
    st.sampled_from(BLOCKS),
) | st.sampled_from(BLOCKS).map(lambda block: Rule("-1", 0, 65535, Who(Addresses.of(block))))


@given(st.lists(a_rule, max_size=6), st.lists(a_rule, max_size=6))
def test_each_port_is_open_to_those_whom_a_rule_lets_in(before: list[Rule], after: list[Rule]) -> None:
    cut = list(reaches(before, after))
    named = {one.protocol for one in (*before, *after)}
    for protocol in named:
        for port in (*range(12), 65535):
            at = [reach for reach in cut if reach.protocol == protocol and reach.ports[0] <= port <= reach.ports[1]]
            assert len(at) <= 1
            for side, seen in ((before, [reach.before for reach in at]), (after, [reach.after for reach in at])):
                wanted = {
                    address
                    for one in side
                    if one.protocol in (protocol, "-1") and one.first <= port <= one.last
                    for address in _each(one.who)
                }
                assert {address for who in seen for address in _each(who)} == wanted


def _each(who: Who) -> set[tuple[int, int]]:
    spans = [(4, span) for span in who.addresses.four] + [(6, span) for span in who.addresses.six]
    return {(kind, address) for kind, (first, last) in spans for address in range(first, last + 1)}
