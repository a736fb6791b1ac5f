"""The page of the constructs, made of their docstrings."""

import pytest

import data_compute
from construct_docs import PAGE, constructs_page
from data_compute import PythonFunction


def test_the_page_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == constructs_page(), "make docs"


def test_every_public_name_is_on_the_page() -> None:
    missing = [name for name in data_compute.__all__ if name not in constructs_page()]

    assert missing == []


@pytest.mark.parametrize(
    ("given", "line"),
    [
        ("    memory_size: int | None = None,", "signature"),
        (
            "| `environment` | plain settings for the code. Not for secrets: they are readable in the template. |",
            "argument",
        ),
        ('    generation: str = "1",', "signature"),
        ("| `lambda_function` | `lambda_.Function` |", "attribute"),
        ("| `elastic_ip` | `ec2.CfnEIP` |", "attribute"),
        ("| `instance` | `ec2.CfnInstance` |", "attribute that a function defines"),
        ("| `role` | `iam.IRole` |", "attribute that the caller may bring"),
        ("| `instance_id` | `instance.ref` |", "attribute of another"),
        ("```python\nmean = PythonFunction(self,", "example"),
        ("acknowledge(construct: IConstruct, rule: str, reason: str)", "signature of a function"),
        ("| `reason` | a full sentence. |", "argument of a function"),
    ],
)
def test_what_the_page_says_of_a_construct(given: str, line: str) -> None:
    assert given in constructs_page(), line


def test_an_argument_without_a_word_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    said = (PythonFunction.__doc__ or "").replace(":param memory_size:", ":param memory:")
    monkeypatch.setattr(PythonFunction, "__doc__", said)

    with pytest.raises(
        ValueError, match=r"PythonFunction: its arguments and the `:param` .* differ: memory, memory_size"
    ):
        constructs_page()
