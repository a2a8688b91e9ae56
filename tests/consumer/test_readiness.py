"""A database that is not as we need it: nothing is consumed, or good events would be buried."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

import pytest
from psycopg import AsyncConnection

from psa_event_consumer.apply.readiness import NotReadyError, check
from psa_event_consumer.health.probes import Health
from psa_event_consumer.health.state import State
from psa_event_consumer.health.watchdog import StuckError, Watchdog
from psa_event_consumer.kafka.gate import Gate
from tests.consumer.applying import apply, record_of
from tests.consumer.world import Tenant


@contextmanager
def _altered(world: Tenant, change: str, undo: str) -> Iterator[None]:
    world.run(change)
    try:
        yield
    finally:
        world.run(undo)


async def test_not_ready_before_the_positions_of_its_partitions_are_loaded() -> None:
    gate, state = Gate("group"), State()
    state.works(is_open=True)  # as it was, with nothing assigned, while the group was being joined
    await gate.on_partitions_assigned([])
    assert Health(state, gate).problems() == ["not in the group yet"]


async def test_the_migrated_database_is_ready(world: Tenant, consumer_connection: AsyncConnection) -> None:
    assert world.one("select count(*) from trees") == 1
    await check(consumer_connection)


@pytest.mark.parametrize(
    ("change", "undo", "names"),
    [
        ("alter table trees rename usage_count to uses", "alter table trees rename uses to usage_count", "usage_count"),
        ("alter table analytics.inbox rename to inbox_2", "alter table analytics.inbox_2 rename to inbox", "inbox"),
        ("alter table ai_sessions rename status to state", "alter table ai_sessions rename state to status", None),
        ("select analytics.detach()", "select analytics.attach()", None),
    ],
    ids=["a column of ours", "a table of ours", "a column that no event needs", "the views taken away"],
)
async def test_what_events_need_is_compared(
    world: Tenant, consumer_connection: AsyncConnection, change: str, undo: str, names: str | None
) -> None:
    refused = pytest.raises(NotReadyError, match=names) if names else nullcontext()
    with _altered(world, change, undo), refused:
        await check(consumer_connection)


@pytest.mark.parametrize("table", ["accounts", "trees", "ai_sessions"])
async def test_row_level_security_of_the_main_app_must_not_apply_to_us(
    world: Tenant, consumer_connection: AsyncConnection, table: str
) -> None:
    """Else every event would look as if it named nothing."""
    change = f"alter table {table} enable row level security"
    with _altered(world, change, f"alter table {table} disable row level security"):
        with pytest.raises(NotReadyError, match=f"{table}.*ALTER ROLE flowpilot_consumer BYPASSRLS"):
            await check(consumer_connection)
        with pytest.raises(NotReadyError):
            await apply(consumer_connection, record_of(world.matched(account_id=world.add_account())))
    assert world.dead() == [], "also where it is switched on while we consume"
    await apply(consumer_connection, record_of(world.matched()))
    assert world.usage() == 1


async def test_the_watchdog_ends_work_that_stands_still_while_records_wait() -> None:
    state = State()
    state.works(is_open=True)
    watchdog = Watchdog(state, patience=0.05)
    stuck = asyncio.create_task(watchdog.guard(_for_ever()))
    while not stuck.done():
        watchdog.look(lagging=True)
        await asyncio.sleep(0.01)
    with pytest.raises(StuckError):
        await stuck


async def test_the_watchdog_leaves_quiet_topics_and_known_faults_alone() -> None:
    state = State()
    watchdog = Watchdog(state, patience=0.0)
    working = asyncio.create_task(watchdog.guard(_for_ever()))
    await asyncio.sleep(0)
    watchdog.look(lagging=False)
    state.failed("database_away")
    watchdog.look(lagging=True)
    await asyncio.sleep(0)
    assert not working.done()
    working.cancel()


async def test_the_watchdog_passes_on_what_the_work_raises() -> None:
    with pytest.raises(ZeroDivisionError):
        await Watchdog(State()).guard(_fails())


async def _for_ever() -> None:
    await asyncio.Event().wait()


async def _fails() -> None:
    raise ZeroDivisionError
