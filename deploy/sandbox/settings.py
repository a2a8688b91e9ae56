from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from services.settings import Variables


@dataclass(frozen=True, slots=True)
class Keys:
    """The one company's keys; the worker's variables of the same names are these."""

    company_id: str
    public_key: str
    private_key: str
    client_id: str


@dataclass(frozen=True, slots=True)
class Settings:
    """The sandbox's settings, by environment variables."""

    host: str
    """SANDBOX_HOST (127.0.0.1)."""
    port: int
    """SANDBOX_PORT (8090)."""
    directory: Path | None
    """SANDBOX_DIR: where entries are kept; without it they are gone at the end."""
    keys: Keys
    """CONNECTWISE_COMPANY_ID, _PUBLIC_KEY, _PRIVATE_KEY and _CLIENT_ID: required. HaloPSA's side takes the public key
    as client id and the private key as client secret."""
    log_level: str
    """LOG_LEVEL (INFO)."""

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> Self:
        """Read the variables; raises SettingsError."""
        variables = Variables(environ)
        directory = variables.optional("SANDBOX_DIR")
        return cls(
            host=variables.optional("SANDBOX_HOST") or "127.0.0.1",
            port=variables.port("SANDBOX_PORT", default=8090) or 8090,
            directory=Path(directory) if directory else None,
            keys=Keys(
                company_id=variables.text("CONNECTWISE_COMPANY_ID", needed_for="the sandbox"),
                public_key=variables.text("CONNECTWISE_PUBLIC_KEY", needed_for="the sandbox"),
                private_key=variables.text("CONNECTWISE_PRIVATE_KEY", needed_for="the sandbox"),
                client_id=variables.text("CONNECTWISE_CLIENT_ID", needed_for="the sandbox"),
            ),
            log_level=variables.log_level(),
        )
