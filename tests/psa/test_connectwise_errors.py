"""Every kind of answer, and the typed error that it becomes."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from deploy.embedded.ports import free_port
from services.psa import TicketRef
from services.psa.connectwise import ConnectWise
from services.psa.egress import EgressPolicy
from services.psa.errors import (
    AuthenticationError,
    ConflictError,
    ForbiddenError,
    MissingWorkRoleError,
    NotFoundError,
    PsaError,
    RateLimitedError,
    TimeNotAllowedError,
    UnavailableError,
    UnknownOutcomeError,
    ValidationError,
)
from services.psa.secret import Secret
from tests.psa.clients import NOTE, STATUS, TICKET, TIME, connectwise, connectwise_connection
from tests.psa.processes import KEYS
from tests.psa.scripted import Said, scripted

NO_TIME = "Please update the status of this ticket before entering time, the current status does not allow time entry."
HTML = "<html><body><h1>Bad Gateway</h1></body></html>"


def refusal(message: str, code: str = "InvalidField", field: str = "") -> dict[str, object]:
    error = {"code": code, "message": message, "resource": "timeEntry", "field": field}
    return {"code": "InvalidObject", "message": "timeEntry object is invalid", "errors": [error]}


@pytest.mark.parametrize(
    ("said", "on_write", "on_read"),
    [
        pytest.param(Said(400, refusal("bad")), ValidationError, ValidationError, id="400"),
        pytest.param(Said(400, refusal("x", "ObjectExists")), ValidationError, ValidationError, id="ObjectExists"),
        pytest.param(
            Said(400, refusal("workRole is required", "MissingRequiredField", "workRole")),
            MissingWorkRoleError,
            MissingWorkRoleError,
            id="no work role",
        ),
        pytest.param(
            Said(400, refusal(NO_TIME)),
            TimeNotAllowedError,
            TimeNotAllowedError,
            id="closed ticket",
        ),
        pytest.param(
            Said(400, refusal("The time sheet is already approved")),
            TimeNotAllowedError,
            TimeNotAllowedError,
            id="sheet",
        ),
        pytest.param(
            Said(401, {"code": "Unauthorized", "message": "no"}), AuthenticationError, AuthenticationError, id="401"
        ),
        pytest.param(
            Said(400, {"code": "ConnectWiseApi", "message": "UserNotAuthenticated", "errors": []}),
            AuthenticationError,
            AuthenticationError,
            id="UserNotAuthenticated",
        ),
        pytest.param(Said(403, {"code": "Forbidden"}), ForbiddenError, ForbiddenError, id="403"),
        pytest.param(Said(404, {"code": "NotFound", "message": "no"}), NotFoundError, NotFoundError, id="404"),
        pytest.param(Said(409, {"message": "in use"}), ConflictError, ConflictError, id="409"),
        pytest.param(Said(423, HTML), ConflictError, ConflictError, id="423"),
        *(
            pytest.param(Said(status, body), UnknownOutcomeError, UnavailableError, id=f"{status} of a gateway")
            for status in (400, 401, 403, 404, 405, 413, 451)
            for body in (HTML, {"message": "Forbidden"}, {"statusCode": status, "errors": [{"code": 1020}]}, "")
        ),
        pytest.param(Said(429, ""), RateLimitedError, RateLimitedError, id="429"),
        pytest.param(Said(408, ""), UnknownOutcomeError, UnavailableError, id="408"),
        pytest.param(Said(500, {"message": "timeout"}), UnknownOutcomeError, UnavailableError, id="500"),
        pytest.param(Said(502, HTML), UnknownOutcomeError, UnavailableError, id="502 in HTML"),
        pytest.param(Said(503, "", {"Retry-After": "7"}), UnknownOutcomeError, UnavailableError, id="503"),
        pytest.param(Said(302, "", {"Location": "/other"}), UnknownOutcomeError, UnavailableError, id="redirect"),
        pytest.param(Said(200, HTML), UnknownOutcomeError, UnavailableError, id="a login page"),
        pytest.param(Said(201, {"no": "id"}), UnknownOutcomeError, UnavailableError, id="no entity"),
        pytest.param(Said(201, {"id": None}), UnknownOutcomeError, UnavailableError, id="an entity without its id"),
        pytest.param(Said(201, [1]), UnknownOutcomeError, UnavailableError, id="a list for an entity"),
        pytest.param(Said(201, "x", {"Content-Length": "99"}), UnknownOutcomeError, UnavailableError, id="cut off"),
        pytest.param(Said(201, "[" * 100_000), UnknownOutcomeError, UnavailableError, id="nested without end"),
        pytest.param(Said(201, " " * (5 * 1024 * 1024)), UnknownOutcomeError, UnavailableError, id="5 MB"),
        pytest.param(Said(201, "[" + "{}," * 100_000), UnknownOutcomeError, UnavailableError, id="100,000 values"),
    ],
)
async def test_an_answer_becomes_a_typed_error(said: Said, on_write: type[PsaError], on_read: type[PsaError]) -> None:
    with scripted(said) as psa:
        async with connectwise(psa.url, read_seconds=1) as provider:
            with pytest.raises(PsaError) as written:
                await provider.log_time(TICKET, TIME, "fp:1")
            with pytest.raises(PsaError) as read:
                await provider.list_statuses(TICKET)
    assert (type(written.value), type(read.value)) == (on_write, on_read)


@pytest.mark.parametrize(
    ("header", "low", "high"),
    [
        pytest.param("7", 7, 7, id="seconds"),
        pytest.param(" 0 ", 0, 0, id="at once"),
        pytest.param("99999999999999999999", 300, 300, id="forever: capped"),
        pytest.param(format_datetime(datetime.now(UTC) + timedelta(days=1)), 300, 300, id="far date: capped"),
        pytest.param(format_datetime(datetime.now(UTC) - timedelta(days=1)), 0, 0, id="past date"),
    ],
)
async def test_a_429_says_how_long_to_wait(header: str, low: float, high: float) -> None:
    with scripted(Said(429, HTML, {"Retry-After": header})) as psa:
        async with connectwise(psa.url) as provider:
            with pytest.raises(RateLimitedError) as error:
                await provider.add_note(TICKET, NOTE, "fp:1")
    assert error.value.retry_after is not None
    assert low <= error.value.retry_after.total_seconds() <= high


async def test_a_refused_connection_was_certainly_not_sent() -> None:
    async with connectwise(f"http://127.0.0.1:{free_port()}") as provider:
        with pytest.raises(UnavailableError, match="ConnectError"):
            await provider.log_time(TICKET, TIME, "fp:1")


@pytest.mark.parametrize("status", [500, 502, 503, 504, 408, 302])
async def test_a_write_without_a_known_outcome_is_sent_once(status: int) -> None:
    with scripted(Said(status, HTML)) as psa:
        async with connectwise(psa.url) as provider:
            with pytest.raises(UnknownOutcomeError):
                await provider.log_time(TICKET, TIME, "fp:1")
    assert [method for method, _path in psa.calls] == ["GET", "POST"]


async def test_a_read_that_comes_to_nothing_is_repeated() -> None:
    with scripted(Said(502, HTML), Said(503, HTML), Said(body=[])) as psa:
        async with connectwise(psa.url) as provider:
            await provider.test_connection()
    assert [path.rpartition("/")[2] for _method, path in psa.calls[1:]] == ["workRoles?page=1&pageSize=1"] * 3


async def test_the_psas_own_words_are_shown() -> None:
    with scripted(Said(400, refusal("member is\n inactive\x1b[31m"))) as psa:
        async with connectwise(psa.url) as provider:
            with pytest.raises(ValidationError) as error:
                await provider.log_time(TICKET, TIME, "fp:1")
    assert str(error.value) == "HTTP 400: member is  inactive [31m"


async def test_a_server_that_repeats_our_keys_does_not_put_them_into_the_error() -> None:
    secrets = [KEYS[name] for name in ("CONNECTWISE_PUBLIC_KEY", "CONNECTWISE_PRIVATE_KEY", "CONNECTWISE_CLIENT_ID")]
    with scripted(Said(400, refusal("x")), Said(400, refusal("y"))) as psa:
        async with connectwise(psa.url) as provider:
            with pytest.raises(ValidationError):
                await provider.add_note(TICKET, NOTE, "fp:1")
            sent = psa.seen[-1][2]["authorization"]
            psa.answers[:] = [Said(400, refusal(f"who is {sent}, {', '.join(secrets)}?"))]
            with pytest.raises(ValidationError) as error:
                await provider.add_note(TICKET, NOTE, "fp:1")
    said = f"{error.value!r} {error.value}"
    assert not [secret for secret in (*secrets, sent.removeprefix("Basic ")) if secret in said]
    assert "who is Basic ***, ***, ***, ***?" in said


async def test_a_key_with_a_line_end_is_refused_and_not_quoted() -> None:
    connection = replace(connectwise_connection("na.myconnectwise.net"), client_id=Secret("11111111-secret\n"))
    with pytest.raises(AuthenticationError) as error:
        ConnectWise(connection, EgressPolicy(), read_seconds=1, concurrency=4)
    assert "secret" not in str(error.value)


async def test_a_number_too_long_for_an_id_is_refused() -> None:
    with scripted(Said(201, {"id": 7})) as psa:
        async with connectwise(psa.url) as provider:
            with pytest.raises(ValidationError, match="is not a ConnectWise id"):
                await provider.log_time(TicketRef("9" * 30), TIME, "fp:1")


async def test_a_gateways_page_for_the_company_says_nothing_of_it() -> None:
    with scripted(Said(), company=Said(200, HTML)) as psa:
        async with connectwise(psa.url) as provider:
            with pytest.raises(UnavailableError, match="codebase"):
                await provider.test_connection()


async def test_an_unknown_company_is_not_found() -> None:
    with scripted(Said(), company=Said(body=None)) as psa:
        async with connectwise(psa.url) as provider:
            with pytest.raises(NotFoundError, match="company id"):
                await provider.test_connection()
    assert psa.calls == [("GET", "/login/companyinfo/acme")]


async def test_a_server_without_company_information_has_the_generic_codebase() -> None:
    with scripted(Said(body=[]), company=Said(404, HTML)) as psa:
        async with connectwise(psa.url) as provider:
            await provider.test_connection()
    assert psa.calls[-1] == ("GET", "/v4_6_release/apis/3.0/time/workRoles?page=1&pageSize=1")


@pytest.mark.parametrize("codebase", ["../", "a/b/", "@evil.example/", "v1", "/", "v1/?x=", "", None, 5])
async def test_a_codebase_that_would_lead_elsewhere_is_refused(codebase: object) -> None:
    with scripted(Said(body=[]), company=Said(body={"Codebase": codebase})) as psa:
        async with connectwise(psa.url) as provider:
            with pytest.raises(UnavailableError, match="codebase"):
                await provider.test_connection()
    assert len(psa.calls) == 1


async def test_a_missing_path_is_looked_for_under_the_new_codebase_once() -> None:
    with scripted(Said(404, HTML), Said(201, {"id": 7})) as psa:
        async with connectwise(psa.url) as provider:
            psa.answers.insert(0, Said(body=[]))
            await provider.test_connection()
            psa.company = Said(body={"Codebase": "v2026_1/"})
            assert (await provider.add_note(TICKET, NOTE, "fp:1")).id == "7"
    assert [path for method, path in psa.calls if method == "POST"] == [
        "/v2025_1/apis/3.0/service/tickets/48001/notes",
        "/v2026_1/apis/3.0/service/tickets/48001/notes",
    ]


async def test_a_status_is_written_only_when_the_board_of_the_ticket_has_it() -> None:
    ticket, other = Said(body={"id": 1, "board": {"id": 9}}), Said(body=[{"id": 77, "name": "New"}])
    with scripted(ticket, other, Said(body={"count": 1})) as psa:
        async with connectwise(psa.url) as provider:
            with pytest.raises(ValidationError, match="77 \\(New\\)"):
                await provider.set_status(TICKET, STATUS)
    assert {method for method, _path in psa.calls} == {"GET"}
    assert "/service/boards/9/statuses" in psa.calls[-1][1]


async def test_a_list_of_statuses_that_is_cut_is_no_reason_to_refuse_one() -> None:
    ticket, cut = Said(body={"id": 1, "board": {"id": 9}}), Said(body=[{"id": 77, "name": "New"}])
    with scripted(ticket, cut, Said(body={"count": 2}), Said(body=[])) as psa:
        async with connectwise(psa.url) as provider:
            with pytest.raises(UnavailableError, match="1 of"):
                await provider.set_status(TICKET, STATUS)
