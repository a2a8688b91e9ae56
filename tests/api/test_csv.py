"""`format=csv`: the table on screen, safe to open in a spreadsheet."""

import csv
import io
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.api.running import PATHS, RunningApi
from tests.api.world import Account, insert_account
from tests.infra.database import Database

TABLES = {
    "coverage": "domains",
    "flow-quality": "flows",
    "psa": "daily_trend",
    "trend": "points",
    "engineers": "engineers",
    "flow-effects": "flows",
}
ARMED = [
    *('=HYPERLINK("x")', "+1", "-1", "@x", "\tx", "\rx", "\nx"),
    *("\uff1dx", "\uff0bx", "\uff0dx", "\uff20x"),
    *(" =x", "\u00a0+x", "\ufeff-x", "\u200b@x", "\v=x", "\f=x", "\u3000\u2028 \uff1dx"),
    *("a;=x", "a;\uff20x", "a; =x", "a;\u200b+x"),
    *(
        "\u00ad=x",
        "\u200e+x",
        "\u202e-x",
        "\u2066@x",
        "\x7f=x",
        "\x01+x",
        "\ufe0f-x",
        "\u0301@x",
        "\u3164=x",
        "\U000e0020+x",
    ),
    *("\ufe62x", "\ufe63x", "\ufe66x", "\ufe6bx", "\u2212x", "\u207ax"),
]
"""What a spreadsheet would run, or take for white space before what it would run."""
HARMLESS = [
    'a "quoted", name',
    "two\nlines",
    "Zoë 東京",
    "a=b",
    "a-b",
    "a; b",
    "x@y",
    "1+1",
    " x",
    "a ;b",
    "\u200bx-y",
    "\u2013x",
]
NASTY = ARMED + HARMLESS
TRIMMED = {name.strip(" \t\n\r\f\v") for name in ARMED} - {"x"}
"""As domains show them."""


def lines_of(api: RunningApi, user: UUID, name: str, **params: str) -> list[list[str]]:
    response = api.get(PATHS[name], user, {"format": "csv", **params})
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == "text/csv; charset=utf-8"
    assert response.headers["content-disposition"].startswith(f'attachment; filename="flowpilot-{name}-')
    text = response.content.decode("utf-8")
    assert text.startswith("\ufeff")
    assert text.endswith("\r\n")
    return list(csv.reader(io.StringIO(text[1:], newline="")))


def cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    text = str(value)
    return f"'{text}" if text in {*ARMED, *TRIMMED} or text.startswith("=Nasty") else text


def flat(row: dict[str, Any], prefix: str = "") -> dict[str, object]:
    """The row's cells by column; of a list of single values one, of a list of objects none."""
    cells: dict[str, object] = {}
    for name, value in row.items():
        if isinstance(value, dict):
            cells |= flat(value, f"{prefix}{name}_")
        elif isinstance(value, list):
            cells[prefix + name] = " ".join(map(str, value))
        else:
            cells[prefix + name] = value
    return cells


@pytest.fixture(scope="module")
def nasty(module_database: Database, accounts: tuple[Account, Account]) -> Account:
    """An account with names that a spreadsheet would run, or break a line at."""
    assert accounts
    account = Account("=Nasty", tz="Pacific/Chatham")
    with module_database.connect() as connection:
        insert_account(connection, account)
        for name in NASTY:
            connection.execute(
                "insert into trees (id, account_id, name, created_at) values (%s, %s, %s, %s)",
                [uuid4(), account.id, name, datetime.now(UTC)],
            )
            connection.execute(
                "insert into ai_sessions (id, account_id, problem_domain, created_at) values (%s, %s, %s, now())",
                [uuid4(), account.id, name],
            )
    module_database.wait_for_replica()
    return account


@pytest.mark.parametrize("name", TABLES)
def test_a_table_is_the_json_list_cell_by_cell(api: RunningApi, nasty: Account, name: str) -> None:
    header, *lines = lines_of(api, nasty.admin, name)
    rows = [flat(row) for row in api.get(PATHS[name], nasty.admin).json()[TABLES[name]]]
    assert len(lines) == len(rows) > 0
    for line, row in zip(lines, rows, strict=True):
        assert dict(zip(header, line, strict=True)) == {column: cell(row.get(column)) for column in header}


def test_flow_columns_flatten_the_interval_in_its_place(api: RunningApi, nasty: Account) -> None:
    header = lines_of(api, nasty.admin, "flow-quality")[0]
    at = header.index("success_rate")
    assert header[:3] == ["flow_id", "name", "is_archived"]
    assert header[at : at + 4] == ["success_rate", "success_interval_low", "success_interval_high", "avg_confidence"]


def test_text_that_a_spreadsheet_would_run_is_disarmed_and_nothing_else(api: RunningApi, nasty: Account) -> None:
    names = {line[1] for line in lines_of(api, nasty.admin, "flow-quality")[1:]}
    assert names == {f"'{name}" for name in [*ARMED, "=Nasty Flow", "=Nasty New Flow"]} | set(HARMLESS)


def test_the_overview_is_its_numbers_in_the_order_of_the_json(api: RunningApi, alpha: Account) -> None:
    header, *lines = lines_of(api, alpha.admin, "overview", compare="previous")
    assert header == ["metric", "value"]
    expected: list[list[str]] = []
    for name, value in api.get(PATHS["overview"], alpha.admin).json().items():
        if isinstance(value, dict) and name != "period":
            expected += [[f"{name}_{key}", cell(inner)] for key, inner in value.items() if not isinstance(inner, list)]
        elif not isinstance(value, list) and name not in {"period", "as_of", "stale", "account_name", "domain"}:
            expected.append([name, cell(value)])
    assert lines == expected
    assert ["confidence_tiers_guided", "6"] in lines


@pytest.mark.parametrize("name", ["coverage", "flow-quality", "flow-effects"])
def test_a_table_without_rows_is_its_header(api: RunningApi, module_database: Database, name: str) -> None:
    account, user = uuid4(), uuid4()
    with module_database.connect() as connection:
        connection.execute("insert into accounts values (%s, 'empty', null)", [account])
        connection.execute("insert into users values (%s, %s, 'x@example.com', 'team_admin', true)", [user, account])
    module_database.wait_for_replica()
    assert len(lines_of(api, user, name)) == 1


def test_dates_and_instants_are_iso_8601(api: RunningApi, module_database: Database, alpha: Account) -> None:
    with module_database.connect() as connection:
        connection.execute("update trees set last_matched_at = '2026-03-18 09:30:00.25+00' where id = %s", [alpha.flow])
    module_database.wait_for_replica()
    header, line, *_ = lines_of(api, alpha.admin, "flow-quality")
    assert line[header.index("last_matched_at")] == "2026-03-18T09:30:00.250000Z"
    assert lines_of(api, alpha.admin, "psa", **{"from": "2026-01-01", "to": "2026-01-02"})[1] == [
        "2026-01-01",
        "0",
        "0.0",
        "false",
    ]
