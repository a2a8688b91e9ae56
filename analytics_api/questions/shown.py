"""An answer as it is sent: encoded once, tagged over who asked, what was asked and what came out, and remembered."""

import hashlib
from collections import OrderedDict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any

import msgspec

from analytics_api.auth.principal import Principal
from analytics_api.questions.csv_export import Table, metrics_csv
from analytics_api.questions.endpoints import Endpoint
from analytics_api.questions.freshness import Freshness
from analytics_api.questions.parameters import Values
from analytics_api.questions.responses import PeriodInfo
from shared_queries.plan import Rows

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

JSON = "application/json"
CSV = "text/csv"

CACHE_HEADERS = {
    # Private, and revalidated each time: the tag is compared only after the token has been.
    "Cache-Control": "private, no-cache",
    "Vary": "Authorization, Origin",
}
_VOLATILE = ("as_of", "next_cursor")
"""Fields that change from request to request while the answer stays: the freshness, and a cursor's now."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A whole response, for whoever holds the same token's rights and asks the same."""

    body: bytes
    media_type: str
    etag: str
    headers: Mapping[str, str]
    """Of a 304 too."""
    disposition: str | None = None
    """The file's name, where it is one."""


def fields_of(answer: "DataclassInstance") -> dict[str, Any]:
    """Return the answer's own fields by name, nested values untouched (`dataclasses.asdict` would copy them all)."""
    return {field.name: getattr(answer, field.name) for field in fields(answer)}


def as_json(endpoint: Endpoint, principal: Principal, values: Values, response: object, fresh: Freshness) -> Shown:
    """Show the response as JSON."""
    body = msgspec.json.encode(response)
    return _shown(endpoint, principal, values, fresh, body, JSON, without(body, _VOLATILE))


def as_csv(  # noqa: PLR0913, PLR0917  the parts of a response
    endpoint: Endpoint, principal: Principal, values: Values, answer: object, period: PeriodInfo, fresh: Freshness
) -> Shown:
    """Show the answer's table, or its numbers where it has none, as CSV."""
    if endpoint.table is None:
        body = metrics_csv(answer)
    else:
        name, row_type = endpoint.table
        table = Table(row_type)
        body = table.header + table.lines(getattr(answer, name))
    return _shown(endpoint, principal, values, fresh, body, CSV, [body], disposition(endpoint, period))


def disposition(endpoint: Endpoint, period: PeriodInfo) -> str:
    """Name the file that CSV is kept as."""
    return f'attachment; filename="flowpilot-{endpoint.name}-{period.from_}-to-{period.to}.csv"'


def without(body: bytes, names: Iterable[str]) -> Iterator[bytes]:
    """Cut the values of these top-level fields out of an encoded object, null in their place.

    Their values hold no comma or brace, and a quote within a string of JSON is escaped: what is found is the field.
    """
    cuts = sorted((start, name) for name in names if (start := body.find(b'"%s":' % name.encode())) >= 0)
    offset = 0
    for start, name in cuts:
        value = start + len(name) + 3
        end = min(place for mark in (b",", b"}") if (place := body.find(mark, value)) >= 0)
        yield body[offset:value]
        yield b"null"
        offset = end
    yield body[offset:]


def as_of_now(shown: Shown, fresh: Freshness) -> Shown:
    """Show the same JSON with another freshness."""
    before, rest = shown.body.split(b'"as_of":', 1)
    after = rest[rest.index(b",") :]
    body = b"".join((before, b'"as_of":', msgspec.json.encode(fresh.as_of), after))
    return replace(shown, body=body, headers={**CACHE_HEADERS, **fresh.headers, "ETag": shown.etag})


def _shown(  # noqa: PLR0913, PLR0917  the parts of a response
    endpoint: Endpoint,
    principal: Principal,
    values: Values,
    fresh: Freshness,
    body: bytes,
    media_type: str,
    tagged: Iterable[bytes],
    disposition: str | None = None,
) -> Shown:
    question = [endpoint.name, *(f"{name}={value}" for name, value in sorted(values.items()))]
    etag = _weak_etag(principal, question, tagged)
    headers = {**CACHE_HEADERS, **fresh.headers, "ETag": etag}
    return Shown(body, media_type, etag, headers, disposition)


def _weak_etag(principal: Principal, question: Iterable[str], tagged: Iterable[bytes]) -> str:
    """Make the tag. Two accounts never share one, even where their numbers agree."""
    digest = hashlib.blake2b(digest_size=16)
    for part in (principal.scope.account_id.bytes, principal.role.encode(), *(word.encode() for word in question)):
        digest.update(len(part).to_bytes(8, "big") + part)
    for part in tagged:
        digest.update(part)
    return f'W/"{digest.hexdigest()}"'


SIZE = 200
"""Answers, of some hundred kilobytes with their rows."""


@dataclass(frozen=True, slots=True)
class Memory:
    """The last answer to each question, with the rows that it was made of.

    An answer is a function of its rows, its question and the day. The rows are read each time; making and encoding an
    answer of hundreds of flows costs as much again, and most are asked for again before anything has changed.
    """

    _kept: OrderedDict[Hashable, tuple[Sequence[Sequence[Rows]], Shown]] = field(default_factory=OrderedDict)

    def recall(self, key: Hashable, rows: Sequence[Sequence[Rows]], fresh: Freshness) -> Shown | None:
        """Return the answer where the rows are the same, with the freshness of now."""
        kept = self._kept.get((key, fresh.stale))
        if kept is None or kept[0] != rows:
            return None
        self._kept.move_to_end((key, fresh.stale))
        return as_of_now(kept[1], fresh)

    def keep(self, key: Hashable, rows: Sequence[Sequence[Rows]], fresh: Freshness, shown: Shown) -> None:
        """Keep the answer in the place of the one before."""
        if shown.media_type != JSON:
            return
        self._kept[key, fresh.stale] = rows, shown
        self._kept.move_to_end((key, fresh.stale))
        if len(self._kept) > SIZE:
            self._kept.popitem(last=False)
