import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self
from uuid import UUID

from deploy.simulator.demo import DEMO_ACCOUNT_ID, DEMO_USER_ID
from services.settings import SettingsError, Variables


@dataclass(frozen=True, slots=True)
class Scale:
    """How much there is to see."""

    seed: int
    accounts: int
    sessions_per_day: int
    """Of the demo account on a weekday; the others have fewer."""
    days: int
    """Of history, where an account has none yet."""
    speed: float
    """How much faster than real time the sessions after the history come and end."""
    unbounded: bool = False
    """Whether they come so fast without end; else only until today is as busy as other days by this hour."""


@dataclass(frozen=True, slots=True)
class SimulatorSettings:
    """The simulator's settings, read once."""

    database_url: str = field(repr=False)
    """MAIN_APP_DSN: the primary, as the main application's own role."""
    demo_account_id: UUID
    """DEMO_ACCOUNT_ID: made if it is missing."""
    demo_user_id: UUID
    """DEMO_USER_ID: its team lead, made if missing."""
    sandbox_url: str | None
    """PSA_SANDBOX_URL: pushes go there by way of the push worker; without it they are reported as if they had."""
    api_url: str | None
    """API_URL and AUTH_JWT_SECRET: with both, the page's address is printed."""
    jwt_secret: str | None = field(repr=False)
    log_level: str
    scale: Scale

    @classmethod
    def from_env(cls, environ: Mapping[str, str], arguments: Sequence[str] | None = None) -> Self:
        """Read the variables and the command line.

        Raises:
            SettingsError: a variable is missing or malformed.
        """
        variables = Variables(environ)
        return cls(
            database_url=variables.database_url("MAIN_APP_DSN"),
            demo_account_id=_uuid(variables, "DEMO_ACCOUNT_ID", DEMO_ACCOUNT_ID),
            demo_user_id=_uuid(variables, "DEMO_USER_ID", DEMO_USER_ID),
            sandbox_url=variables.optional("PSA_SANDBOX_URL"),
            api_url=variables.optional("API_URL"),
            jwt_secret=variables.optional("AUTH_JWT_SECRET"),
            log_level=variables.log_level(),
            scale=_scale(arguments),
        )


def _uuid(variables: Variables, name: str, default: UUID) -> UUID:
    text = variables.optional(name)
    try:
        return UUID(text) if text else default
    except ValueError:
        raise SettingsError(name, f"is {text!r}, not a UUID") from None


def _scale(arguments: Sequence[str] | None) -> Scale:
    parser = argparse.ArgumentParser(prog="python -m deploy.simulator", description="Play the main application.")
    parser.add_argument("--seed", type=int, default=5, help="the same seed draws the same history (default: 5)")
    parser.add_argument("--accounts", type=_positive, default=3, help="how many accounts (default: 3)")
    parser.add_argument(
        "--sessions-per-day", type=_positive, default=80, help="of the demo account, on a weekday (default: 80)"
    )
    parser.add_argument("--days", type=int, default=120, help="of history (default: 120)")
    parser.add_argument("--speed", type=_speed, default=60.0, help="times real time (default: 60)")
    parser.add_argument("--unbounded", action="store_true", help="let today have more sessions than other days")
    given = parser.parse_args(arguments)
    return Scale(given.seed, given.accounts, given.sessions_per_day, given.days, given.speed, given.unbounded)


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("at least 1")
    return number


def _speed(text: str) -> float:
    number = float(text)
    if not 1 <= number <= 100_000:  # noqa: PLR2004  slower than life there is nothing to see
        raise argparse.ArgumentTypeError("from 1 to 100000")
    return number
