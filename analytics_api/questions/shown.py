"""An answer as it is sent: encoded once, and tagged over who asked, what was asked and what came out."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

import msgspec

from analytics_api.auth.principal import Principal
from analytics_api.questions.csv_export import Table, metrics_csv
from analytics_api.questions.endpoints import Endpoint
from analytics_api.questions.freshness import Freshness
from analytics_api.questions.parameters import Values
from analytics_api.questions.responses import PeriodInfo

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
