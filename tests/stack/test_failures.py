"""What a person reads when the stack cannot start: one line that says what to do."""

import socket
from pathlib import Path

import pytest

from deploy.embedded import java, kafka_jars, ports
from deploy.embedded.errors import StackError
from deploy.embedded.state import State
from tests.stack.test_stack import embedded


def test_a_port_in_use_is_named_with_its_owner(tmp_path: Path) -> None:
    port = State.load_or_make(tmp_path).ports["kafka"]
    with socket.create_server(("127.0.0.1", port)):
        answer = embedded(f"--state-dir={tmp_path}")
    assert answer.returncode == 1
    assert answer.stderr.splitlines() == [
        f"error: port {port} of kafka is used by another program: end it, or start with another --state-dir"
    ]


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    answer = embedded(f"--state-dir={tmp_path / 'file' / 'state'}")
    assert (answer.returncode, len(answer.stderr.splitlines())) == (1, 1)
    assert "choose another folder" in answer.stderr


def test_an_environment_file_without_a_folder_is_refused_at_once(tmp_path: Path) -> None:
    answer = embedded(f"--state-dir={tmp_path / 'state'}", f"--env-file={tmp_path / 'none' / 'env'}")
    assert (answer.returncode, len(answer.stderr.splitlines())) == (1, 1)
    assert "make it first" in answer.stderr


def test_without_java_it_says_how_to_get_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setattr(java, "find_spec", lambda _name: None)
    java.find_java.cache_clear()
    with pytest.raises(StackError, match=r"Java 17 or newer.*make install"):
        java.find_java()


def test_an_old_java_is_passed_over(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    old = tmp_path / "java"
    old.write_text("#!/bin/sh\necho 'openjdk version \"11.0.2\"' >&2\n")
    old.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin")
    monkeypatch.delenv("JAVA_HOME", raising=False)
    java.find_java.cache_clear()
    assert java.find_java() != old


def test_a_failed_download_says_to_try_again_and_leaves_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(kafka_jars, "cache_folder", lambda: tmp_path)
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    with pytest.raises(StackError, match=r"cannot be downloaded.*try again") as caught:
        kafka_jars.kafka_jars(lambda _line: None)
    assert "\n" not in str(caught.value)
    assert not list(tmp_path.iterdir())


def test_chosen_ports_are_free_and_differ() -> None:
    chosen = ports.free_ports("abcdef")
    assert len(set(chosen.values())) == len(chosen)
    assert all(ports.is_free(port) for port in chosen.values())
