from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import Select

from shared_queries.statement import Statement

Answer = TypeVar("Answer")
Rows = Sequence[Sequence[Any]]
"""What one statement gave: each row a sequence in the order of the select's columns."""


@dataclass(frozen=True, slots=True)
class Plan(Generic[Answer]):
    """A question, ready to be executed by whoever has a connection.

    Run all `asked` (or, by SQLAlchemy, all `statements`) in one snapshot (REPEATABLE READ READ ONLY) with
    `app.current_account_id` set, and hand the rows of each, in the same order, to `answer`.
    """

    asked: tuple[Statement, ...]
    answer: Callable[[Sequence[Rows]], Answer]

    @property
    def statements(self) -> tuple[Select[Any], ...]:
        """The selects with their values."""
        return tuple(each.bound() for each in self.asked)
