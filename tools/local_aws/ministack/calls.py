"""Calls of EC2 and CloudFormation: what is asked, who answers, and the form of an answer."""

from collections.abc import Awaitable, Callable
from typing import Any

from ministack.services import ec2
from ministack.services.cloudformation import handlers

Answer = tuple[int, dict[str, str], Any]
Handler = Callable[[str, str, dict[str, str], bytes, dict[str, list[str]]], Awaitable[Answer]]
Action = Callable[[dict[str, list[str]]], Answer]


def around_ec2(wrap: Callable[[Handler], Handler]) -> None:
    """Put something around every call to EC2."""
    ec2.handle_request = wrap(ec2.handle_request)


def around_cloudformation(action: str, wrap: Callable[[Action], Action]) -> None:
    """Put something around one of CloudFormation's calls."""
    handlers._ACTION_HANDLERS[action] = wrap(handlers._ACTION_HANDLERS[action])


def launch_data(asked: dict[str, list[str]]) -> dict[str, Any]:
    """Read what a RunInstances call asks for in the form in which a launch template holds it."""
    data: dict[str, Any] = ec2._parse_lt_data({f"Asked.{name}": values for name, values in asked.items()}, "Asked")
    return data


def ec2_error(code: str, message: str) -> Answer:
    """Answer as EC2 refuses."""
    answer: Answer = ec2._error(code, message, 400)
    return answer


def ec2_answer(name: str, content: str) -> Answer:
    """Answer as EC2 does."""
    answer: Answer = ec2._xml(200, name, content)
    return answer
