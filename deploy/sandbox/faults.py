"""Which requests go wrong, and how."""

from enum import StrEnum
from random import Random

import msgspec


class Fault(StrEnum):
    """What happens to a request. "After" means that it has been carried out all the same."""

    DROP_BEFORE = "drop_before"
    DROP_AFTER = "drop_after"
    ERROR_BEFORE = "error_before"
    ERROR_AFTER = "error_after"
    HTML_502 = "html_502"
    """A gateway's page; not carried out."""
    HTML_403 = "html_403"
    """The same, as a firewall says it."""
    HTML_404 = "html_404"
    """The same, as a proxy says it that has lost its way."""
    RATE_LIMITED = "rate_limited"
    TIMEOUT_NEVER = "timeout_never"
    """No answer, and never carried out."""
    TIMEOUT_LATE = "timeout_late"
    """No answer, and carried out `late_seconds` after it was read: the client may have gone by then."""
    GZIP_BOMB = "gzip_bomb"
    """Carried out, and answered by a kilobyte that would be 256 MiB, decoded."""
    MANY_HEADERS = "many_headers"
    """Carried out, and answered with 5,000 headers."""
    ENDLESS = "endless"
    """Carried out, and answered by a body that goes on, a byte at a time."""
    CRUMBS = "crumbs"
    """Carried out, and answered in 30,000 chunks of one byte."""
    BYTE_ORDER_MARK = "byte_order_mark"
    LATIN_1 = "latin_1"
    SURROGATE = "surrogate"
    """Half a surrogate pair, which no UTF-8 can say."""
    NAN = "nan"
    """Numbers that JSON does not have, and one of 5,000 digits."""
    CUT_LIST = "cut_list"
    """Carried out; a list is answered without its second half."""


class Plan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What `PUT /_sandbox/faults` sets."""

    share: float = 0
    """How many of the requests go wrong, 0 to 1."""
    kinds: tuple[Fault, ...] = tuple(Fault)
    """With which faults, each as often as the others."""
    next: tuple[Fault | None, ...] = ()
    """What happens to the very next requests, one each; null lets one pass."""
    methods: tuple[str, ...] = ("GET", "POST", "PATCH")
    """To which methods."""
    retry_after: str = "1"
    """What a 429 says."""
    late_seconds: float = 2
    """At most 5: nothing is carried out later."""
    latency_ms: float = 0
    """What every request takes; it is carried out after 5 s at most, and answered after all of it."""
    seed: int = 0


class Faults:
    """Rolls the dice for each request."""

    def __init__(self, plan: Plan | None = None) -> None:
        self.set(plan or Plan())

    def set(self, plan: Plan) -> None:
        """From the next request on."""
        self.plan = plan
        self._next = list(plan.next)
        self._dice = Random(plan.seed)  # noqa: S311  dice, no secret

    def roll(self, method: str) -> Fault | None:
        """Return what goes wrong with a request, if anything."""
        if method not in self.plan.methods:
            return None
        if self._next:
            return self._next.pop(0)
        if self.plan.kinds and self._dice.random() < self.plan.share:
            return self._dice.choice(self.plan.kinds)
        return None
