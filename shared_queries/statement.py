"""A statement that is built once, with the values of one question.

Building a statement, compiling it or finding it in a cache costs more than many an answer (measured: 2 to 6 ms to build
against 1.5 ms over rollups). So it is built when first asked, with named parameters, and asking gives them values.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sqlalchemy import Select


@dataclass(frozen=True, slots=True)
class Statement:
    """A select, and the values that this asking gives to its parameters. Without a value it does not run at all."""

    select: "Select[*tuple[Any, ...]]"
    """The same object whenever the same thing is asked, so that whoever executes it may keep what it compiled to."""
    values: Mapping[str, Any]
    plan_once: bool = False
    """Whether one plan is good for every account and period, so that PostgreSQL need not make one for each."""

    def bound(self) -> "Select[*tuple[Any, ...]]":
        """Give the select its values, for SQLAlchemy to execute."""
        return self.select.params(dict(self.values))
