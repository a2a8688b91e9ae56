"""What HTTP carries: the numbers themselves are `tests/queries`' business."""

import pytest

from tests.api.running import PATHS, RunningApi
from tests.api.world import Account


@pytest.mark.parametrize("name", PATHS)
def test_an_answer_carries_its_period_and_freshness(api: RunningApi, alpha: Account, name: str) -> None:
    response = api.get(PATHS[name], alpha.admin)
    assert response.status_code == 200, response.text
    body = response.json()
    assert body["period"]["name"] == "30d"
