"""How to reach Kafka: the one place that turns environment variables into aiokafka's client options."""

import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Self

from services.settings import SettingsError, Variables

_PROTOCOLS: Final = ("PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL")
_MECHANISMS: Final = ("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512")

# aiokafka's own 100 ms is forever constant: too eager against a broker that is away for minutes.
_RETRY_BACKOFF_MS: Final = 500


@dataclass(frozen=True, slots=True)
class KafkaSettings:
    """Where the brokers are and how to prove who we are."""

    bootstrap_servers: str
    """host:port, several by comma."""
    security_protocol: str = "PLAINTEXT"
    sasl_mechanism: str | None = None
    sasl_username: str | None = None
    sasl_password: str | None = field(default=None, repr=False)
    ssl_cafile: Path | None = None
    """None means the authorities that the system trusts."""
    ssl_certfile: Path | None = None
    """Client certificate, for brokers that ask for one."""
    ssl_keyfile: Path | None = None
    """Its key, unencrypted; None where the certificate's file holds it."""

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> Self:
        """Read KAFKA_BOOTSTRAP_SERVERS, KAFKA_SECURITY_PROTOCOL, KAFKA_SASL_* and KAFKA_SSL_*.

        Raises:
            SettingsError: a variable is missing or malformed, or a certificate does not load.
        """
        variables = Variables(environ)
        protocol = variables.choice("KAFKA_SECURITY_PROTOCOL", _PROTOCOLS, default="PLAINTEXT")
        sasl = protocol.startswith("SASL")
        settings = cls(
            bootstrap_servers=_bootstrap_servers(variables),
            security_protocol=protocol,
            sasl_mechanism=variables.choice("KAFKA_SASL_MECHANISM", _MECHANISMS, default="SCRAM-SHA-512")
            if sasl
            else None,
            sasl_username=variables.text("KAFKA_SASL_USERNAME", needed_for=protocol) if sasl else None,
            sasl_password=variables.text("KAFKA_SASL_PASSWORD", needed_for=protocol) if sasl else None,
            ssl_cafile=variables.file("KAFKA_SSL_CAFILE"),
            ssl_certfile=variables.file("KAFKA_SSL_CERTFILE"),
            ssl_keyfile=variables.file("KAFKA_SSL_KEYFILE"),
        )
        if settings.ssl_keyfile and not settings.ssl_certfile:
            raise SettingsError("KAFKA_SSL_CERTFILE", "is not set; it is required with KAFKA_SSL_KEYFILE")
        settings.client_options()
        return settings

    def client_options(self) -> dict[str, Any]:
        """Keyword arguments for any aiokafka client.

        Reads the certificates again each time: a client made again after a rotation has the new ones.
        """
        options: dict[str, Any] = {
            "bootstrap_servers": self.bootstrap_servers.split(","),
            "security_protocol": self.security_protocol,
            "retry_backoff_ms": _RETRY_BACKOFF_MS,
        }
        if self.security_protocol.endswith("SSL"):
            options["ssl_context"] = self._ssl_context()
        if self.sasl_mechanism is not None:
            options["sasl_mechanism"] = self.sasl_mechanism
            options["sasl_plain_username"] = self.sasl_username
            options["sasl_plain_password"] = self.sasl_password
        return options

    def _ssl_context(self) -> ssl.SSLContext:
        try:
            context = ssl.create_default_context(cafile=self.ssl_cafile)
        except (OSError, ssl.SSLError):
            raise SettingsError("KAFKA_SSL_CAFILE", f"is {str(self.ssl_cafile)!r}, which is no PEM file") from None
        if self.ssl_certfile is not None:
            try:
                # An empty password makes an encrypted key an error instead of a prompt.
                context.load_cert_chain(self.ssl_certfile, self.ssl_keyfile, password="")
            except (OSError, ssl.SSLError) as error:
                raise SettingsError("KAFKA_SSL_CERTFILE", f"or its key does not load: {error}") from None
        return context


def _bootstrap_servers(variables: Variables) -> str:
    name = "KAFKA_BOOTSTRAP_SERVERS"
    servers = [server.strip() for server in variables.text(name).split(",")]
    for server in servers:
        host, _, port = server.rpartition(":")
        if not host or not port.isdecimal():
            raise SettingsError(name, f"has {server!r}, which is not host:port")
    return ",".join(servers)
