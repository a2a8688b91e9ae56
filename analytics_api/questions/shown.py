"""An answer as it is sent: encoded once, tagged over who asked, what was asked and what came out, and remembered."""

import hashlib
from collections import OrderedDict
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any

import msgspec

from analytics_api.auth.principal import Principal
from analytics_api.questions.csv_export import Table, metrics_csv
from analytics_api.questions.endpoints import Endpoint
from analytics_api.questions.freshness import Freshness
from analytics_api.questions.parameters import Values
from analytics_api.questions.responses import PeriodInfo

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

_AS_OF = b'"as_of":'


@dataclass(frozen=True, slots=True)
class Shown:
    """A whole response, for whoever holds the same token's rights and asks the same."""

    pieces: tuple[bytes, ...]
    """The body, cut where JSON has its `as_of`: all that changes in an answer that stays."""
    as_of: bytes
    media_type: str
    etag: str
    headers: Mapping[str, str]
    """Of a 304 too."""
    disposition: str | None = None
    """The file's name, where it is one."""

    @property
    def body(self) -> bytes:
        """What is sent, but for a 304."""
        return self.as_of.join(self.pieces)

    def at(self, fresh: Freshness) -> "Shown":
        """Show the same with another `as_of`."""
        return replace(self, as_of=msgspec.json.encode(fresh.as_of), headers=_headers(fresh, self.etag))


def fields_of(answer: "DataclassInstance") -> dict[str, Any]:
    """Return the answer's own fields by name, nested values untouched (`dataclasses.asdict` would copy them all)."""
    return {field.name: getattr(answer, field.name) for field in fields(answer)}


def as_json(endpoint: Endpoint, principal: Principal, values: Values, response: object, fresh: Freshness) -> Shown:
    """Show the response as JSON."""
    body = msgspec.json.encode(response)
    start = body.rindex(_AS_OF) + len(_AS_OF)
    pieces = body[:start], body[body.index(b",", start) :]
    volatile = [name for name in _VOLATILE if hasattr(response, name)]
    return _shown(endpoint, principal, values, fresh, pieces, JSON, without(body, volatile))


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
    return _shown(endpoint, principal, values, fresh, (body,), CSV, [body], disposition(endpoint, period))


def disposition(endpoint: Endpoint, period: PeriodInfo) -> str:
    """Name the file that CSV is kept as."""
    return f'attachment; filename="flowpilot-{endpoint.name}-{period.from_}-to-{period.to}.csv"'


def without(body: bytes, names: Iterable[str]) -> Iterator[bytes]:
    """Cut the values of these top-level fields out of an encoded object, null in their place.

    Their values hold no comma or brace, and a quote within a string of JSON is escaped: what is found is the field.
    """
    # From the end: they stand after all the lists.
    cuts = sorted((start, name) for name in names if (start := body.rfind(b'"%s":' % name.encode())) >= 0)
    offset = 0
    for start, name in cuts:
        value = start + len(name) + 3
        end = min(place for mark in (b",", b"}") if (place := body.find(mark, value)) >= 0)
        yield body[offset:value]
        yield b"null"
        offset = end
    yield body[offset:]


def _shown(  # noqa: PLR0913, PLR0917  the parts of a response
    endpoint: Endpoint,
    principal: Principal,
    values: Values,
    fresh: Freshness,
    pieces: tuple[bytes, ...],
    media_type: str,
    tagged: Iterable[bytes],
    disposition: str | None = None,
) -> Shown:
    question = [endpoint.name, *(f"{name}={value}" for name, value in sorted(values.items()))]
    etag = _weak_etag(principal, question, tagged)
    as_of = msgspec.json.encode(fresh.as_of)
    return Shown(pieces, as_of, media_type, etag, _headers(fresh, etag), disposition)


def _headers(fresh: Freshness, etag: str) -> dict[str, str]:
    return {**CACHE_HEADERS, **fresh.headers, "ETag": etag}


def _weak_etag(principal: Principal, question: Iterable[str], tagged: Iterable[bytes]) -> str:
    """Make the tag. Two accounts never share one, even where their numbers agree."""
    digest = hashlib.sha256()  # of bodies of hundreds of kilobytes, for which processors have instructions
    for part in (principal.scope.account_id.bytes, principal.role.encode(), *(word.encode() for word in question)):
        digest.update(len(part).to_bytes(8, "big") + part)
    for part in tagged:
        digest.update(part)
    return f'W/"{digest.hexdigest()[:32]}"'


MOST_BYTES = 64 * 2**20
_ENTRY_BYTES = 2_000
"""Of what is kept beside a body."""


@dataclass(slots=True)
class Memory:
    """The last answer to each question, with the version of the numbers that it was made of.

    An answer is a function of its question, the day and the version: one that has the version of now is the answer.
    """

    most_bytes: int = MOST_BYTES
    _kept: OrderedDict[Hashable, tuple[str, Shown]] = field(default_factory=OrderedDict)
    _bytes: int = 0

    def recall(self, key: Hashable, version: str, fresh: Freshness) -> Shown | None:
        """Return the answer where nothing has changed, with the freshness of now."""
        kept = self._kept.get((key, fresh.stale))
        if kept is None or kept[0] != version:
            return None
        self._kept.move_to_end((key, fresh.stale))
        return kept[1].at(fresh)

    def keep(self, key: Hashable, version: str, fresh: Freshness, shown: Shown) -> None:
        """Keep the answer in the place of the one before; those not asked for the longest make room."""
        before = self._kept.pop((key, fresh.stale), None)
        self._kept[key, fresh.stale] = version, shown
        self._bytes += _size(shown) - (_size(before[1]) if before else 0)
        while self._bytes > self.most_bytes:
            _, (_, oldest) = self._kept.popitem(last=False)
            self._bytes -= _size(oldest)


def _size(shown: Shown) -> int:
    return sum(map(len, shown.pieces)) + _ENTRY_BYTES
