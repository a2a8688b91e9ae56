from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar, dataclass_transform

T = TypeVar("T")


@dataclass_transform(frozen_default=True)
def value(*, kw_only: bool = False) -> Callable[[type[T]], type[T]]:
    """Make a dataclass that is frozen to the type checker alone: for those of which an answer holds hundreds.

    At run time a frozen one takes two to eight times as long to make, most of what an answer took.
    """
    return dataclass(slots=True, kw_only=kw_only)
