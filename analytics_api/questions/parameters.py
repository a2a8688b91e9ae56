"""The query parameters: what each may be, which endpoint takes which, and the strict reading of a query string.

One table serves the parser, its error messages and the OpenAPI document.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, cast, get_args
from urllib.parse import unquote_to_bytes
from uuid import UUID

from analytics_api.auth.tokens import UUID_FORM
from analytics_api.problems.errors import BadParameterError
from shared_queries.errors import ParameterError
from shared_queries.periods.period import DEFAULT_NAME, Period, parse_period
from shared_queries.periods.points import TrendInterval
from shared_queries.questions.cursor import Cursor
from shared_queries.questions.flow_quality import FlowSort
from shared_queries.questions.session_filter import (
    DEFAULT_LIMIT,
    NO_USER,
    MissingFilter,
    OffPathFilter,
    SessionFilter,
    StageFilter,
    StatusFilter,
    TierFilter,
)
from shared_queries.sql.domains import BLANKS

Values = Mapping[str, str]
"""The parameters that a request gave, each at most once, in their form."""

MAX_TEXT = 500
MAX_CURSOR_AGE = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Parameter:
    """One query parameter; `choices` empty means that `pattern` (if any) and a later reader judge the value."""

    name: str
    description: str
    choices: tuple[str, ...] = ()
    pattern: re.Pattern[str] | None = None
    allowed: str = ""
    """In words, for the message of a refusal; the choices where empty."""
    schema: Mapping[str, Any] = field(default_factory=dict)
    """JSON Schema beyond what the choices say."""

    def check(self, value: str) -> None:
        """Raise `BadParameterError` unless the value has the parameter's form."""
        if self.choices and value not in self.choices:
            raise BadParameterError(self.name, f"{value!r} is not allowed", allowed=" | ".join(self.choices))
        if self.pattern is not None and self.pattern.fullmatch(value) is None:
            raise BadParameterError(self.name, f"{value!r} is not allowed", allowed=self.allowed)


_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

PERIOD = Parameter(
    "period",
    "Today and the 6, 29 or 89 days before it, in `tz`. Not together with `from` and `to`; without either `30d`.",
    ("7d", "30d", "90d"),
    # No `default` in the schema: generated clients send it, and beside `from` and `to` it is refused.
)
FROM = Parameter(
    "from",
    "First day, included, in `tz`; needs `to`. Not before 1972-01-01, not after today, at most 400 days with `to`.",
    pattern=_DATE,
    allowed="a date as YYYY-MM-DD",
    schema={"format": "date"},
)
TO = Parameter(
    "to",
    "Last day, included; needs `from`. A day after today means today.",
    pattern=_DATE,
    allowed="a date as YYYY-MM-DD",
    schema={"format": "date"},
)
TZ = Parameter("tz", "IANA time zone of the days, exactly spelled. Default: the account's, else UTC.")
COMPARE = Parameter("compare", "Adds `previous`: the same question over as many days before.", ("previous",))
FORMAT = Parameter(
    "format",
    "`csv` answers the main table as `text/csv`, UTF-8 with BOM.",
    ("json", "csv"),
    schema={"default": "json"},
)
SORT = Parameter(
    "sort",
    "Order of `flows` and `needs_attention`: descending, nulls last.",
    ("quality", "usage", "success_rate"),
    schema={"default": "quality"},
)
DOMAIN = Parameter(
    "domain",
    "Only what belongs to this domain; case and surrounding white space do not matter.",
    # Blank as domains are: a no-break space is a name like any other, which `\s` would take for white space.
    pattern=re.compile(rf"(?=.*[^{BLANKS}])[^\x00]{{1,{MAX_TEXT}}}", re.DOTALL),
    allowed=f"1 to {MAX_TEXT} characters, not blank, without NUL",
    schema={"minLength": 1, "maxLength": MAX_TEXT},
)
INTERVAL = Parameter(
    "interval",
    "What a point is. Without it a `day` up to 31 days, a `week` (from Monday) up to 180, else a `month`.",
    get_args(TrendInterval),
)
UNMAPPED = Parameter("unmapped", "Sessions without a domain. Not with `domain`.", ("true",))
FLOW_ID = Parameter(
    "flow_id",
    "Sessions matched to this flow.",
    pattern=UUID_FORM,
    allowed="a UUID in its canonical form",
    schema={"format": "uuid"},
)
STATUS = Parameter(
    "status",
    "`ended` is resolved, escalated or abandoned; everything else is `open`.",
    get_args(StatusFilter),
)
TIER = Parameter(
    "tier",
    "Confidence tier; `unclassified` has none, `unguided` is every one but `guided`, none included.",
    get_args(TierFilter),
)
STAGE = Parameter(
    "stage",
    "Sessions that reached this stage of the push funnel: linked to a ticket, note pushed, time entry logged.",
    get_args(StageFilter),
)
MISSING = Parameter(
    "missing",
    "Sessions lost at this step of the push funnel: no ticket; a ticket but no note; both but no time entry.",
    get_args(MissingFilter),
)
UNLOGGED = Parameter(
    "unlogged", "Resolved sessions with a ticket and without a time entry: work that was never billed.", ("true",)
)
OFF_PATH = Parameter(
    "off_path",
    "Sessions that left the push funnel's path: a time entry without a note, or a note without a ticket.",
    get_args(OffPathFilter),
)
USER_ID = Parameter(
    "user_id",
    "Sessions of this user of the account; `none`: of no user, or of one of another account.",
    pattern=re.compile(rf"{UUID_FORM.pattern}|{NO_USER}"),
    allowed=f"a UUID in its canonical form, or {NO_USER}",
)
LIMIT = Parameter(
    "limit",
    "Sessions per page.",
    pattern=re.compile(r"[1-9][0-9]?|1[0-9]{2}|200"),
    allowed="a whole number from 1 to 200",
    schema={"type": "integer", "minimum": 1, "maximum": 200, "default": 50},
)
CURSOR = Parameter(
    "cursor",
    "`next_cursor` of the page before, with the same other parameters. It fixes the moment that the list is as of.",
    pattern=re.compile(r"[A-Za-z0-9_-]{1,400}"),
    allowed="the next_cursor of an earlier answer to the same question",
    schema={"maxLength": 400},
)

PERIOD_PARAMETERS = (PERIOD, FROM, TO, TZ)
QUESTION_PARAMETERS = (*PERIOD_PARAMETERS, COMPARE, FORMAT)
DOMAIN_PARAMETERS = (*QUESTION_PARAMETERS, DOMAIN)
FLOW_QUALITY_PARAMETERS = (*DOMAIN_PARAMETERS, SORT)
TREND_PARAMETERS = (*DOMAIN_PARAMETERS, FLOW_ID, INTERVAL)
SESSIONS_PARAMETERS = (
    *PERIOD_PARAMETERS,
    *(DOMAIN, UNMAPPED, FLOW_ID, USER_ID, STATUS, TIER, STAGE, MISSING, UNLOGGED, OFF_PATH),
    *(LIMIT, CURSOR, FORMAT),
)


def read_query(query_string: bytes, parameters: tuple[Parameter, ...]) -> Values:
    """Return the query string's values by name.

    Frameworks ignore what they do not know and keep one of several values; a number computed from half of what was
    asked is worse than a refusal, so anything unknown, repeated, empty or undecodable raises `BadParameterError`.
    """
    known = {parameter.name: parameter for parameter in parameters}
    values: dict[str, str] = {}
    for pair in query_string.split(b"&") if query_string else ():
        raw_name, _, raw_value = pair.partition(b"=")
        name = _decoded(raw_name, named=None)
        if name not in known:
            allowed = ", ".join(known)
            raise BadParameterError(name, "is not a parameter of this endpoint", allowed=allowed)
        if name in values:
            raise BadParameterError(name, "is given more than once", allowed="one value")
        value = _decoded(raw_value, named=name)
        if not value:
            raise BadParameterError(name, "is empty", allowed=allowed_values(known[name]))
        known[name].check(value)
        values[name] = value
    return values


def period_of(values: Values, *, now: datetime, default_tz: str | None, default_period: str = DEFAULT_NAME) -> Period:
    """Return the period asked for. A cursor's list keeps the now of its first page. Raises `BadParameterError`."""
    cursor = values.get("cursor")
    is_named = "from" not in values and "to" not in values
    try:
        return parse_period(
            period=values.get("period", default_period if is_named else None),
            from_=values.get("from"),
            to=values.get("to"),
            tz=values.get("tz"),
            now=now if cursor is None else _list_now(Cursor.decode(cursor, now=now), now),
            default_tz=default_tz,
        )
    except ParameterError as error:
        raise BadParameterError(error.parameter, error.message) from error


def session_filter(values: Values, period: Period) -> SessionFilter:
    """Return the filters of the drill-down.

    Raises:
        ParameterError: a filter, or two together, cannot be used.
    """
    cursor, user_id = values.get("cursor"), values.get("user_id")
    return SessionFilter(
        domain=values.get("domain"),
        unmapped="unmapped" in values,
        flow_id=flow_id(values),
        user_id="none" if user_id == NO_USER else _uuid(user_id),
        status=cast("StatusFilter | None", values.get("status")),
        tier=cast("TierFilter | None", values.get("tier")),
        stage=cast("StageFilter | None", values.get("stage")),
        missing=cast("MissingFilter | None", values.get("missing")),
        unlogged="unlogged" in values,
        off_path=cast("OffPathFilter | None", values.get("off_path")),
        limit=int(values.get("limit", DEFAULT_LIMIT)),
        cursor=None if cursor is None else Cursor.decode(cursor, now=period.now),
    )


def flow_sort(values: Values) -> FlowSort:
    """Return the order asked for."""
    return cast("FlowSort", values.get("sort", "quality"))


def trend_interval(values: Values) -> TrendInterval | None:
    """Return what a point of the trend is to be, where it was asked for."""
    return cast("TrendInterval | None", values.get("interval"))


def flow_id(values: Values) -> UUID | None:
    """Return the flow asked for."""
    return _uuid(values.get("flow_id"))


def _uuid(text: str | None) -> UUID | None:
    return None if text is None else UUID(text)


def allowed_values(parameter: Parameter) -> str:
    """Return what the parameter may be, in words."""
    return parameter.allowed or " | ".join(parameter.choices) or "a value"


def _decoded(raw: bytes, *, named: str | None) -> str:
    try:
        return unquote_to_bytes(raw.replace(b"+", b" ")).decode()
    except UnicodeDecodeError:
        name = named or raw.decode("ascii", "replace")
        raise BadParameterError(name, "is not UTF-8", allowed="percent-encoded UTF-8") from None


def _list_now(cursor: Cursor, now: datetime) -> datetime:
    """Return a cursor's own now: bounded, since anyone can write a cursor."""
    if now - cursor.now > MAX_CURSOR_AGE:
        raise BadParameterError(
            CURSOR.name, f"is more than {MAX_CURSOR_AGE.days} days old; start again from the first page"
        )
    return cursor.now
