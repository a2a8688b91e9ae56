"""Answers as CSV: UTF-8 with BOM, RFC 4180, the JSON's names and order, safe to open in a spreadsheet."""

import csv
import io
import typing
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, is_dataclass
from typing import Any
from unicodedata import category

import msgspec

BOM = "\ufeff"

# A spreadsheet runs a cell that begins like a formula, in any width or height of the sign, some after characters that
# no one sees; one that splits cells at semicolons would begin a new one there. The same: `frontend/src/lib/csv.ts`.
_STARTS = frozenset("=+-@\uff1d\uff0b\uff0d\uff20\ufe66\ufe62\ufe63\ufe6b\u207c\u207a\u207b\u208c\u208a\u208b\u2212")
_LINE_STARTS = frozenset("\t\r\n")
_BLANKS = frozenset("\u115f\u1160\u2800\u3164\uffa0")  # letters and symbols without ink


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
    return f"'{value}" if isinstance(value, str) and any(map(_is_formula, value.split(";"))) else str(value)


def _is_formula(text: str) -> bool:
    return text[:1] in _LINE_STARTS or next((c for c in text if not _is_unseen(c)), "") in _STARTS


def _is_unseen(c: str) -> bool:
    return not c.isprintable() or c.isspace() or c in _BLANKS or category(c)[0] == "M"


def _encoded(lines: Iterable[Sequence[str]]) -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows(lines)
    return out.getvalue().encode()
