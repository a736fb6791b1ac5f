"""What of a function can be known to be wrong before anything is deployed."""

import re
import symtable
import sys
import tokenize
from collections.abc import Mapping
from pathlib import Path

from aws_cdk import Duration, Token
from aws_cdk import aws_lambda as lambda_

from data_compute.arguments import check_kind, check_texts, check_whole

LONGEST_TIMEOUT = Duration.minutes(15)
LEAST_MEMORY, MOST_MEMORY = 128, 10_240
ENVIRONMENT_NAME = re.compile(r"[a-zA-Z][a-zA-Z0-9_]+")


def check_timeout(timeout: Duration) -> None:
    """Raise unless Lambda waits so long."""
    check_kind("timeout", timeout, Duration, "one such as Duration.seconds(10)")
    if not timeout.is_unresolved() and timeout.to_seconds() > LONGEST_TIMEOUT.to_seconds():
        raise ValueError(
            f"timeout is {timeout.to_seconds():g} s, and Lambda ends a function after 15 minutes: "
            "pass at most Duration.minutes(15), or do the work in smaller pieces"
        )


def check_memory(memory_size: int) -> None:
    """Raise unless Lambda has functions of this size."""
    check_whole("memory_size", memory_size)
    if not Token.is_unresolved(memory_size) and not LEAST_MEMORY <= memory_size <= MOST_MEMORY:
        raise ValueError(
            f"memory_size {memory_size} is not between {LEAST_MEMORY} and {MOST_MEMORY:,}, in MB: "
            "256 is the default without packages, and 128 holds little more than boto3"
        )


def check_environment(environment: Mapping[str, str]) -> None:
    """Raise unless Lambda takes the settings."""
    for name in environment:
        if not ENVIRONMENT_NAME.fullmatch(name):
            raise ValueError(
                f"environment has the name {name!r}: use at least two letters, digits and underscores, a letter first, "
                "such as API_URL"
            )
    check_texts("environment", environment)


def check_runtime(runtime: lambda_.Runtime) -> None:
    """Raise unless Python runs the function."""
    if not (isinstance(runtime, lambda_.Runtime) and runtime.family == lambda_.RuntimeFamily.PYTHON):
        name = getattr(runtime, "name", runtime)
        raise ValueError(f"runtime {name!r} is not one of Python's: pass one such as Runtime.PYTHON_3_13")


def check_handler(source: Path, handler: str) -> None:
    """Raise unless the handler is a function in a file of the folder."""
    if not source.is_dir():
        raise ValueError(f"source {str(source)!r} is not a folder: pass the folder that holds the function's code")
    module, dot, function = handler.rpartition(".")
    if not dot or not all(part.isidentifier() for part in (*module.split("."), function)):
        raise ValueError(f"handler {handler!r} is not of the form module.function, such as handler.lambda_handler")
    if function == "py":
        raise ValueError(f"handler {handler!r} is a file: name the function in it too, such as {module}.lambda_handler")
    package = source.joinpath(*module.split("."))
    files = [package / "__init__.py", package.with_suffix(".py")]
    # Python takes the first of them; a name that neither has is most likely a file's.
    file = next((found for found in files if found.is_file()), files[-1])
    if not file.is_file():
        raise ValueError(f"handler {handler!r} needs the file {str(file)!r}, which does not exist")
    functions = _names_in(file)
    if functions is not None and function not in functions:
        found = ", ".join(f"{module}.{name}" for name in functions) or "no function"
        raise ValueError(f"handler {handler!r} is not in {str(file)!r}, which has {found}")


def check_names(source: Path) -> None:
    """Raise if a file of the folder and a module of Python's own would be taken for each other: boto3 needs those."""
    for file in sorted([*source.glob("*.py"), *source.glob("*/__init__.py")]):
        name = file.relative_to(source).with_suffix("").parts[0]
        if name in sys.stdlib_module_names:
            raise ValueError(
                f"{str(file)!r} has the name of Python's own module {name}, and one would be imported for the "
                f"other: give it another name, such as my_{name}"
            )


def _names_in(file: Path) -> list[str] | None:
    """List what a module defines, functions first of all, or None where only running it tells."""
    try:
        # As Python does: in the encoding that the file names, or UTF-8.
        with tokenize.open(file) as opened:
            text = opened.read()
    except (SyntaxError, UnicodeDecodeError) as error:
        raise ValueError(
            f"{str(file)!r} is no text in the encoding that it names, which is UTF-8 if it names none: save it as UTF-8"
        ) from error
    try:
        table = symtable.symtable(text, str(file), "exec")
    except SyntaxError:
        # Perhaps of a newer Python than this one: the deploy's own proof tells.
        return None
    if re.search(r"^\s*from .* import \*", text, re.MULTILINE):
        return None
    symbols = [symbol for symbol in table.get_symbols() if symbol.is_assigned() or symbol.is_imported()]
    return [symbol.get_name() for symbol in sorted(symbols, key=lambda symbol: not symbol.is_namespace())]
