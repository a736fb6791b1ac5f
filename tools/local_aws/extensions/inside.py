"""The inner parts of MiniStack that we lean on, all of them, in this one place.

MiniStack has no public way to add a CloudFormation resource. Its test names what breaks when a new version moves one.
"""

from collections.abc import Awaitable, Callable, Iterable
from typing import Any, cast

from ministack.core import persistence
from ministack.core.responses import get_account_id
from ministack.services import apigateway, cloudformation, ec2, ssm
from ministack.services.cloudformation import handlers, provisioners, stacks, wait_conditions

Create = Callable[[str, dict[str, Any], str], tuple[str, dict[str, Any]]]
Update = Callable[[str, dict[str, Any], dict[str, Any], str], tuple[str, dict[str, Any]]]
Delete = Callable[[str, dict[str, Any]], None]
Answer = tuple[int, dict[str, str], Any]
Handler = Callable[[str, str, dict[str, str], bytes, dict[str, list[str]]], Awaitable[Answer]]
Action = Callable[[dict[str, list[str]]], Answer]

account_id: Callable[[], str] = get_account_id


def add_resource(
    resource_type: str,
    *,
    create: Create,
    update: Update,
    delete: Delete,
    replaced_by: Iterable[str] = (),
    stack_tags: bool = True,
) -> None:
    """Add a CloudFormation resource type whose handlers may wait, and so run on a thread of their own.

    :param replaced_by: the properties of which a change makes a new resource.
    :param stack_tags: whether CloudFormation hands the stack's tags, and its own, on to such resources.
    """
    provisioners._RESOURCE_HANDLERS[resource_type] = {"create": create, "update": update, "delete": delete}
    provisioners._REPLACING_PROPERTIES[resource_type] = tuple(replaced_by)
    if stack_tags:
        provisioners._STACK_TAG_PROPERTY[resource_type] = ("Tags", "list")
    waits_itself = stacks._runs_on_worker_thread

    def waits(name: str) -> bool:
        return name == resource_type or bool(waits_itself(name))

    stacks._runs_on_worker_thread = waits


def wrap_create(resource_type: str, wrap: Callable[[Create], Create]) -> None:
    """Put something around the way a resource type is created."""
    handlers = provisioners._RESOURCE_HANDLERS[resource_type]
    handlers["create"] = wrap(handlers["create"])


def compare_as(resource_type: str, form: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    """Bring a resource type's properties into another form before asking whether their change makes a new resource."""
    by_properties = provisioners._replacing_change

    def replaces(name: str, old: dict[str, Any], new: dict[str, Any]) -> bool:
        before, after = (form(old), form(new)) if name == resource_type else (old, new)
        return bool(by_properties(name, before, after))

    # Each has its own name for it: one writes the event, the other acts.
    provisioners._replacing_change = stacks._replacing_change = replaces


def resource_definition(stack_name: str, logical_id: str) -> dict[str, Any]:
    """Read a resource as the template that is being deployed defines it, CreationPolicy included."""
    definition: dict[str, Any] = provisioners._cfn_wait_condition_definition(stack_name, logical_id)
    return definition


def stack_id(stack_name: str) -> str:
    """Name the stack that is being deployed."""
    identifier: str = provisioners._cr_stack_id(stack_name)
    return identifier


def wait_for_signals(stack_name: str, logical_id: str, resource_type: str, policy: dict[str, Any]) -> None:
    """Wait for what a CreationPolicy's ResourceSignal asks, or raise."""
    count = wait_conditions.validate_count(policy.get("Count"), logical_id)
    seconds = wait_conditions.validate_resource_signal_timeout(policy.get("Timeout"), logical_id)
    stack = stack_id(stack_name)
    token = wait_conditions.register_slot(stack)
    wait_conditions.wait_for(token, stack, stack_name, logical_id, resource_type, count, seconds)


def save_nothing() -> None:
    """Have nothing saved at the end."""
    persistence.PERSIST_STATE = False


def around_cloudformation(action: str, wrap: Callable[[Action], Action]) -> None:
    """Put something around one of CloudFormation's calls."""
    handlers._ACTION_HANDLERS[action] = wrap(handlers._ACTION_HANDLERS[action])


def stack(stack_name: str) -> dict[str, Any]:
    """Open the caller's stack of this name."""
    found: dict[str, Any] = cloudformation._stacks[stack_name]
    return found


def change_set(identifier: str) -> dict[str, Any] | None:
    """Open the caller's change set of this id."""
    found: dict[str, Any] | None = cloudformation._change_sets.get(identifier)
    return found


def outputs(stack_name: str, template: dict[str, Any], parameters: dict[str, Any]) -> list[dict[str, str]]:
    """Say what a stack's outputs would be by another template, its resources being as they are."""
    known = stack(stack_name)
    conditions = stacks._evaluate_conditions(template, parameters)
    resolved, _ = stacks._resolve_stack_outputs(
        template.get("Outputs", {}),
        conditions,
        known["_resources"],
        parameters,
        template.get("Mappings", {}),
        stack_name,
        known["StackId"],
    )
    answer: list[dict[str, str]] = resolved
    return answer


def instances() -> dict[tuple[str, str, str], dict[str, Any]]:
    """Look at all instances, by account, region and id."""
    return dict(ec2._instances.all_items())


def discard(instance_ids: Iterable[str]) -> None:
    """Remove instances as if they had never been."""
    for key in [key for key in instances() if key[2] in set(instance_ids)]:
        ec2._instances.pop_scoped(*key)


def volumes() -> dict[tuple[str, str, str], dict[str, Any]]:
    """Look at all volumes, by account, region and id."""
    return dict(ec2._volumes.all_items())


def addresses() -> dict[tuple[str, str, str], dict[str, Any]]:
    """Look at all Elastic IPs, by account, region and allocation id."""
    return dict(ec2._addresses.all_items())


def launch_templates() -> dict[str, dict[str, Any]]:
    """Open the caller's launch templates, by id."""
    store: dict[str, dict[str, Any]] = ec2._launch_templates
    return store


def launch_data(asked: dict[str, list[str]]) -> dict[str, Any]:
    """Read what a RunInstances call asks for in the form in which a launch template holds it."""
    data: dict[str, Any] = ec2._parse_lt_data({f"Asked.{name}": values for name, values in asked.items()}, "Asked")
    return data


def default_subnet() -> str:
    """Name the subnet of whoever names none."""
    ec2._ensure_defaults_initialized()
    subnet: str = ec2._DEFAULT_SUBNET_ID
    return subnet


def network(of: str) -> str | None:
    """Name the VPC of a subnet or of a security group, if we know it."""
    store = ec2._subnets if of.startswith("subnet-") else ec2._security_groups
    vpc: str | None = store.get(of, {}).get("VpcId")
    return vpc


def key_pairs() -> dict[str, dict[str, Any]]:
    """Open the caller's key pairs, by name."""
    store: dict[str, dict[str, Any]] = ec2._key_pairs
    return store


def apis() -> dict[str, dict[str, Any]]:
    """Open the caller's HTTP and WebSocket APIs, by id."""
    store: dict[str, dict[str, Any]] = apigateway._apis
    return store


def tags(account: str, region: str, resource_id: str) -> dict[str, str]:
    """Read the tags of an EC2 resource."""
    return {tag["Key"]: tag["Value"] for tag in ec2._tags.get_scoped(account, region, resource_id, [])}


def around_ec2(wrap: Callable[[Handler], Handler]) -> None:
    """Put something around every call to EC2."""
    ec2.handle_request = wrap(ec2.handle_request)


def hand_out_addresses(of_elastic_ip: Callable[[], str]) -> None:
    """Decide which public addresses EC2 hands out: ours for Elastic IPs, and none for an instance itself."""
    random_address = cast(Callable[[str], str], ec2._random_ip)
    ours: dict[str, Callable[[], str]] = {"52.": of_elastic_ip, "54.": str}

    def address(prefix: str) -> str:
        return ours[prefix]() if prefix in ours else random_address(prefix)

    ec2._random_ip = address


def ec2_error(code: str, message: str) -> Answer:
    """Answer as EC2 refuses."""
    answer: Answer = ec2._error(code, message, 400)
    return answer


def ec2_answer(name: str, content: str) -> Answer:
    """Answer as EC2 does."""
    answer: Answer = ec2._xml(200, name, content)
    return answer


def add_public_image(image: tuple[str, ...], architecture: str, parameters: Iterable[str]) -> None:
    """Add a public image with the public parameters that name it."""
    ec2._STUB_AMIS[:] = [known for known in ec2._STUB_AMIS if known[0] != image[0]] + [image]
    for name in parameters:
        ssm._PUBLIC_AMI_PARAMETERS[name] = image[0]
    view = ec2._stub_image_view

    def with_architecture(image_id: str, *rest: Any) -> dict[str, Any]:
        seen: dict[str, Any] = view(image_id, *rest)
        return seen | {"Architecture": architecture} if image_id == image[0] else seen

    ec2._stub_image_view = with_architecture
