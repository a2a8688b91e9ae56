"""Answers as CSV: UTF-8 with BOM, RFC 4180, the JSON's names and order, safe to open in a spreadsheet."""

import csv
import io
import re
import typing
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, is_dataclass
from typing import Any

import msgspec

BOM = "\ufeff"

# A spreadsheet runs a cell that begins like a formula, some after leading white space of any kind, and one that splits
# cells at semicolons would begin a new one there.
_STARTS = "=+\\-@\uff1d\uff0b\uff0d\uff20"  # and their full-width forms
_UNSEEN = "\\s\ufeff\u200b\u200c\u200d\u2060\u180e"
_FORMULA = re.compile(rf"[{_UNSEEN}]*[{_STARTS}]|[\t\r\n]|.*;[{_STARTS}]", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Table:
    """The lines of a table, whose columns come from its rows' type, so that one without rows has its header too.

    A list of single values is one cell, with spaces between; a list of objects is a table of its own, and left out.
    """

    row_type: type

    @property
    def header(self) -> bytes:
        """The first line."""
        return BOM.encode() + _encoded([self._columns])

    def lines(self, rows: Iterable[object]) -> bytes:
        """Encode a line per row."""
        columns = self._columns
        flat = (dict(_flat(msgspec.to_builtins(row))) for row in rows)
        return _encoded([_cell(row.get(column)) for column in columns] for row in flat)

    @property
    def _columns(self) -> list[str]:
        return [name for name, hint in _columns(self.row_type) if not _is_list_of_objects(hint)]


def metrics_csv(answer: object) -> bytes:
    """Give two columns, `metric` and `value`: the answer's numbers in the JSON's order, without lists and texts."""
    values = dict(_flat(msgspec.to_builtins(answer)))
    metrics = [name for name, hint in _columns(type(answer)) if _is_number(hint)]
    return BOM.encode() + _encoded([["metric", "value"], *([name, _cell(values.get(name))] for name in metrics)])


def _flat(row: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    # msgspec's builtins are what the JSON is made of: the same names, order and spelling of instants.
    for name, value in row.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{name}_")
        else:
            yield prefix + name, value


def _columns(row_type: type, prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, hint in typing.get_type_hints(row_type).items():
        nested = next((part for part in (hint, *typing.get_args(hint)) if is_dataclass(part)), None)
        if nested is not None and typing.get_origin(hint) is not list:
            yield from _columns(typing.cast("type", nested), f"{prefix}{name}_")
        else:
            yield prefix + name, hint


def _is_list_of_objects(hint: Any) -> bool:  # noqa: ANN401 -- a type hint
    return typing.get_origin(hint) is list and any(map(is_dataclass, typing.get_args(hint)))


def _is_number(hint: Any) -> bool:  # noqa: ANN401 -- a type hint
    return bool({int, float} & {hint, *typing.get_args(hint)}) and typing.get_origin(hint) is not list


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return " ".join(map(str, value))
    # A number may begin with a minus, and is left alone.
    return f"'{value}" if isinstance(value, str) and _FORMULA.match(value) else str(value)


def _encoded(lines: Iterable[Sequence[str]]) -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows(lines)
    return out.getvalue().encode()
