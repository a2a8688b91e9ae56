"""When the stack is ready: each part answers, the history is loaded, and the first answer will not be called stale."""

import time
import urllib.error
import urllib.request
from collections.abc import Callable
from datetime import UTC, datetime

import psycopg

from deploy.embedded.errors import StackError
from deploy.embedded.infrastructure import Infrastructure
from deploy.embedded.parts import Part
from deploy.embedded.processes import Children
from deploy.embedded.settings import DATABASE, StackSettings

TIMEOUT_S = 60
# Loopback, whatever proxy the machine uses for the world.
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))
# A long backlog may be worked off afterwards: the page then says itself how old its numbers are.
PATIENCE_WITH_BACKLOG_S = 15


def wait_answering(part: Part, children: Children) -> None:
    """Wait until the part's own check says that it works."""
    problem: list[str] = []

    def answers() -> bool:
        problem[:] = _problem(part.ready_url) if part.ready_url else []
        return not problem

    if not _wait(answers, children, TIMEOUT_S):
        log = children.log_folder / f"{part.name}.log"
        raise StackError(f"{part.name} is not ready after {TIMEOUT_S} s ({problem[0]}): see {log}")


def wait_for_numbers(infrastructure: Infrastructure, settings: StackSettings, since: datetime) -> None:
    """Wait, on the server that the API reads, for what the first answer should hold."""
    has, children = settings.options.has, infrastructure.children
    server = infrastructure.replica.server if has("replica") else infrastructure.primary
    with server.connect(DATABASE) as connection:
        if has("simulator"):
            account = settings.state.demo_account_id
            history = "select 1 from ai_sessions where account_id = %s limit 1"
            if not _wait(lambda: _found(connection, history, account), children, TIMEOUT_S):
                raise StackError(f"the simulator's history does not arrive: see {children.log_folder}/simulator.log")
        if has("consumer"):
            beat = "select 1 from analytics.heartbeat where beat_at > %s"
            if not _wait(lambda: _found(connection, beat, since), children, TIMEOUT_S):
                raise StackError(f"the consumer's heartbeat does not arrive: see {children.log_folder}/consumer.log")
        if has("consumer") and has("relay"):
            # Not merely since the start: the history's own events shall be counted. While some of them are under way
            # in Kafka, `as_of` tells when the last applied one came there: so the clock is read after the last went.
            drained = "select 1 from analytics.freshness where outbox_oldest_at is null or outbox_oldest_at > %s"
            fresh = "select 1 from analytics.freshness where as_of > %s"
            found_at = datetime.now(UTC)
            if _wait(lambda: _found(connection, drained, found_at), children, PATIENCE_WITH_BACKLOG_S):
                drained_at = datetime.now(UTC)
                _wait(lambda: _found(connection, fresh, drained_at), children, PATIENCE_WITH_BACKLOG_S)


def _found(connection: psycopg.Connection, query: str, value: object) -> bool:
    return connection.execute(query.encode(), [value]).fetchone() is not None


def _wait(condition: Callable[[], bool], children: Children, within: float) -> bool:
    """Return False if the condition does not hold in time; raise when a part ends meanwhile."""
    deadline = time.monotonic() + within
    while not condition():
        children.raise_for_dead()
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def _problem(url: str) -> list[str]:
    try:
        _DIRECT.open(url, timeout=5).close()
    except (urllib.error.URLError, OSError) as error:
        return [str(error)]
    return []
