"""Conditional requests: a weak tag over who asked, what was asked and what came out, but not over `as_of`."""

import hashlib
from collections.abc import Iterable
from uuid import UUID

CACHE_HEADERS = {
    # Private, and revalidated each time: the tag is compared only after the token has been.
    "Cache-Control": "private, no-cache",
    "Vary": "Authorization, Origin",
}


def weak_etag(account_id: UUID, role: str, question: Iterable[str], body: bytes) -> str:
    """Return the tag. Two accounts never share one, even where their numbers agree."""
    digest = hashlib.blake2b(digest_size=16)
    for part in (account_id.bytes, role.encode(), *(word.encode() for word in question), body):
        digest.update(len(part).to_bytes(8, "big") + part)
    return f'W/"{digest.hexdigest()}"'


def matches(if_none_match: str | None, etag: str) -> bool:
    """Whether the client already holds this answer (weak comparison, RFC 9110 section 13.1.2)."""
    if if_none_match is None:
        return False
    tags = [tag.strip() for tag in if_none_match.split(",")]
    return "*" in tags or etag.removeprefix("W/") in {tag.removeprefix("W/") for tag in tags}
