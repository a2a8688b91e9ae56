from base64 import urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from shared_queries.questions.cursor import Cursor, CursorError

NOW = datetime(2026, 3, 18, 15, 30, 0, 123456, tzinfo=UTC)


@pytest.mark.parametrize(
    "created_at",
    [
        pytest.param(NOW, id="now"),
        pytest.param(datetime(1969, 12, 31, 23, 59, 59, 999999, tzinfo=UTC), id="before 1970"),
        pytest.param(datetime(1, 1, 1, tzinfo=UTC), id="the first instant"),
    ],
)
def test_a_cursor_comes_back_to_the_microsecond(created_at: datetime) -> None:
    cursor = Cursor(now=NOW, created_at=created_at, session_id=uuid4())
    assert Cursor.decode(cursor.encode(), now=NOW) == cursor
    assert set(cursor.encode()) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")


def valid(now: datetime = NOW) -> str:
    return Cursor(now=now, created_at=NOW, session_id=UUID(int=7)).encode()


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param("abc", id="short"),
        pytest.param(valid() + "A", id="too long"),
        pytest.param(valid()[:-1], id="cut"),
        pytest.param(valid() + "=", id="padded"),
        pytest.param("!" + valid(), id="with a letter that base64 skips"),
        pytest.param("é" * 43, id="not ascii"),
        pytest.param(urlsafe_b64encode(b"\x7f" * 32).decode().rstrip("="), id="after the end of time"),
        pytest.param(urlsafe_b64encode(b"\x80" + b"\0" * 31).decode().rstrip("="), id="before its beginning"),
        pytest.param(valid(NOW + timedelta(microseconds=1)), id="of a moment to come"),
    ],
)
def test_what_no_answer_gave_is_refused(text: str) -> None:
    with pytest.raises(CursorError) as refused:
        Cursor.decode(text, now=NOW)
    assert refused.value.parameter == "cursor"
