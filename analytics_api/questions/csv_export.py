"""Answers as CSV: UTF-8 with BOM, RFC 4180, the JSON's names and order, safe to open in a spreadsheet."""

import csv
import io
import typing
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import is_dataclass
from typing import Any

import msgspec

BOM = "\ufeff"
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def table_csv(row_type: type, rows: Sequence[object]) -> bytes:
    """One line per row. The header comes from the type, so that a table without rows has it too."""
    columns = list(_columns(row_type))
    return _encode([columns, *([_cell(flat.get(column)) for column in columns] for flat in map(_flat_row, rows))])


def metrics_csv(answer: object) -> bytes:
    """Two columns, `metric` and `value`: the answer's numbers in the JSON's order, without its lists."""
    values = _flat_row(answer)
    metrics = [name for name in _columns(type(answer)) if not isinstance(values.get(name), list)]
    return _encode([["metric", "value"], *([name, _cell(values.get(name))] for name in metrics)])


def _flat_row(row: object) -> dict[str, Any]:
    # msgspec's builtins are what the JSON is made of: the same names, order and spelling of instants.
    return dict(_flat(msgspec.to_builtins(row)))


def _flat(row: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in row.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{name}_")
        else:
            yield prefix + name, value


def _columns(row_type: type, prefix: str = "") -> Iterator[str]:
    for name, hint in typing.get_type_hints(row_type).items():
        nested = next((part for part in (hint, *typing.get_args(hint)) if is_dataclass(part)), None)
        if nested is not None and typing.get_origin(hint) is not list:
            yield from _columns(typing.cast("type", nested), f"{prefix}{name}_")
        else:
            yield prefix + name


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = str(value)
    # A spreadsheet runs a cell that begins like a formula. A number may begin with a minus and is left alone.
    return f"'{text}" if isinstance(value, str) and text.startswith(_FORMULA_STARTS) else text


def _encode(lines: Iterable[Sequence[str]]) -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows(lines)
    return (BOM + out.getvalue()).encode()
