"""What an answer holds is defined in a document, and in its example and the reference too: a new field is asked for."""

import re
import typing
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import msgspec
import pytest

from analytics_api.openapi.examples import EXAMPLES
from analytics_api.questions.endpoints import ENDPOINTS
from shared_queries.questions.coverage import Coverage
from shared_queries.questions.engineers import Engineers, Me
from shared_queries.questions.flow_effects import FlowEffects
from shared_queries.questions.flow_quality import FlowQuality
from shared_queries.questions.overview import Overview
from shared_queries.questions.psa import Psa
from shared_queries.questions.trend import Trend
from tests import reference
from tests.queries.rows import user
from tests.reference.period import ReferencePeriod
from tests.reference.rows import AllRows

DOCS = Path(__file__).parents[2] / "docs"
ACCOUNT_ID = uuid4()
USER = user(ACCOUNT_ID)
PERIOD = ReferencePeriod(date(2026, 3, 12), date(2026, 3, 18), ZoneInfo("UTC"), datetime(2026, 3, 18, 15, tzinfo=UTC))
NOTHING = AllRows(users=[USER])
ANSWERS = {
    Overview: reference.overview(NOTHING, ACCOUNT_ID, PERIOD),
    Coverage: reference.coverage(NOTHING, ACCOUNT_ID, PERIOD),
    FlowQuality: reference.flow_quality(NOTHING, ACCOUNT_ID, PERIOD, "quality"),
    Psa: reference.psa(NOTHING, ACCOUNT_ID, PERIOD),
    Trend: reference.trend(NOTHING, ACCOUNT_ID, PERIOD, "day"),
    Engineers: reference.engineers(NOTHING, ACCOUNT_ID, PERIOD),
    Me: reference.me(NOTHING, ACCOUNT_ID, PERIOD, USER),
    FlowEffects: reference.flow_effects(NOTHING, ACCOUNT_ID, PERIOD),
}


@pytest.mark.parametrize("answer", ANSWERS, ids=lambda answer: answer.__name__)
def test_the_reference_says_every_field(answer: type[Any]) -> None:
    assert set(ANSWERS[answer]) == {field.name for field in fields(answer)}


def test_every_endpoint_has_an_example() -> None:
    """Typed, so that one without a field is not even made."""
    assert list(EXAMPLES) == [endpoint.name for endpoint in ENDPOINTS]


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda endpoint: endpoint.name)
def test_every_field_is_defined_in_the_metrics_or_the_contract(endpoint: Any) -> None:  # noqa: ANN401  whichever
    said = "".join((DOCS / name).read_text() for name in ("metrics.md", "design.md"))
    code = re.findall(r"`([^`]+)`", re.sub(r"```.*?```", "", said, flags=re.DOTALL))
    undefined = set(names_in(endpoint.response)) - set(re.findall(r"\w+", " ".join(code)))
    assert sorted(undefined) == []


def names_in(kind: Any) -> Iterator[str]:  # noqa: ANN401  any annotation
    """The JSON names of a type, and of all that it is made of."""
    if is_dataclass(kind):
        types = typing.get_type_hints(kind)
        for field in fields(kind):
            yield field.name
            yield from names_in(types[field.name])
    elif isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        for part in msgspec.structs.fields(kind):
            yield part.encode_name
            yield from names_in(part.type)
    else:
        for part in typing.get_args(kind):
            yield from names_in(part)
