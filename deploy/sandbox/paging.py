"""`conditions`, `orderBy`, `page` and `pageSize`, as far as pushes use them, and the `Link` to the next page."""

import re
from typing import Any

from litestar import Request, Response
from litestar.datastructures import MultiDict

from deploy.sandbox.refusals import invalid

Page = Response[list[dict[str, Any]]]

_DEFAULT_SIZE = 25
_MOST = 1000
_CONDITION = re.compile(r'\s*(?P<path>[A-Za-z/]+)\s*=\s*(?P<value>\d+|"(?:[^"\\]|\\.)*")\s*')


def matching(items: list[dict[str, Any]], conditions: str) -> list[dict[str, Any]]:
    """Return the items for which each `path=value`, joined by `and`, holds."""
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


def ordered(items: list[dict[str, Any]], order: str) -> list[dict[str, Any]]:
    """Return the items by `id` or `id desc`; as they were made without either."""
    if order not in ("", "id", "id asc", "id desc"):
        raise invalid(f"the order {order!r} is not known here", resource="orderBy")
    return sorted(items, key=lambda item: item["id"], reverse=order == "id desc") if order else items


def page_of(items: list[dict[str, Any]], request: Request[None, None, Any]) -> Page:
    """Return the page that the request asks for."""
    page = int(request.query_params.get("page", "1"))
    size = min(int(request.query_params.get("pageSize", str(_DEFAULT_SIZE))), _MOST)
    more = page * size < len(items)
    following = request.url.with_replacements(query=MultiDict({**request.query_params, "page": str(page + 1)}))
    headers = {"Link": f'<{following}>; rel="next"'} if more else {}
    return Response(items[(page - 1) * size : page * size], headers=headers)
