"""The operator's commands for what could not be applied."""

import base64
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Self
from uuid import uuid4

import pytest
from psycopg import AsyncConnection, AsyncCursor
from psycopg.conninfo import conninfo_to_dict

from psa_event_consumer.apply.replay import replay
from psa_event_consumer.command_line import main
from psa_event_consumer.kafka.reading.fetching import MAX_RECORDS
from services.events import FLOW_MATCHED_TOPIC
from tests.consumer.applying import FakeRecord, apply, in_order, record_of
from tests.consumer.world import Tenant

Command = Callable[..., tuple[int, str, str]]


@pytest.fixture
def command(world: Tenant, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Runs `python -m psa_event_consumer dead-letters ...`; gives exit code, output and complaints."""
    monkeypatch.setenv("CONSUMER_DATABASE_URL", world.database.dsn_for("flowpilot_consumer"))
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", "localhost:9")
    monkeypatch.setenv("KAFKA_GROUP_ID", world.group)

    def run(*arguments: object) -> tuple[int, str, str]:
        capsys.readouterr()
        code = main(["dead-letters", *map(str, arguments)])
        told = capsys.readouterr()
        return code, told.out, told.err

    return run


async def _bury(connection: AsyncConnection, world: Tenant, *records: FakeRecord) -> list[int]:
    await apply(connection, *records, group_id=world.group)
    return [each for (each,) in world.run("select id from analytics.dead_letter order by id")]


def test_nothing_is_listed_where_nothing_is(command: Command) -> None:
    assert command("list") == (0, "", "")
    assert command("list", "--json") == (0, "[]\n", "")


@pytest.mark.parametrize("url", ["postgresql://u:secret@127.0.0.1:1/d", None], ids=["away", "without our schema"])
def test_a_database_that_cannot_answer_is_one_line(
    world: Tenant, command: Command, monkeypatch: pytest.MonkeyPatch, url: str | None
) -> None:
    other = conninfo_to_dict(world.database.dsn_for("flowpilot_consumer"), dbname="postgres")
    place = "postgresql://{user}:{password}@{host}:{port}/{dbname}".format_map(other)
    monkeypatch.setenv("CONSUMER_DATABASE_URL", url or place)
    code, out, told = command("list")
    assert (code, out, told.count("\n")) == (1, "", 1)
    assert told.startswith("the database: ")
    assert "secret" not in told


class TestWithLetters:
    """Two new ones: a malformed record, and a match of a flow that is not there yet."""

    @pytest.fixture(autouse=True)
    async def letters(self, world: Tenant, consumer_connection: AsyncConnection) -> None:
        self.flow = uuid4()
        self.event = world.matched(flow_id=self.flow)
        bad = FakeRecord(b"\xff\x00", offset=1, key=b"k", headers=[("h", b"v"), ("h", None)])
        self.malformed, self.unknown = await _bury(consumer_connection, world, bad, record_of(self.event, offset=2))
        await apply(consumer_connection, FakeRecord(b"{", offset=9), group_id="another group")

    def test_list(self, command: Command) -> None:
        code, out, _ = command("list", "--json")
        listed = json.loads(out)
        assert code == 0
        assert [(each["id"], each["reason"], each["status"], each["offset"]) for each in listed] == [
            (self.malformed, "malformed", "new", 1),
            (self.unknown, "unknown_flow", "new", 2),
        ]
        assert listed[1]["event_id"] == str(self.event.id)
        assert listed[0]["first_seen_at"][10] == "T", "ISO 8601, as every parser takes it"

    def test_list_is_narrowed(self, command: Command) -> None:
        assert [each["id"] for each in json.loads(command("list", "--json", "--reason", "unknown_flow")[1])] == [
            self.unknown
        ]
        assert command("list", "--json", "--status", "replayed")[1] == "[]\n"
        assert len(command("list")[1].splitlines()) == 3, "a heading and two lines"

    def test_show(self, command: Command) -> None:
        code, out, _ = command("show", self.malformed)
        shown = json.loads(out)
        assert code == 0
        assert base64.b64decode(shown["value_base64"]) == b"\xff\x00"
        assert (shown["key"], shown["headers"]) == ("k", [["h", "dg=="], ["h", None]])
        assert command("show", 0)[0] == 1

    def test_a_replay_applies_what_can_be_applied_now(self, world: Tenant, command: Command) -> None:
        world.add_flow(self.flow)
        code, out, err = command("replay", self.unknown)
        assert (code, err) == (0, "")
        assert out == "replayed 1 (0 of them applied before), 0 still dead\n"
        assert world.usage(self.flow) == 1
        assert world.run("select status, attempts from analytics.dead_letter where id = %s", self.unknown) == [
            ("replayed", 2)
        ]
        assert world.one(
            "select resolved_by is not null and resolved_at is not null from analytics.dead_letter where id = %s",
            self.unknown,
        )

    def test_a_replay_that_fails_again_stays_new_with_its_new_detail(self, world: Tenant, command: Command) -> None:
        world.add_flow(self.flow)
        world.run("delete from ai_sessions")
        code, _, err = command("replay", "--all")
        assert code == 1
        assert f"{self.unknown}: unknown_session" in err
        assert world.run(
            "select reason, status, attempts from analytics.dead_letter where group_id = %s order by id", world.group
        ) == [("malformed", "new", 2), ("unknown_session", "new", 2)]

    def test_a_replay_of_what_was_applied_meanwhile_is_done(self, world: Tenant, command: Command) -> None:
        world.add_flow(self.flow)
        world.run("insert into analytics.inbox (event_id) values (%s)", self.event.id)
        assert command("replay", "--reason", "unknown_flow")[:2] == (
            0,
            "replayed 1 (1 of them applied before), 0 still dead\n",
        )
        assert world.usage(self.flow) == 0
        assert world.one("select status from analytics.dead_letter where id = %s", self.unknown) == "replayed"

    def test_a_replay_twice_applies_once(self, world: Tenant, command: Command) -> None:
        world.add_flow(self.flow)
        assert command("replay", self.unknown)[0] == 0
        code, _, err = command("replay", self.unknown)
        assert (code, err) == (1, f"dead letter {self.unknown} is not there, or not new\n")
        assert world.usage(self.flow) == 1

    def test_another_groups_letters_are_not_ours(self, world: Tenant, command: Command) -> None:
        theirs = world.one("select max(id) from analytics.dead_letter")
        assert command("replay", theirs)[0] == 1
        assert command("discard", theirs, "--because", "x")[0] == 1
        assert command("show", theirs)[0] == 1

    def test_a_discard_keeps_the_letter_and_says_why(self, world: Tenant, command: Command) -> None:
        assert command("discard", self.malformed, 0, "--because", "a typo of ours") == (
            1,
            "discarded 1\n",
            "dead letter 0 is not there, or not new\n",
        )
        stored = "select status, resolution from analytics.dead_letter where id = %s"
        assert world.run(stored, self.malformed) == [("discarded", "a typo of ours")]
        assert command("replay", "--reason", "malformed")[:2] == (
            0,
            "replayed 0 (0 of them applied before), 0 still dead\n",
        )

    @pytest.mark.parametrize(
        "arguments",
        [["replay"], ["discard", "1"], ["replay", "--reason", "bad luck"], ["replay", "--all", "1"], ["show", "x"], []],
        ids=" ".join,
    )
    def test_a_wrong_call_is_refused(self, command: Command, arguments: list[str]) -> None:
        with pytest.raises(SystemExit) as ended:
            command(*arguments)
        assert ended.value.code == 2


async def test_a_replay_is_exempt_from_too_old(world: Tenant, consumer_connection: AsyncConnection) -> None:
    month_ago = int((datetime.now(UTC) - timedelta(days=31)).timestamp() * 1000)
    old = record_of(world.matched())
    record = FakeRecord(old.value, 0, 0, FLOW_MATCHED_TOPIC, timestamp=month_ago)
    ids = await _bury(consumer_connection, world, record)
    assert world.reasons() == ["too_old"]
    outcome = await replay(consumer_connection, world.group, ids)
    assert (outcome.applied, world.usage()) == (1, 1)


async def test_many_are_replayed_and_each_ends_once(world: Tenant, consumer_connection: AsyncConnection) -> None:
    flow = uuid4()
    events = [world.matched(flow_id=flow) for _ in range(20)]
    ids = await _bury(consumer_connection, world, *in_order(*events, *events))
    assert len(ids) == 40
    world.add_flow(flow)
    outcome = await replay(consumer_connection, world.group, ids)
    assert (outcome.applied, outcome.duplicates, outcome.still_dead) == (20, 20, [])
    assert world.usage(flow) == 20


async def test_a_whole_batch_of_them_takes_no_more_statements_than_one(
    world: Tenant, consumer_connection: AsyncConnection
) -> None:
    """Ten thousand at once are batches like any other: what each takes does not grow with how many of it are dead."""
    sent: list[Any] = []

    class Counted(AsyncCursor[Any]):
        async def execute(self, query: Any, *args: Any, **options: Any) -> Self:  # noqa: ANN401  psycopg's own
            sent.append(query)
            return await super().execute(query, *args, **options)

    consumer_connection.cursor_factory = Counted
    statements = []
    for first, count in ((0, 1), (1, MAX_RECORDS)):
        sent.clear()
        letters = in_order(*(world.matched(flow_id=world.account) for _ in range(count)), first=first)
        assert len((await apply(consumer_connection, *letters)).dead) == count
        statements.append(list(sent))
    assert statements[0] == statements[1]
    assert "insert into analytics.dead_letter" in statements[1][-1]


def test_the_list_comes_in_pages(world: Tenant, command: Command) -> None:
    world.run(
        'insert into analytics.dead_letter (group_id, topic, partition, "offset", reason, detail)'
        " select %s, 't', 0, n, 'invalid', '' from generate_series(1, 2500) as n",
        world.group,
    )
    after = 0
    for expected in (1000, 1000, 500):
        code, out, told = command("list", "--json", "--after", after)
        page = json.loads(out)
        after = page[-1]["id"]
        assert (code, len(page), told) == (0, expected, "" if expected == 500 else f"there are more: --after {after}\n")
    assert len(json.loads(command("list", "--json", "--limit", 2500)[1])) == 2500
    assert command("list", "--json", "--after", after) == (0, "[]\n", "")
