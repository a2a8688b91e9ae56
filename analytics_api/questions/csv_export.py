"""Answers as CSV: UTF-8 with BOM, RFC 4180, the JSON's names and order, safe to open in a spreadsheet."""

import csv
import io
import re
import typing
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import is_dataclass
from typing import Any

import msgspec

BOM = "\ufeff"

# A spreadsheet runs a cell that begins like a formula, some after leading white space of any kind, and one that splits
# cells at semicolons would begin a new one there.
_STARTS = "=+\\-@\uff1d\uff0b\uff0d\uff20"  # and their full-width forms
_UNSEEN = "\\s\ufeff\u200b\u200c\u200d\u2060\u180e"
_FORMULA = re.compile(rf"[{_UNSEEN}]*[{_STARTS}]|[\t\r\n]|.*;[{_STARTS}]", re.DOTALL)


def table_csv(row_type: type, rows: Iterable[object]) -> Iterator[bytes]:
    """Give the header, then a line per row. The header comes from the type, so that a table without rows has it too.

    A list of single values is one cell, with spaces between; a list of objects is a table of its own, and left out.
    """
    columns = [name for name, hint in _columns(row_type) if not _is_list_of_objects(hint)]
    yield BOM.encode() + _encoded([columns])
    for row in rows:
        flat = dict(_flat(msgspec.to_builtins(row)))
        yield _encoded([[_cell(flat.get(column)) for column in columns]])


def metrics_csv(answer: object) -> Iterator[bytes]:
    """Give two columns, `metric` and `value`: the answer's numbers in the JSON's order, without lists and texts."""
    values = dict(_flat(msgspec.to_builtins(answer)))
    metrics = [name for name, hint in _columns(type(answer)) if _is_number(hint)]
    yield BOM.encode() + _encoded([["metric", "value"], *([name, _cell(values.get(name))] for name in metrics)])


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
