"""How CloudFormation makes, changes and removes resources."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from ministack.services.cloudformation import provisioners, stacks

Properties = dict[str, Any]
# A resource's physical id and its attributes.
Made = tuple[str, Properties]
Create = Callable[[str, Properties, str], Made]
Update = Callable[[str, Properties, Properties, str], Made]
Delete = Callable[[str, Properties], None]


def add_resource(resource_type: str, *, create: Create, delete: Delete, update: Update | None = None) -> None:
    """Add a CloudFormation resource type whose handlers may wait.

    :param update: takes the stack's tags, and CloudFormation's own, too; None where every change makes a new resource.
    """
    provisioners._RESOURCE_HANDLERS[resource_type] = {"create": create, "delete": delete}
    if update:
        provisioners._RESOURCE_HANDLERS[resource_type]["update"] = update
        provisioners._STACK_TAG_PROPERTY[resource_type] = ("Tags", "list")
    let_wait(resource_type)


def let_wait(resource_type: str) -> None:
    """Run the handlers of a resource type on a thread of their own, as they may wait."""
    waits_itself = stacks._runs_on_worker_thread

    def waits(name: str) -> bool:
        return name == resource_type or bool(waits_itself(name))

    stacks._runs_on_worker_thread = waits


def wrap_create(resource_type: str, wrap: Callable[[Create], Create]) -> None:
    """Put something around the way a resource type is created."""
    handlers = provisioners._RESOURCE_HANDLERS[resource_type]
    handlers["create"] = wrap(handlers["create"])


def wrap_update(resource_type: str, wrap: Callable[[Any], Any]) -> None:
    """Put something, which may wait, around the way a resource type is changed, with the resource's logical id."""
    handlers = provisioners._RESOURCE_HANDLERS[resource_type]
    handlers["update"] = wrap(handlers["update"])
    handlers["update_with_logical_id"] = True
    let_wait(resource_type)


def send_back(resource_type: str) -> None:
    """Have a rollback change a resource back whose own change has failed, as that may have been half done."""
    sends_back = stacks._sends_back_failed_update

    def also(name: str) -> bool:
        return name == resource_type or bool(sends_back(name))

    stacks._sends_back_failed_update = also


def wrap_delete(resource_type: str, wrap: Callable[[Any], Any]) -> None:
    """Put something around the way a resource type is removed."""
    handlers = provisioners._RESOURCE_HANDLERS[resource_type]
    handlers["delete"] = wrap(handlers["delete"])


def after_changes(resource_type: str, ours: Callable[[], None]) -> None:
    """Do something, which may wait, once a resource of a type has been made, changed or removed."""

    def around(theirs: Any) -> Any:
        def change(*given: Any) -> Any:
            answer = theirs(*given)
            ours()
            return answer

        return change

    handlers = provisioners._RESOURCE_HANDLERS[resource_type]
    for verb in ("create", "update", "delete"):
        handlers[verb] = around(handlers[verb])
    let_wait(resource_type)


def wrap_properties(resource_type: str, form: Callable[[Properties], Properties]) -> None:
    """Bring a resource type's properties into another form before it is created or changed."""
    handlers = provisioners._RESOURCE_HANDLERS[resource_type]
    create, update = handlers["create"], handlers["update"]

    def create_wrapped(logical_id: str, props: Properties, *rest: Any) -> Made:
        made: Made = create(logical_id, form(props), *rest)
        return made

    def update_wrapped(physical_id: str, old: Properties, new: Properties, *rest: Any) -> Made:
        changed: Made = update(physical_id, old, form(new), *rest)
        return changed

    handlers |= {"create": create_wrapped, "update": update_wrapped}


def wrap_result(resource_type: str, finish: Callable[[str, Properties], None]) -> None:
    """Do something with a resource, by its physical id, once it is created or changed."""
    handlers = provisioners._RESOURCE_HANDLERS[resource_type]
    create, update = handlers["create"], handlers["update"]

    def create_wrapped(logical_id: str, props: Properties, *rest: Any) -> Made:
        made: Made = create(logical_id, props, *rest)
        finish(made[0], props)
        return made

    def update_wrapped(physical_id: str, old: Properties, new: Properties, *rest: Any) -> Made:
        changed: Made = update(physical_id, old, new, *rest)
        finish(changed[0], new)
        return changed

    handlers |= {"create": create_wrapped, "update": update_wrapped}


def hand_over(form: Callable[[str, Properties], AbstractContextManager[Properties]]) -> None:
    """Hand each resource's properties in another form, by its type, to whoever creates or changes it."""
    provision = provisioners._provision_resource

    def provision_formed(resource_type: str, logical_id: str, props: Properties, stack_name: str) -> Made:
        with form(resource_type, props) as formed:
            made: Made = provision(resource_type, logical_id, formed, stack_name)
        return made

    def with_formed(resource_type: str, update: Any) -> Any:
        def update_formed(physical_id: str, old: Properties, new: Properties, *rest: Any) -> Made:
            with form(resource_type, new) as formed:
                changed: Made = update(physical_id, old, formed, *rest)
            return changed

        return update_formed

    # Each module has its own name for it.
    provisioners._provision_resource = stacks._provision_resource = provision_formed
    for resource_type, handlers in provisioners._RESOURCE_HANDLERS.items():
        if "update" in handlers:
            handlers["update"] = with_formed(resource_type, handlers["update"])


def decide_replacement(
    recreation: Callable[[str, str], str], replaces: Callable[[str, Properties, Properties], bool]
) -> None:
    """Decide what a change of a property replaces, as a change set says it, and whether an update replaces."""
    # Each module has its own name for it: one writes the event, the other acts.
    provisioners._property_recreation = stacks._property_recreation = recreation
    provisioners._replacing_change = stacks._replacing_change = replaces
