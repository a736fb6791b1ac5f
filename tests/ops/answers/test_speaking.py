"""A command line that fails in words, whatever it was about to say."""

import runpy
import sys
from pathlib import Path

import pytest

from tests.full_disk import full_disk


@pytest.mark.parametrize("words", [["ops"], ["ops", "cost"], ["local_aws"], ["local_aws", "down"]], ids=" ".join)
def test_help_onto_a_full_disk(
    words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    module, *verb = words
    monkeypatch.setattr(sys, "argv", [module, *verb, "--help"])
    # Run anew, as by `python -m`, also where another test has imported it.
    monkeypatch.delitem(sys.modules, f"{module}.__main__", raising=False)
    with (tmp_path / "help.txt").open("w") as file, monkeypatch.context() as patch:
        patch.setattr(sys, "stdout", file)
        with pytest.raises(SystemExit) as ended, full_disk():
            runpy.run_module(module, run_name="__main__")
    assert ended.value.code == 1
    assert capsys.readouterr().err == "error: [Errno 27] File too large\n"
