"""A machine that changes: who waits for whom, its address, its image, and what it runs."""

from typing import Any

import pytest

from review.assembly import Assembly
from review.fact import Level
from tests.review.apps import app, found, in_words, resource, told

ARM, X86 = "al2023-ami-kernel-6.1-arm64", "al2023-ami-kernel-6.1-x86_64"
SIGNAL: dict[str, Any] = {"CreationPolicy": {"ResourceSignal": {"Timeout": "PT20M"}}}
SCRIPT = "#!/bin/bash\nset -e\ncfn-signal --success true\n"


def machine(image: str = "ami-1", *, more: Any = None, script: Any = None, **body: Any) -> Assembly:
    data = {"ImageId": image, **({"UserData": {"Fn::Base64": script}} if script is not None else {})}
    return app({"Machine": resource("AWS::EC2::Instance", data, **body), **(more or {})})


def by_template(script: Any, size: str = "t4g.small", image: str = ARM) -> Assembly:
    data = {"InstanceType": size, "ImageId": f"resolve:ssm:/aws/{image}", "UserData": {"Fn::Base64": script}}
    version = {"Version": {"Fn::GetAtt": ["Template", "LatestVersionNumber"]}, "LaunchTemplateId": {"Ref": "Template"}}
    return app(
        {
            "Template": resource("AWS::EC2::LaunchTemplate", {"LaunchTemplateData": data}),
            "Machine": resource("AWS::EC2::Instance", {"LaunchTemplate": version}, **SIGNAL),
        }
    )


def test_the_old_machine_waits_for_the_new_ones_signal_or_does_not() -> None:
    facts = told(machine("ami-1", **SIGNAL), machine("ami-2", **SIGNAL))
    assert "note hand-over:App/Machine" in in_words(facts)
    assert "at most `PT20M`" in facts["hand-over:App/Machine"].sentence

    facts = told(machine("ami-1"), machine("ami-2"))
    assert "look hand-over:App/Machine" in in_words(facts)
    assert facts["image:App/Machine"].values == {"type": "AWS::EC2::Instance", "old": "ami-1", "new": "ami-2"}


EIP = "AWS::EC2::EIP"
TIED = {"Ip": resource(EIP, {"InstanceId": {"Ref": "Machine"}})}
APART = {
    "Ip": resource(EIP),
    "Tie": resource(
        "AWS::EC2::EIPAssociation",
        {"AllocationId": {"Fn::GetAtt": ["Ip", "AllocationId"]}, "InstanceId": {"Ref": "Machine"}},
    ),
}


@pytest.mark.parametrize(
    ("before", "after", "level"),
    [
        (TIED, TIED, Level.NOTE),
        (APART, APART, Level.NOTE),
        (TIED, {}, Level.STOP),
        ({}, {}, Level.LOOK),
        ({}, TIED, Level.LOOK),
        (TIED, {"Other": TIED["Ip"]}, Level.STOP),
        (TIED, {"Ip": resource(EIP, {"InstanceId": {"Ref": "Machine"}, "Address": "x"})}, Level.STOP),
    ],
)
def test_the_address_stays_where_an_elastic_ip_does(before: Any, after: Any, level: Level) -> None:
    fact = told(machine("ami-1", more=before), machine("ami-2", more=after))["address:App/Machine"]
    assert (fact.level, fact.values["stays"]) == (level, level == Level.NOTE)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ({"NetworkInterfaces": [{"AssociatePublicIpAddress": True}]}, "The machine gets another public address: "),
        ({"NetworkInterfaces": [{"SubnetId": {"Ref": "Open"}}]}, "The machine gets another public address: "),
        ({"SubnetId": {"Ref": "Open"}}, "The machine gets another public address: "),
        ({"SubnetId": "subnet-1"}, "If the machine has a public address, it changes: "),
        ({"SubnetId": {"Ref": "Shut"}}, None),
        ({"NetworkInterfaces": [{"AssociatePublicIpAddress": False, "SubnetId": {"Ref": "Open"}}]}, None),
    ],
)
def test_a_machine_without_a_public_address_gets_no_other(data: Any, says: str | None) -> None:
    subnets = {
        "Open": resource("AWS::EC2::Subnet", {"MapPublicIpOnLaunch": True}),
        "Shut": resource("AWS::EC2::Subnet"),
    }
    old, new = (app({"M": resource("AWS::EC2::Instance", {"ImageId": image, **data}), **subnets}) for image in "ab")
    sentences = [fact.sentence for fact in told(old, new).values() if fact.kind == "address"]
    assert sentences == ([f"{says}what was told to people no longer leads to it."] if says else [])


@pytest.mark.parametrize(
    ("size", "own"), [("t4g.small", ARM), ("c7gn.large", ARM), ("g4dn.xlarge", X86), ("t3.small", X86)]
)
def test_a_processor_boots_its_own_images_only(size: str, own: str) -> None:
    other = ARM if own == X86 else X86
    assert not in_words(found(by_template("", size, own)))
    assert in_words(found(by_template("", size, other))) == {"STOP processor:App/Machine"}
    assert "STOP processor:App/Machine" in in_words(told(by_template("", size, own), by_template("", size, other)))


def test_the_lines_that_come_and_go_are_told_in_what_the_machine_runs() -> None:
    before = {"Fn::Join": ["", [SCRIPT, "echo ", {"Ref": "AWS::Region"}, "\n"]]}
    after = {"Fn::Join": ["", [SCRIPT, "echo ", {"Ref": "AWS::StackName"}, "\n"]]}

    facts = told(by_template(before), by_template(after))

    lines = facts["user-data:App/Machine"].values["lines"]
    assert lines == ["-echo ${AWS::Region}", "+echo ${AWS::StackName}"]
    assert {"look user-data:App/Machine", "look replaced:App/Machine"} <= in_words(facts)


def test_a_machine_that_only_stops_and_starts_runs_no_new_line_and_may_lose_its_address() -> None:
    facts = told(machine(script="a"), machine(script="b"))
    assert in_words(facts) == {"look interrupted:App/Machine", "look user-data:App/Machine", "look address:App/Machine"}
    assert "This machine is not new, and does not run them." in facts["user-data:App/Machine"].sentence

    assert "note address:App/Machine" in in_words(told(machine(script="a", more=TIED), machine(script="b", more=TIED)))


def test_another_spelling_of_the_same_script_is_no_other_script() -> None:
    facts = told(
        by_template({"Fn::Join": ["", ["echo ", {"Ref": "AWS::Region"}]]}),
        by_template({"Fn::Sub": "echo ${AWS::Region}"}),
    )
    assert "look user-data:App/Machine" not in in_words(facts)


@pytest.mark.parametrize(
    "line",
    [
        "curl https://example.org/install.sh | bash",
        "curl -fsSL https://example.org/x | sudo -E bash -",
        "wget -qO- https://example.org/x | /bin/sh -s -- --yes",
        "curl https://example.org/x | tee log | bash",
        "curl https://example.org/x \\\n    | python3 -",
        "bash <(curl -s https://example.org/x)",
        'sh -c "$(curl -fsSL https://example.org/x)"',
    ],
)
def test_what_the_net_pipes_into_a_shell_stops(line: str) -> None:
    assert in_words(found(machine(script=SCRIPT + line))) == {"STOP piped-to-shell:App/Machine"}
    assert "STOP piped-to-shell:App/Machine" in in_words(told(machine(script=SCRIPT), machine(script=SCRIPT + line)))
    # What was there is nothing of the change's.
    facts = told(machine(script=line), machine(script=f"echo\n{line}"))
    assert "STOP piped-to-shell:App/Machine" not in in_words(facts)


@pytest.mark.parametrize(
    "line", ["curl -o x https://example.org | tee log", "curl https://x; bash x.sh", "echo curl\n | bash"]
)
def test_what_is_only_fetched_does_not(line: str) -> None:
    assert not in_words(found(machine(script=line)))


def test_more_than_16_kb_are_refused() -> None:
    assert not in_words(found(machine(script="x" * 16_384)))
    assert in_words(found(machine(script="ä" * 8_193))) == {"STOP user-data-too-long:App/Machine"}


def test_a_machine_that_no_longer_says_that_it_is_well_stops() -> None:
    facts = told(machine(script=SCRIPT, **SIGNAL), machine(script=SCRIPT))
    assert "green, whether the machine came up or not" in facts["signal:App/Machine"].sentence

    facts = told(machine(script=SCRIPT, **SIGNAL), machine(script="true", **SIGNAL))
    assert "will roll back" in facts["signal:App/Machine"].sentence
    assert facts["signal:App/Machine"].level == Level.STOP

    assert "signal:App/Machine" not in told(machine(script="a", **SIGNAL), machine(script="b", **SIGNAL))
