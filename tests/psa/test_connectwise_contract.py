"""Every request that the client sends, against the documented fields and their types."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest

from deploy.sandbox.client import SandboxControls
from services.psa import Note, StatusChange, TicketRef, TimeEntry
from services.psa.connectwise.client import api_site
from services.psa.intents import Visibility
from tests.psa.clients import NOTE, TIME, connectwise
from tests.psa.processes import Sandbox

REFERENCE = {"id": int}
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
FIELDS: dict[str, dict[str, Any]] = {
    "POST /time/entries": {
        "chargeToId": int,
        "chargeToType": {"ServiceTicket", "ProjectTicket", "ChargeCode", "Activity"},
        "member": REFERENCE,
        "timeStart": INSTANT,
        "timeEnd": INSTANT,
        "actualHours": float,
        "workRole": REFERENCE,
        "workType": REFERENCE,
        "billableOption": {"Billable", "DoNotBill", "NoCharge", "NoDefault"},
        "notes": str,
        "internalNotes": str,
        "addToDetailDescriptionFlag": bool,
        "addToInternalAnalysisFlag": bool,
        "addToResolutionFlag": bool,
        "emailResourceFlag": bool,
        "emailContactFlag": bool,
        "emailCcFlag": bool,
    },
    "POST /service/tickets/{id}/notes": {
        "text": str,
        "detailDescriptionFlag": bool,
        "internalAnalysisFlag": bool,
        "resolutionFlag": bool,
        "issueFlag": bool,
        "internalFlag": bool,
        "externalFlag": bool,
        "customerUpdatedFlag": bool,
        "processNotifications": bool,
        "member": REFERENCE,
        "contact": REFERENCE,
    },
    "PATCH /service/tickets/{id}": {"op": {"replace"}, "path": {"status/id", "/status/id"}, "value": int},
}
READS = {
    "GET /time/entries",
    "GET /time/entries/count",
    "GET /time/workRoles",
    "GET /system/members/{id}",
    "GET /service/tickets/{id}",
    "GET /service/tickets/{id}/allNotes",
    "GET /service/tickets/{id}/allNotes/count",
    "GET /service/boards/{id}/statuses",
    "GET /service/boards/{id}/statuses/count",
}
VISIBILITIES: tuple[Visibility, ...] = ("internal", "public", "resolution")
QUERY = {"conditions", "page", "pageSize", "orderBy", "fields", "childConditions"}


def check(value: Any, documented: Any) -> None:  # noqa: ANN401  JSON of any shape
    if isinstance(documented, dict):
        assert isinstance(value, dict)
        assert set(value) <= set(documented), f"undocumented: {set(value) - set(documented)}"
        for name, part in value.items():
            check(part, documented[name])
    elif isinstance(documented, set):
        assert value in documented
    elif isinstance(documented, re.Pattern):
        assert documented.fullmatch(value)
    else:
        assert type(value) is documented


def check_request(seen: dict[str, Any]) -> str:
    """Checks one request and returns what it is."""
    assert re.fullmatch(r"/v2025_1/apis/3\.0/.+", seen["path"])
    path = re.sub(r"/\d+", "/{id}", seen["path"].removeprefix("/v2025_1/apis/3.0"))
    name = f"{seen['method']} {path.replace('/project/', '/service/')}"
    headers = seen["headers"]
    assert headers["accept"] == "application/vnd.connectwise.com+json; version=2025.1"
    assert {"authorization", "clientid"} <= set(headers)
    if name in READS:
        assert {part.partition("=")[0] for part in seen["query"].split("&") if part} <= QUERY
        return name
    assert headers["content-type"] == "application/json"
    body = seen["body"]
    if seen["method"] == "PATCH":
        assert isinstance(body, list)
    for item in body if isinstance(body, list) else [body]:
        check(item, FIELDS[name])
    return name


def entries_of_every_form() -> list[TimeEntry]:
    return [
        TimeEntry(
            member="154",
            start=datetime(2026, 7, 29, 20, 0, 30, 123_456, tzinfo=UTC),
            minutes=minutes,
            note="Reset",
            visibility=visibility,
            billable=billable,
            role=role,
            work_type=role,
        )
        for minutes, visibility in zip((1, 45, 1440), VISIBILITIES, strict=True)
        for billable in (None, True, False)
        for role in (None, "5")
    ]


async def test_every_request_is_as_documented(sandbox: SandboxControls, sandbox_process: Sandbox) -> None:
    tickets = {kind: TicketRef(sandbox.add_tickets(kind=kind)[0], kind) for kind in ("service", "project")}
    (needs_role,) = sandbox.add_tickets(role_required=True)
    notes = [
        Note(text="n", visibility=visibility, notify=notify) for visibility in VISIBILITIES for notify in (True, False)
    ]
    async with connectwise(sandbox_process.url) as provider:
        await provider.test_connection()
        await provider.log_time(TicketRef(needs_role), TIME, "fp:0")
        for ticket in tickets.values():
            for entry in entries_of_every_form():
                await provider.log_time(ticket, entry, "fp:1")
            for note in notes:
                await provider.add_note(ticket, note, "fp:2")
            await provider.set_status(ticket, StatusChange(status="502"))
            for action in (TIME, NOTE, StatusChange(status="502")):
                await provider.find_by_correlation(ticket, action, "fp:none")
    seen = [request for request in sandbox.requests() if not request["path"].startswith("/login/companyinfo/")]
    assert {check_request(request) for request in seen} == READS | set(FIELDS)


async def test_the_question_for_the_codebase_carries_no_keys(
    sandbox: SandboxControls, sandbox_process: Sandbox
) -> None:
    async with connectwise(sandbox_process.url) as provider:
        await provider.test_connection()
    (asked,) = [request for request in sandbox.requests() if request["path"] == "/login/companyinfo/acme"]
    assert "authorization" not in asked["headers"]


async def test_a_time_entry_is_exactly_this(sandbox: SandboxControls, sandbox_process: Sandbox) -> None:
    (ticket,) = sandbox.add_tickets()
    entry = TimeEntry(
        member="154",
        start=datetime.fromisoformat("2026-07-29T22:00:59.9+02:00"),
        minutes=45,
        note="Reset the MFA",
        role="5",
        work_type="1",
        billable=False,
    )
    async with connectwise(sandbox_process.url) as provider:
        await provider.log_time(TicketRef(ticket), entry, "fp:7c1e")
    (sent,) = [request["body"] for request in sandbox.requests() if request["method"] == "POST"]
    assert sent == {
        "chargeToId": int(ticket),
        "chargeToType": "ServiceTicket",
        "member": {"id": 154},
        "timeStart": "2026-07-29T20:00:59Z",
        "timeEnd": "2026-07-29T20:45:59Z",
        "workRole": {"id": 5},
        "workType": {"id": 1},
        "billableOption": "DoNotBill",
        "notes": "Reset the MFA",
        "internalNotes": "fp:7c1e",
        "addToDetailDescriptionFlag": False,
        "addToInternalAnalysisFlag": True,
        "addToResolutionFlag": False,
        "emailResourceFlag": False,
        "emailContactFlag": False,
        "emailCcFlag": False,
    }


async def test_a_note_is_internal_and_notifies_nobody_by_default(
    sandbox: SandboxControls, sandbox_process: Sandbox
) -> None:
    (ticket,) = sandbox.add_tickets()
    async with connectwise(sandbox_process.url) as provider:
        await provider.add_note(TicketRef(ticket), NOTE, "fp:7c1e")
    (sent,) = [request["body"] for request in sandbox.requests() if request["method"] == "POST"]
    assert sent == {
        "text": "Restarted the spooler\n\n[fp:7c1e]",
        "detailDescriptionFlag": False,
        "internalAnalysisFlag": True,
        "resolutionFlag": False,
        "customerUpdatedFlag": False,
        "processNotifications": False,
    }


@pytest.mark.parametrize(
    ("site", "api"),
    [
        pytest.param("na.myconnectwise.net", "api-na.myconnectwise.net", id="as the user knows it"),
        pytest.param("https://EU.myconnectwise.net/", "api-eu.myconnectwise.net", id="as a URL"),
        pytest.param("api-au.myconnectwise.net", "api-au.myconnectwise.net", id="the API's own"),
        pytest.param("staging.connectwisedev.com", "api-staging.connectwisedev.com", id="staging"),
        pytest.param("psa.customer.example", "psa.customer.example", id="on-premise"),
    ],
)
def test_the_cloud_is_asked_at_its_api_host(site: str, api: str) -> None:
    assert api_site(site) == api
