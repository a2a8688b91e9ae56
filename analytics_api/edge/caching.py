"""Conditional requests."""


def matches(if_none_match: str | None, etag: str) -> bool:
    """Whether the client already holds this answer (weak comparison, RFC 9110 section 13.1.2)."""
    if if_none_match is None:
        return False
    tags = [tag.strip() for tag in if_none_match.split(",")]
    return "*" in tags or etag.removeprefix("W/") in {tag.removeprefix("W/") for tag in tags}
