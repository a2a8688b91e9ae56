"""Answers that need not be made again: what came out for the same rows, on the same day."""

from collections import OrderedDict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field

from analytics_api.questions.freshness import Freshness
from analytics_api.questions.shown import JSON, Shown, as_of_now
from shared_queries.plan import Rows

SIZE = 200
"""Answers, of some hundred kilobytes with their rows."""


@dataclass(frozen=True, slots=True)
class Memory:
    """The last answer to each question, with the rows that it was made of.

    An answer is a function of its rows, its question and the day. The rows are read each time; making and encoding an
    answer of hundreds of flows costs as much again, and most are asked for anew before anything has changed.
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
