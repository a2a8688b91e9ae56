"""`conditions`, `page` and `pageSize`, as far as pushes use them."""

import re
from typing import Any

from litestar import Request

from deploy.sandbox.refusals import invalid

_DEFAULT_SIZE = 25
_MOST = 1000
_CONDITION = re.compile(r'\s*(?P<path>[A-Za-z/]+)\s*=\s*(?P<value>\d+|"(?:[^"\\]|\\.)*")\s*')


def matching(items: list[dict[str, Any]], conditions: str) -> list[dict[str, Any]]:
    """The items for which each `path=value`, joined by `and`, holds."""
    for condition in re.split(r"\band\b", conditions) if conditions else []:
        match = _CONDITION.fullmatch(condition)
        if match is None:
            raise invalid(f"the condition {condition!r} cannot be read", resource="conditions")
        value = match["value"]
        wanted: object = value[1:-1] if value.startswith('"') else int(value)
        items = [item for item in items if _at(item, match["path"]) == wanted]
    return items


def _at(item: dict[str, Any], path: str) -> object:
    value: Any = item
    for part in path.split("/"):
        value = value.get(part) if isinstance(value, dict) else None
    return value


def page_of(items: list[dict[str, Any]], request: Request[None, None, Any]) -> list[dict[str, Any]]:
    """The page that the request asks for."""
    page = int(request.query_params.get("page", "1"))
    size = min(int(request.query_params.get("pageSize", str(_DEFAULT_SIZE))), _MOST)
    return items[(page - 1) * size : page * size]
