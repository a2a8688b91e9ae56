"""`python -m deploy.simulator`: see the package."""

from services.extras import require

require("psa")

import signal
import sys
import threading
import time
from datetime import UTC, datetime, timedelta

import psycopg
import structlog

from deploy.simulator.cast import Account, cast, enter
from deploy.simulator.history import load
from deploy.simulator.live import Live
from deploy.simulator.settings import SimulatorSettings
from deploy.simulator.tickets import Tickets
from services.backoff import Backoff
from services.logs import configure_logging
from services.settings import settings_or_exit

log = structlog.get_logger(__name__)


def main() -> None:
    """Load the history that is missing, then plays until SIGTERM or SIGINT."""
    settings = settings_or_exit(SimulatorSettings.from_env)
    configure_logging(settings.log_level)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    accounts = _prepare(settings, stop)
    if accounts is None:
        return
    if settings.api_url and settings.jwt_secret:
        sys.stdout.write(f"open {settings.api_url}/#token={_demo_token(settings, settings.jwt_secret)}\n")
        sys.stdout.flush()
    tickets = Tickets(settings.sandbox_url) if settings.sandbox_url else None
    Live(settings.database_url, accounts, settings.scale, tickets).run(stop)


def _prepare(settings: SimulatorSettings, stop: threading.Event) -> list[Account] | None:
    """Return the accounts, once their history is there; None if told to stop before."""
    backoff = Backoff(first=0.5, longest=5)
    while not stop.is_set():
        now = datetime.now(UTC)
        accounts = cast(settings, now)
        try:
            with psycopg.connect(settings.database_url, autocommit=True, connect_timeout=5) as connection:
                enter(connection, accounts)
                for account in accounts:
                    started = time.monotonic()
                    if count := load(connection, account, settings.scale, now):
                        seconds = round(time.monotonic() - started, 1)
                        log.info("history_loaded", account=account.name, sessions=count, seconds=seconds)
        except psycopg.OperationalError as error:
            log.warning("simulator_waits_for_postgresql", error=str(error).strip())
            stop.wait(backoff.next())
        else:
            return accounts
    return None


def _demo_token(settings: SimulatorSettings, secret: str) -> str:
    import jwt  # noqa: PLC0415  only where there is a secret to sign with

    claims = {"sub": str(settings.demo_user_id), "exp": datetime.now(UTC) + timedelta(days=3650)}
    return jwt.encode(claims, secret, algorithm="HS256")


if __name__ == "__main__":
    main()
