"""Every query parameter of every endpoint: what is taken, and that anything else is a 400 that names it."""

from uuid import uuid4

import pytest

from tests.api.running import PATHS, RunningApi
from tests.api.world import Account

PERIOD = {"period", "from", "to", "tz"}
QUESTION = {*PERIOD, "compare", "format"}
TAKES = {
    "overview": {*QUESTION, "domain"},
    "coverage": {*QUESTION, "domain"},
    "flow-quality": {*QUESTION, "domain", "sort"},
    "psa": {*QUESTION, "domain"},
    "trend": {*QUESTION, "domain", "flow_id", "interval"},
    "engineers": {*QUESTION, "domain"},
    "me": QUESTION,
    "flow-effects": QUESTION,
    "sessions": {
        *PERIOD,
        *("domain", "unmapped", "flow_id", "user_id", "status", "tier", "stage", "missing", "unlogged", "off_path"),
        *("limit", "cursor", "format"),
    },
}
GOOD = {
    "period": "7d",
    "from": "2026-01-01",
    "to": "2026-01-31",
    "tz": "Asia/Kathmandu",
    "compare": "previous",
    "format": "json",
    "sort": "usage",
    "domain": "Printers + more",
    "unmapped": "true",
    "flow_id": str(uuid4()),
    "status": "ended",
    "tier": "unclassified",
    "stage": "doc",
    "missing": "time",
    "unlogged": "true",
    "off_path": "doc_without_ticket",
    "user_id": str(uuid4()),
    "interval": "week",
    "limit": "200",
}
BAD = {
    "period": ["7", "7D", "1d", "custom", "30d ", "\N{ARABIC-INDIC DIGIT SEVEN}d", "365d"],
    "from": ["2026-1-1", "20260101", "2026-02-30", "01.01.2026", "2026-01-01T00:00:00Z", "yesterday", "-2026-01-01"],
    "to": ["2026-13-01", "2026-W01-1", "202\N{ARABIC-INDIC DIGIT SIX}-01-01", "2026-01-01 "],
    "tz": [
        "europe/berlin",
        "Mars/Base",
        "+02:00",
        "UTC+2",
        "localtime",
        "../etc/passwd",
        "Europe/Berlin\x00",
        "posixrules",
    ],
    "compare": ["yes", "next", "Previous"],
    "format": ["xml", "CSV", "json;"],
    "sort": ["name", "-usage", "Quality", "quality,usage"],
    "domain": [" ", "\t\n", "a\x00b", "x" * 501],
    "unmapped": ["false", "1", "TRUE", "yes"],
    "flow_id": ["7", "not-a-uuid", "{" + str(uuid4()) + "}", uuid4().hex, "urn:uuid:" + str(uuid4())],
    "status": ["active", "Open", "open,ended", "deleted"],
    "tier": ["unguided,guided", "null", "Guided"],
    "missing": ["linked", "note", "Doc"],
    "unlogged": ["false", "1", "TRUE"],
    "off_path": ["true", "time", "doc-without-ticket"],
    "user_id": ["None", "null", "me", uuid4().hex, "{" + str(uuid4()) + "}"],
    "interval": ["hour", "year", "Day", "1d"],
    "stage": ["all", "0", "Linked"],
    "limit": ["0", "-1", "201", "1e2", "1.0", "\N{FULLWIDTH DIGIT FIVE}", "050", "99999999999999999999", "0x10", "1_0"],
    "cursor": ["x", "AAAA", "=" * 8, "A" * 43, "-" * 43, "_" * 43, "A" * 5000, "%00", "{}"],
}


def refusal(api: RunningApi, account: Account, name: str, query: str) -> dict[str, object]:
    response = api.get(f"{PATHS[name]}?{query}", account.admin)
    assert response.status_code == 400, f"{query}: {response.status_code} {response.text}"
    assert response.headers["content-type"] == "application/problem+json"
    problem: dict[str, object] = response.json()
    assert problem["status"] == 400
    return problem


@pytest.mark.parametrize("name", PATHS)
def test_each_parameter_of_an_endpoint_is_taken(api: RunningApi, alpha: Account, name: str) -> None:
    for parameter in TAKES[name] - {"from", "to", "cursor"}:
        response = api.get(PATHS[name], alpha.admin, {parameter: GOOD[parameter]})
        assert response.status_code == 200, f"{parameter}: {response.text}"
    response = api.get(PATHS[name], alpha.admin, {"from": GOOD["from"], "to": GOOD["to"]})
    assert response.json()["period"] == {
        "name": "custom",
        "from": "2026-01-01",
        "to": "2026-01-31",
        "tz": "Europe/Berlin",
        "includes_partial_day": False,
    }


@pytest.mark.parametrize("name", PATHS)
def test_a_parameter_of_another_endpoint_or_of_none_is_refused_by_name(
    api: RunningApi, alpha: Account, name: str
) -> None:
    foreign = sorted(set(GOOD) | {"cursor", "account_id", "Period", "days", "period[]", "", "_", "now"} - TAKES[name])
    for parameter in set(foreign) - TAKES[name]:
        problem = refusal(api, alpha, name, f"{parameter}=7d")
        assert problem["parameter"] == parameter
        allowed = problem["allowed"]
        assert isinstance(allowed, str)
        assert set(allowed.split(", ")) == TAKES[name]


@pytest.mark.parametrize("name", PATHS)
def test_each_bad_value_is_refused_by_name_with_what_is_allowed(api: RunningApi, alpha: Account, name: str) -> None:
    for parameter in TAKES[name]:
        for value in BAD[parameter]:
            beside = {"from": {"to": "2026-02-28"}, "to": {"from": "2026-01-01"}}.get(parameter, {})
            response = api.get(PATHS[name], alpha.admin, {parameter: value, **beside})
            if response.status_code == 414:
                continue
            assert response.status_code == 400, f"{parameter}={value!r}: {response.status_code} {response.text}"
            problem = response.json()
            assert problem["parameter"] == parameter, problem
            assert problem["detail"].startswith(f"{parameter}: ")


@pytest.mark.parametrize("name", PATHS)
def test_a_repeated_or_empty_parameter_is_refused(api: RunningApi, alpha: Account, name: str) -> None:
    for parameter in TAKES[name]:
        good = GOOD.get(parameter, "x" * 8)
        assert refusal(api, alpha, name, f"{parameter}=")["parameter"] == parameter
        assert refusal(api, alpha, name, parameter)["parameter"] == parameter
        if parameter not in {"from", "to", "cursor"}:
            assert refusal(api, alpha, name, f"{parameter}={good}&{parameter}={good}")["parameter"] == parameter


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("from=2026-01-01", "to"),
        ("to=2026-01-01", "from"),
        ("period=7d&from=2026-01-01&to=2026-01-02", "period"),
        ("from=2026-01-02&to=2026-01-01", "from"),
        ("from=1971-12-31&to=1972-01-02", "from"),
        ("from=2024-01-01&to=2025-02-04", "to"),
        ("from=9999-12-30&to=9999-12-31", "from"),
        ("tz=%FF", "tz"),
        ("tz=%C3%28", "tz"),
        ("%FF=1", "%FF"),
        ("period=7d&", ""),
        ("&period=7d", ""),
        ("period=7d;tz=UTC", "period"),
    ],
)
def test_combinations_that_make_no_period_are_refused(
    api: RunningApi, alpha: Account, query: str, parameter: str
) -> None:
    for name in PATHS:
        assert refusal(api, alpha, name, query)["parameter"] == parameter


def test_the_edges_of_what_is_allowed_are_allowed(api: RunningApi, alpha: Account) -> None:
    queries = ["from=1972-01-01&to=1972-01-01", "from=2024-01-01&to=2025-02-03", "from=2026-01-01&to=9999-12-31"]
    # `to` far ahead is more than 400 days as asked, before it is cut to today.
    expected = [200, 200, 400]
    assert [api.get(f"{PATHS['psa']}?{query}", alpha.admin).status_code for query in queries] == expected
    assert api.get(f"{PATHS['psa']}?per%69od=7%64&tz=Etc%2FGMT%2B5", alpha.admin).status_code == 200


@pytest.mark.parametrize("name", ["\u00a0", "\u3000", "\u2028", "\x1f", "a\nb"])
def test_a_domain_may_be_any_name_but_one_of_the_six_blanks(api: RunningApi, alpha: Account, name: str) -> None:
    response = api.get(PATHS["sessions"], alpha.admin, {"domain": name})
    assert (response.status_code, response.json().get("total_count")) == (200, 0), response.text


def test_a_trend_is_of_a_domain_or_of_a_flow(api: RunningApi, alpha: Account) -> None:
    assert refusal(api, alpha, "trend", f"domain=x&flow_id={uuid4()}")["parameter"] == "flow_id"


def test_domain_and_unmapped_exclude_each_other(api: RunningApi, alpha: Account) -> None:
    assert refusal(api, alpha, "sessions", "domain=x&unmapped=true")["parameter"] == "unmapped"
