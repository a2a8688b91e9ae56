"""The API's settings, read once from the environment."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Literal, Self

from analytics_api.auth.keys import KeyFile, KeySet, KeySetError
from services.settings import SettingsError, Variables

ReadPath = Literal["facts", "rollups"]

_MIN_SECRET_BYTES = 32
_ORIGIN = re.compile(r"https?://[^/\s?#@,*]+")
_BUILT_PAGE = Path(__file__).parents[1] / "frontend" / "dist"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that the process is told from outside."""

    database_url: str = field(repr=False)
    """libpq URI of the read-only role; several hosts with `target_session_attrs=prefer-standby`."""
    jwt_secret: bytes | None = field(repr=False)
    """Verifies HS256, and nothing else does but the one before it."""
    jwt_previous_secret: bytes | None = field(repr=False, default=None)
    """While the main application's secret is replaced."""
    jwt_keys: KeySet = field(default_factory=dict)
    """Verify RS256 and ES256."""
    jwt_audience: str | None = None
    """Demanded as `aud` when given."""
    jwt_issuer: str | None = None
    """Demanded as `iss` when given."""
    cors_allowed_origins: frozenset[str] = frozenset()
    """Origins of pages that may call from elsewhere; `*` is any."""
    max_staleness: timedelta = timedelta(seconds=30)
    """Numbers older than this are marked stale."""
    engineer_self_view: bool = False
    """Whether every active user may see its own numbers; else the roles that see the rest may."""
    host: str = "127.0.0.1"
    port: int = 8000
    read_path: ReadPath | None = None
    """What questions read; None takes the rollups as soon as they are complete."""
    frontend_dist: Path | None = None
    """The built page, where it is to be served."""
    otlp_endpoint: str | None = None
    """Where traces go; OpenTelemetry reads the rest of its own variables."""
    log_level: str = "INFO"

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> Self:
        """Raise `SettingsError` for the first variable that is missing or malformed."""
        variables = Variables(environ)
        secret, keys = _jwt_secret(variables, "AUTH_JWT_SECRET"), _jwt_keys(variables)
        previous = _jwt_secret(variables, "AUTH_JWT_PREVIOUS_SECRET")
        if previous is not None and secret is None:
            raise SettingsError("AUTH_JWT_PREVIOUS_SECRET", "is set without AUTH_JWT_SECRET, the secret after it")
        if secret is None and not keys:
            raise SettingsError("AUTH_JWT_SECRET", "is not set, nor is AUTH_JWKS_FILE; one of the two is required")
        return cls(
            database_url=variables.database_url("ANALYTICS_DATABASE_URL", reads_main_app=True),
            jwt_secret=secret,
            jwt_previous_secret=previous,
            jwt_keys=keys,
            jwt_audience=variables.optional("AUTH_JWT_AUDIENCE"),
            jwt_issuer=variables.optional("AUTH_JWT_ISSUER"),
            cors_allowed_origins=_origins(variables),
            max_staleness=timedelta(
                seconds=variables.integer("MAX_STALENESS_SECONDS", default=30, at_least=0, at_most=1_000_000_000)
            ),
            engineer_self_view=variables.choice("ENGINEER_SELF_VIEW", ("OFF", "ON"), default="OFF") == "ON",
            host=variables.optional("API_HOST") or "127.0.0.1",
            port=variables.port("API_PORT", default=8000) or 8000,
            read_path=_read_path(variables),
            frontend_dist=_frontend_dist(variables),
            otlp_endpoint=_otlp_endpoint(variables),
            log_level=variables.log_level(),
        )


def _jwt_secret(variables: Variables, name: str) -> bytes | None:
    secret = (variables.optional(name) or "").encode()
    if not secret:
        return None
    if len(secret) < _MIN_SECRET_BYTES:
        raise SettingsError(name, f"has {len(secret)} bytes; at least {_MIN_SECRET_BYTES} are needed")
    if b"-----BEGIN" in secret or secret.startswith(b"ssh-"):
        raise SettingsError(name, "is a key file's content; public keys belong in AUTH_JWKS_FILE")
    return secret


def _jwt_keys(variables: Variables) -> KeySet:
    path = variables.file("AUTH_JWKS_FILE")
    if path is None:
        return {}
    try:
        return KeyFile(path)
    except (KeySetError, OSError) as error:
        raise SettingsError("AUTH_JWKS_FILE", f"is {str(path)!r}: {error}") from error


def _origins(variables: Variables) -> frozenset[str]:
    text = variables.optional("CORS_ALLOWED_ORIGINS") or ""
    origins = frozenset(origin.strip() for origin in text.split(",") if origin.strip())
    for origin in origins:
        if origin != "*" and _ORIGIN.fullmatch(origin) is None:
            raise SettingsError(
                "CORS_ALLOWED_ORIGINS", f"holds {origin!r}; an origin is https://host or https://host:port, without /"
            )
    return origins


def _read_path(variables: Variables) -> ReadPath | None:
    chosen = variables.choice("ANALYTICS_READ_PATH", ("AUTO", "FACTS", "ROLLUPS"), default="AUTO")
    paths: dict[str, ReadPath] = {"FACTS": "facts", "ROLLUPS": "rollups"}
    return paths.get(chosen)


def _otlp_endpoint(variables: Variables) -> str | None:
    return variables.optional("OTEL_EXPORTER_OTLP_ENDPOINT") if variables.traces() else None


def _frontend_dist(variables: Variables) -> Path | None:
    given = variables.optional("FRONTEND_DIST")
    if given is None:
        return _BUILT_PAGE if (_BUILT_PAGE / "index.html").is_file() else None
    path = Path(given)
    if not (path / "index.html").is_file():
        raise SettingsError("FRONTEND_DIST", f"is {given!r}, a folder without index.html")
    return path
