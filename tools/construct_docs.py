"""Writes docs/constructs.md from the constructs' own source: ``python tools/construct_docs.py``."""

import ast
import inspect
import re
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

from constructs import Construct

import data_compute
from data_compute import OperatingSystem

PAGE = Path(__file__).parents[1] / "docs" / "constructs.md"
HEAD = """\
# The constructs

Made by `make docs` from the constructs' own docstrings. Where the signature says `None`, the table says what happens.
"""
Rows = list[tuple[str, str]]


def constructs_page() -> str:
    """Render the page of every public name."""
    public = {name: getattr(data_compute, name) for name in data_compute.__all__}
    constructs = [value for value in public.values() if inspect.isclass(value) and issubclass(value, Construct)]
    functions = [value for value in public.values() if inspect.isfunction(value)]
    systems = [f"`{name}`" for name, value in public.items() if isinstance(value, OperatingSystem)]
    said, _ = _docstring(OperatingSystem)
    last = f"## OperatingSystem\n\n{said} They are {' and '.join(systems)}.\n"
    return "\n".join([HEAD, *map(_section, constructs), last, *map(_function_section, functions)])


def _section(construct: type) -> str:
    kinds = _kinds(construct)
    inits = [_init(kind) for kind in kinds]
    methods = {node.name: node for kind in kinds for node in _tree(kind).body if isinstance(node, ast.FunctionDef)}
    public = [method for name, method in methods.items() if not name.startswith("_")]
    properties = [(method.name, _first_line(method)) for method in public if method.decorator_list]
    called = [method for method in public if not method.decorator_list]
    calls = [(f"{method.name}({_arguments(method)})", _first_line(method)) for method in called]
    text, _ = _docstring(construct)
    said = {name: sentence for kind in kinds for name, sentence in _docstring(kind)[1].items()}
    arguments = {argument.arg: (argument, default) for init in inits for argument, default in _keywords(init)}
    example = f"examples/{construct.__module__.rpartition('.')[2]}"
    parts = [
        f"## {construct.__name__}",
        text,
        f"A whole app with one: [{example}](../{example}).",
        _signature(construct.__name__, [*arguments.values()]),
        _table("argument", _described(construct.__name__, [argument for argument, _ in arguments.values()], said)),
        _table("attribute", [row for kind in kinds for row in _attributes(kind, _init(kind))] + properties),
        _table("method", calls),
    ]
    return "\n\n".join(filter(None, parts)) + "\n"


def _kinds(construct: type) -> list[type]:
    """Give the class, and before it what it has in common with another of ours."""
    ours = [kind for kind in construct.__mro__ if kind.__module__.startswith(f"{data_compute.__name__}.")]
    return ours[::-1]


def _init(kind: type) -> ast.FunctionDef:
    found = (node for node in _tree(kind).body if isinstance(node, ast.FunctionDef) and node.name == "__init__")
    return next(found)


def _keywords(init: ast.FunctionDef) -> list[tuple[ast.arg, ast.expr | None]]:
    return [*zip(init.args.kwonlyargs, init.args.kw_defaults, strict=True)]


def _function_section(function: Callable[..., Any]) -> str:
    definition = _tree(function)
    name, (text, said) = function.__name__, _docstring(function)
    parts = [
        f"## {name}",
        text,
        f"```python\n{name}({_arguments(definition)})\n```",
        _table("argument", _described(name, definition.args.args, said)),
    ]
    return "\n\n".join(parts) + "\n"


def _tree(value: type | Callable[..., Any]) -> Any:
    return ast.parse(inspect.getsource(value)).body[0]


def _docstring(value: type | Callable[..., Any]) -> tuple[str, dict[str, str]]:
    """Give a docstring's text as Markdown, and what it says of each argument."""
    text, _, parameters = inspect.cleandoc(value.__doc__ or "").partition("\n\n:param ")
    said = re.findall(r"(\w+): (.+)", re.sub(r"\n +", " ", parameters))
    paragraphs = [
        f"```python\n{textwrap.dedent(paragraph)}\n```" if paragraph.startswith(" ") else _literals(paragraph)
        for paragraph in text.split("\n\n")
    ]
    return "\n\n".join(paragraphs), {name: _literals(sentence) for name, sentence in said}


def _literals(text: str) -> str:
    return re.sub("::$", ":", text).replace("``", "`")


def _first_line(method: ast.FunctionDef) -> str:
    return _literals((ast.get_docstring(method) or "").partition("\n")[0])


def _arguments(method: ast.FunctionDef) -> str:
    return re.sub("^self(, )?", "", _quoted(method.args)).replace("=", " = ")


def _quoted(node: ast.AST) -> str:
    return ast.unparse(node).replace("'", '"')


def _signature(name: str, arguments: list[tuple[ast.arg, ast.expr | None]]) -> str:
    """Give the call as a person types it, with each argument's default."""
    lines = ["scope", "construct_id", "*"]
    for argument, default in arguments:
        lines.append(ast.unparse(argument) + (f" = {_quoted(default)}" if default else ""))
    return "\n".join(["```python", f"{name}(", *(f"    {line}," for line in lines), ")", "```"])


def _described(name: str, arguments: list[ast.arg], said: dict[str, str]) -> Rows:
    taken = [argument.arg for argument in arguments]
    if set(taken) != said.keys():
        differ = ", ".join(sorted(set(taken) ^ said.keys()))
        raise ValueError(f"{name}: its arguments and the `:param` of its docstring differ: {differ}")
    return list(said.items())


def _attributes(construct: type, init: ast.FunctionDef) -> Rows:
    """List what ``__init__`` sets for the caller to use."""
    rows = []
    for node in init.body:
        target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
        if isinstance(target, ast.Attribute) and not target.attr.startswith("_"):
            rows.append((target.attr, f"`{_type(construct, init, target.attr, node)}`"))
    return rows


def _type(construct: type, init: ast.FunctionDef, name: str, node: Any) -> str:
    """Say what an attribute is as far as the source says it: its type, or the attribute that it stands for."""
    arguments = {argument.arg: argument.annotation for argument in init.args.kwonlyargs}
    if isinstance(node, ast.AnnAssign):
        return ast.unparse(node.annotation)
    if name in arguments:
        return ast.unparse(arguments[name] or node.value).removesuffix(" | None")
    if isinstance(node.value, ast.JoinedStr):
        return "str"
    if isinstance(node.value, ast.Call):
        called = getattr(sys.modules[construct.__module__], ast.unparse(node.value.func), None)
        return ast.unparse(_tree(called).returns if inspect.isfunction(called) else node.value.func)
    return ast.unparse(node.value).removeprefix("self.")


def _table(head: str, rows: Rows) -> str:
    lines = [f"| `{name}` | {text} |".replace(" | None", " \\| None") for name, text in rows]
    return "\n".join([f"| {head} | |", "| --- | --- |", *lines]) if rows else ""


if __name__ == "__main__":
    PAGE.write_text(constructs_page(), encoding="utf-8")
