"""What of a systemd unit means something without systemd."""

from pathlib import Path

from local_aws.machines import unit

UNIT = """\
[Service]
# Environment=COMMENTED=out
Environment=HOME=/var/lib/streamlit
Environment="SPACED=two words" OTHER=1
ExecStart=/opt/venv/bin/streamlit run ${ENTRY_FILE} \\
    --server.port=${PORT}
RestartSec=2
"""


def test_reads_what_means_something_without_systemd(tmp_path: Path) -> None:
    path = tmp_path / "app.service"
    path.write_text(UNIT)
    read = unit.read(path)
    assert read.environment == {"HOME": "/var/lib/streamlit", "SPACED": "two words", "OTHER": "1"}
    assert read.restart_seconds == 2.0
    assert read.command_line({"ENTRY_FILE": "my app.py", "PORT": "1234"}) == [
        "/opt/venv/bin/streamlit",
        "run",
        "my app.py",
        "--server.port=1234",
    ]


def test_has_the_defaults_of_systemd(tmp_path: Path) -> None:
    path = tmp_path / "app.service"
    path.write_text("[Service]\nExecStart=/bin/true\n")
    read = unit.read(path)
    assert read.environment == {}
    assert read.restart_seconds == 0.1


def test_reads_the_unit_that_is_deployed() -> None:
    deployed = Path(__file__).parents[2] / "constructs/data_compute/page/unit/streamlit.service"
    read = unit.read(deployed)
    program, *arguments = read.command_line({"ENTRY_FILE": "app.py", "PORT": "8501"})
    assert program.endswith("/venv/bin/streamlit")
    assert arguments[:2] == ["run", "app.py"]
    assert "--server.port=8501" in arguments
    assert read.environment["STREAMLIT_SERVER_HEADLESS"] == "true"


def test_things_may_lie_below_a_name_with_a_space() -> None:
    here = {"/opt/data-compute/": Path("/home/ada/first laptop")}
    assert unit.words("/opt/data-compute/run --at=/opt/data-compute/x '/a /opt/data-compute/b'", here) == [
        "/home/ada/first laptop/run",
        "--at=/home/ada/first laptop/x",
        "/a /home/ada/first laptop/b",
    ]
