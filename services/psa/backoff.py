"""How long to wait before the next try. Pure: the clock and the dice are arguments."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from random import uniform

from services.backoff import Dice, growing

CAP = timedelta(minutes=5)
"""The longest wait, whatever a server asks for: it may be wrong, or not the PSA."""
_FIRST = timedelta(seconds=1)


def retry_after(header: str | None, now: datetime) -> timedelta | None:
    """Return the wait that a `Retry-After` header asks for, in seconds or as a date; None where it asks for none."""
    if header is None:
        return None
    text = header.strip()
    if text.isascii() and text.isdigit():
        return min(timedelta(seconds=int(text[:9])), CAP)
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    if moment.tzinfo is None:  # "-0000", which says no more than that it is UTC
        moment = moment.replace(tzinfo=UTC)
    return max(timedelta(), min(moment - now, CAP))


def wait_before(attempts: int, asked: timedelta | None = None, dice: Dice = uniform) -> timedelta:
    """Return the wait after so many attempts: from a second to the cap.

    Where the server asked for a wait it is that one and a little more, so that its clients do not come back at once.
    """
    if asked is not None:
        return asked + timedelta(seconds=dice(0, 1)) * max(0.1, asked / _FIRST * 0.1)
    seconds = growing(attempts, first=_FIRST.total_seconds(), longest=CAP.total_seconds(), dice=dice)
    return timedelta(seconds=seconds)
