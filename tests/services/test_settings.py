"""A wrong variable is one sentence that names it and repeats no secret."""

from pathlib import Path

import pytest

from services.kafka import KafkaSettings
from services.settings import SettingsError, Variables, settings_or_exit

SASL = {
    "KAFKA_BOOTSTRAP_SERVERS": "a:9092",
    "KAFKA_SECURITY_PROTOCOL": "sasl_plaintext",
    "KAFKA_SASL_USERNAME": "me",
    "KAFKA_SASL_PASSWORD": "hush-hush",
}


@pytest.mark.parametrize("url", ["postgresql://u:p@h:1,h2:2/d?target_session_attrs=prefer-standby", "postgres://h/d"])
def test_a_libpq_uri(url: str) -> None:
    assert Variables({"X": url}).database_url("X") == url


@pytest.mark.parametrize("url", [None, "", "h", "postgresql+psycopg://u:hush@h/d", "postgresql://u:hush%zz@h/d"])
def test_no_libpq_uri(url: str | None) -> None:
    with pytest.raises(SettingsError, match=r"^X ") as caught:
        Variables({"X": url} if url is not None else {}).database_url("X")
    assert "hush" not in str(caught.value)


@pytest.mark.parametrize(("text", "number"), [(None, 7), ("", 7), ("1", 1), ("10", 10)])
def test_an_integer(text: str | None, number: int) -> None:
    assert Variables({"X": text} if text is not None else {}).integer("X", default=7, at_least=1, at_most=10) == number


@pytest.mark.parametrize("text", ["0", "11", "x", "1.5"])
def test_no_integer(text: str) -> None:
    with pytest.raises(SettingsError, match=r"^X is "):
        Variables({"X": text}).integer("X", default=7, at_least=1, at_most=10)


def test_a_wrong_setting_ends_the_process(capsys: pytest.CaptureFixture[str]) -> None:
    def from_env(_: object) -> None:
        raise SettingsError("X", "is wrong")

    with pytest.raises(SystemExit) as ended:
        settings_or_exit(from_env)
    assert ended.value.code == 2
    assert capsys.readouterr().err == "X is wrong\n"


def test_plaintext_kafka() -> None:
    options = KafkaSettings.from_env({"KAFKA_BOOTSTRAP_SERVERS": "a:1, [::1]:2"}).client_options()
    assert options["bootstrap_servers"] == ["a:1", "[::1]:2"]
    assert options["security_protocol"] == "PLAINTEXT"
    assert "ssl_context" not in options


def test_kafka_with_a_password() -> None:
    settings = KafkaSettings.from_env(SASL)
    options = settings.client_options()
    assert options["sasl_mechanism"] == "SCRAM-SHA-512"
    assert (options["sasl_plain_username"], options["sasl_plain_password"]) == ("me", "hush-hush")
    assert "hush" not in repr(settings)


def test_tls_checks_the_brokers_name() -> None:
    settings = KafkaSettings.from_env({"KAFKA_BOOTSTRAP_SERVERS": "a:1", "KAFKA_SECURITY_PROTOCOL": "SSL"})
    context = settings.client_options()["ssl_context"]
    assert context.check_hostname
    assert context.verify_mode.name == "CERT_REQUIRED"


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"KAFKA_BOOTSTRAP_SERVERS": ""}, "KAFKA_BOOTSTRAP_SERVERS"),
        ({"KAFKA_BOOTSTRAP_SERVERS": "a:1,b"}, "KAFKA_BOOTSTRAP_SERVERS"),
        ({"KAFKA_SECURITY_PROTOCOL": "TLS"}, "KAFKA_SECURITY_PROTOCOL"),
        ({"KAFKA_SASL_MECHANISM": "GSSAPI"}, "KAFKA_SASL_MECHANISM"),
        ({"KAFKA_SASL_USERNAME": ""}, "KAFKA_SASL_USERNAME"),
        ({"KAFKA_SASL_PASSWORD": ""}, "KAFKA_SASL_PASSWORD"),
        ({"KAFKA_SSL_CAFILE": "/nowhere"}, "KAFKA_SSL_CAFILE"),
        ({"KAFKA_SECURITY_PROTOCOL": "SSL", "KAFKA_SSL_CAFILE": __file__}, "KAFKA_SSL_CAFILE"),
        ({"KAFKA_SECURITY_PROTOCOL": "SSL", "KAFKA_SSL_CERTFILE": __file__}, "KAFKA_SSL_CERTFILE"),
        ({"KAFKA_SSL_KEYFILE": __file__}, "KAFKA_SSL_CERTFILE"),
    ],
    ids=str,
)
def test_wrong_kafka_settings(change: dict[str, str], named: str) -> None:
    with pytest.raises(SettingsError, match=f"^{named} ") as caught:
        KafkaSettings.from_env(SASL | change)
    assert "hush" not in str(caught.value)


def test_a_file_must_be_readable(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="no readable file"):
        Variables({"X": str(tmp_path)}).file("X")
