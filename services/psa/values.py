"""Single values on their way to a PSA and back. A server's may be anything, so what leaves here can be stored."""

from datetime import UTC, datetime
from typing import Any, Final

from services.psa.errors import ValidationError

_MOST_DIGITS: Final = 18  # whatever is longer is no id, and JSON would not carry it
_MOST_ID: Final = 200
_MOST_TEXT: Final = 500


def number(psa: str, what: str, text: str) -> int:
    """Read an id of a PSA that has whole numbers for ids.

    Raises:
        ValidationError: this one is not.
    """
    if not (text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS):
        raise ValidationError(f"{what} {text!r} is not a {psa} id, which is a number")
    return int(text)


def instant(moment: datetime) -> str:
    """Write a moment in UTC, without fractions."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def id_in(entity: Any) -> str | None:  # noqa: ANN401  JSON of any shape
    """Return the id that a PSA gives its entity; None where there is none that can be read."""
    found = entity.get("id") if isinstance(entity, dict) else None
    if isinstance(found, float) and found.is_integer():
        found = int(found)
    if isinstance(found, bool) or not isinstance(found, int | str):
        return None
    text = str(found)
    return text if text.strip() and text.isprintable() and len(text) <= _MOST_ID else None


def one_line(text: str) -> str:
    """Return a text fit to be stored and shown: one line, bounded, of characters that PostgreSQL takes."""
    shown = "".join(c if c.isprintable() else " " for c in text[: _MOST_TEXT + 1])
    return shown if len(shown) <= _MOST_TEXT else shown[: _MOST_TEXT - 1] + "…"
