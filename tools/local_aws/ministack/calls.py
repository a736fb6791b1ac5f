"""Calls of EC2 and CloudFormation: what is asked, who answers, and the form of an answer."""

from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qs

from ministack.services import cloudformation, ec2
from ministack.services.cloudformation import handlers

Answer = tuple[int, dict[str, str], Any]
Asked = dict[str, list[str]]
Action = Callable[[Asked], Answer]
Later = Callable[[Asked], Awaitable[Answer]]


def around_ec2(ours: Callable[[Asked, Later], Awaitable[Answer]]) -> None:
    """Answer every call to EC2, with MiniStack's own answer at hand."""
    theirs = ec2.handle_request

    async def handle_request(method: str, path: str, headers: Any, body: bytes, query: Asked) -> Answer:
        async def go_on(asked: Asked) -> Answer:
            answer: Answer = await theirs(method, path, headers, b"", asked)
            return answer

        return await ours(query | parse_qs(body.decode(errors="replace") if body else ""), go_on)

    ec2.handle_request = handle_request


def before_cloudformation(ours: Callable[[str, Asked], Awaitable[None]]) -> None:
    """Do something before each call to CloudFormation is answered, knowing the program that asks."""
    theirs = cloudformation.handle_request

    async def handle_request(method: str, path: str, headers: Any, body: bytes, query: Asked) -> Answer:
        await ours(headers.get("user-agent", ""), query | parse_qs(body.decode(errors="replace")))
        answer: Answer = await theirs(method, path, headers, body, query)
        return answer

    cloudformation.handle_request = handle_request


def around_cloudformation(action: str, wrap: Callable[[Action], Action]) -> None:
    """Put something around one of CloudFormation's calls."""
    handlers._ACTION_HANDLERS[action] = wrap(handlers._ACTION_HANDLERS[action])


def launch_data(asked: Asked) -> dict[str, Any]:
    """Read what a RunInstances call asks for in the form in which a launch template holds it."""
    data: dict[str, Any] = ec2._parse_lt_data({f"Asked.{name}": values for name, values in asked.items()}, "Asked")
    return data


def members(asked: Asked, parameter: str) -> list[str]:
    """Read a list that a call passes."""
    return [values[0] for name, values in asked.items() if name.startswith(f"{parameter}.")]


def ec2_error(code: str, message: str) -> Answer:
    """Answer as EC2 refuses."""
    answer: Answer = ec2._error(code, message, 400)
    return answer


def ec2_answer(name: str, content: str) -> Answer:
    """Answer as EC2 does."""
    answer: Answer = ec2._xml(200, name, content)
    return answer
