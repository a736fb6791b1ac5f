"""What is deployed, half deployed, or absent."""

import pytest

from tests.ops.fake_aws import PAGE, FakeAws, Ops


def test_url_is_the_stacks_output(aws: FakeAws, ops: Ops) -> None:
    aws.deployment()
    result = ops("url")
    assert (result.exit_code, result.stdout) == (0, f"{PAGE}\n")


def test_url_as_json(aws: FakeAws, ops: Ops) -> None:
    aws.deployment()
    assert ops("url", "--json").stdout == f'{{\n  "page": "{PAGE}"\n}}\n'


def test_a_copy_has_stacks_of_its_own(aws: FakeAws, ops: Ops) -> None:
    aws.deployment(copy="-alice", page="http://198.51.100.1:8080")
    assert ops("url", "--copy", "alice").stdout == "http://198.51.100.1:8080\n"


@pytest.mark.parametrize("verb", ["status", "destroy", "stop", "logs"])
def test_what_can_be_no_copys_name_asks_nobody(ops: Ops, verb: str) -> None:
    result = ops(verb, "--copy", "Alice")
    assert result.exit_code == 1
    assert result.stderr == "error: copy='Alice': use up to 20 small letters, digits and hyphens, such as alice\n"


@pytest.mark.parametrize("arguments", [("status",), ("destroy", "--yes"), ("deploy", "--", "true")])
def test_an_unset_variable_of_a_shell_is_not_the_first_copy(ops: Ops, arguments: tuple[str, ...]) -> None:
    verb, *rest = arguments
    result = ops(verb, "--copy", "", *rest)
    assert result.exit_code == 1
    assert result.stderr == "error: copy is empty: say main, or the name of another copy\n"


def test_an_absent_stack_is_named_with_the_way_to_get_it(aws: FakeAws, ops: Ops) -> None:
    aws.no_stack("CalculateMean")
    aws.no_stack("Streamlit")
    result = ops("url")
    assert result.exit_code == 1
    assert "stack Streamlit is not deployed" in result.stderr
    assert "`make deploy`" in result.stderr


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("REVIEW_IN_PROGRESS", "never deployed to its end"),
        ("CREATE_IN_PROGRESS", "is being created"),
        ("ROLLBACK_COMPLETE", "first deploy failed. `python -m ops destroy Streamlit`, then `make deploy`"),
        ("DELETE_IN_PROGRESS", "is being deleted"),
        (
            "DELETE_FAILED",
            "DELETE_FAILED (the app raised): `python -m ops destroy Streamlit` removes what is left of it",
        ),
        ("UPDATE_ROLLBACK_FAILED", "for what cannot go back; or `python -m ops destroy Streamlit`"),
        ("UPDATE_FAILED", "`make deploy` again, or `python -m ops destroy Streamlit`"),
    ],
)
def test_a_half_deployed_stack_is_told(aws: FakeAws, ops: Ops, status: str, words: str) -> None:
    aws.stack("CalculateMean", {})
    aws.stack("Streamlit", {"StreamlitUrl": PAGE}, status=status, StackStatusReason="the app raised")
    result = ops("url")
    assert result.exit_code == 1
    assert words in result.stderr


@pytest.mark.parametrize("status", ["UPDATE_ROLLBACK_FAILED", "DELETE_FAILED"])
def test_no_deploy_is_advised_where_cloudformation_takes_none(aws: FakeAws, ops: Ops, status: str) -> None:
    aws.stack("CalculateMean", {})
    aws.stack("Streamlit", {"StreamlitUrl": PAGE}, status=status)
    assert "make deploy" not in ops("url").stderr


@pytest.mark.parametrize("status", ["UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "UPDATE_IN_PROGRESS"])
def test_a_stack_that_works_is_used(aws: FakeAws, ops: Ops, status: str) -> None:
    aws.stack("CalculateMean", {})
    aws.stack("Streamlit", {"StreamlitUrl": PAGE}, status=status)
    assert ops("url").stdout == f"{PAGE}\n"


def test_a_stack_of_another_version_is_told(aws: FakeAws, ops: Ops) -> None:
    aws.stack("CalculateMean", {})
    aws.stack("Streamlit", {})
    assert "no output StreamlitUrl" in ops("url").stderr
