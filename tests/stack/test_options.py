import shlex
from pathlib import Path

import pytest

from deploy.embedded.env_file import write_env_file
from deploy.embedded.options import OPTIONAL_PARTS, parse_options


def test_all_parts_run_unless_left_out() -> None:
    options = parse_options([])
    assert all(options.has(part) for part in OPTIONAL_PARTS)
    assert not options.empty


def test_parts_are_left_out_one_by_one() -> None:
    options = parse_options(["--without", "relay", "--without", "replica", "--no-simulator"])
    assert options.without == {"relay", "replica", "simulator"}


def test_an_empty_stack_has_no_simulator() -> None:
    assert not parse_options(["--empty"]).has("simulator")


def test_the_simulator_gets_what_was_asked_for() -> None:
    options = parse_options(["--accounts=3", "--speed", "2.5"])
    assert options.simulator_arguments == ("--accounts=3", "--speed=2.5")


def test_an_unknown_part_is_refused_with_the_list(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exit_:
        parse_options(["--without", "primary"])
    assert exit_.value.code == 2
    assert "relay" in capsys.readouterr().err


def test_the_environment_file_survives_a_shell(tmp_path: Path) -> None:
    value = "postgresql://user:p'w d$x@host/db?a=b#c"
    write_env_file(tmp_path / "env", {"DSN": value})
    (line,) = (tmp_path / "env").read_text().splitlines()
    assert shlex.split(line) == [f"DSN={value}"]
    assert (tmp_path / "env").stat().st_mode & 0o077 == 0
