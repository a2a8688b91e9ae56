"""What two releases answer, compared to the letter: what was added since is left out, and nothing else."""

import csv
import io
import json
import math
from collections.abc import Callable, Iterator
from typing import Any

PERCENTILES = ("median_resolution_minutes", "p90_resolution_minutes")
US_PER_MINUTE = 60_000_000
RATIO = 1.02
Shown = Callable[[str, Any], Any]


def as_of_histogram(minutes: float | None) -> float | None:
    """What rollups say of a percentile that facts say exactly: the middle of its bucket, not a hair beside it.

    The release reads its own rollups on its own schema, in the same buckets. On a newer schema they are not filled, so
    that it reads the facts.
    """
    if minutes is None:
        return None
    us = round(minutes * US_PER_MINUTE)
    bucket = 0 if us < 1_000_000 else 1 + math.floor(math.log(us / 1e6) / math.log(RATIO))
    return (500_000 if bucket == 0 else round(1_000_000 * RATIO ** (bucket - 0.5))) / US_PER_MINUTE


def exactly(_: str, value: Any) -> Any:  # noqa: ANN401  whatever JSON holds
    """Expect the value itself."""
    return value


def rolled_up(name: str, value: Any) -> Any:  # noqa: ANN401  whatever JSON holds
    """Expect of facts what rollups say of the same sessions."""
    return as_of_histogram(value) if name in PERCENTILES else value


def known_to(old: Any, new: Any) -> Any:  # noqa: ANN401  whatever JSON holds
    """The new answer without the fields that the old one has not."""
    if isinstance(old, dict) and isinstance(new, dict):
        return {name: known_to(old.get(name), value) for name, value in new.items() if name in old}
    if isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        return [known_to(*pair) for pair in zip(old, new, strict=True)]
    return new


def differences(old: Any, new: Any, expected: Shown = exactly, where: str = "") -> Iterator[str]:  # noqa: ANN401  whatever JSON holds
    """Each place at which two values of JSON are not the same text."""
    if isinstance(old, dict) and isinstance(new, dict) and list(old) == list(new):
        for name in old:
            yield from differences(old[name], new[name], expected, f"{where}.{name}")
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for index, pair in enumerate(zip(old, new, strict=True)):
            yield from differences(*pair, expected, f"{where}[{index}]")
    # As text: 1 and 1.0 are equal to Python.
    elif json.dumps(expected(where.rpartition(".")[2], old)) != json.dumps(new):
        yield f"{where}: {json.dumps(old)[:300]} {json.dumps(new)[:300]}"


def csv_differs(before: bytes, after: bytes, expected: Shown = exactly) -> str:
    """The same of a table: its columns, or where it lists metrics, its rows."""
    if before == after:
        return ""
    old, new = (list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))) for content in (before, after))
    if old[0] == ["metric", "value"]:
        known = {row[0] for row in old}
        kept = [row for row in new if row[0] in known]
        old = [[name, _cell(name, value, expected)] for name, value in old]
    else:
        columns = [new[0].index(name) for name in old[0] if name in new[0]]
        kept = [[row[column] for column in columns] for row in new]
    return "" if old == kept else f"{old[:5]} {kept[:5]}"


def _cell(name: str, value: str, expected: Shown) -> str:
    return str(expected(name, float(value))) if name in PERCENTILES and value else value
