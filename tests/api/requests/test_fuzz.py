"""The OpenAPI document against the running service: requests made from it, and requests bent away from it."""

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import CHECKS
from schemathesis.generation.modes import GenerationMode

from analytics_api.openapi.document import document
from tests.api.running import RunningApi, token
from tests.api.world import Account

EXAMPLES = 25
# Whether a zone exists, `from` has its `to`, and a cursor was ever given.
BEYOND_A_SCHEMA = ["positive_data_acceptance"]
# CSV is told in words alone, so that generated clients have one type for an answer.
UNDOCUMENTED = [*BEYOND_A_SCHEMA, "content_type_conformance"]

OPERATIONS = {
    operation.ok().path: operation.ok() for operation in schemathesis.openapi.from_dict(document()).get_all_operations()
}


def is_csv(response: schemathesis.Response) -> bool:
    """Whether CSV was answered where CSV was asked for."""
    (content_type,) = response.headers.get("content-type", [""])
    asked = "format=csv" in str(response.request.url)
    return asked and response.status_code == 200 and content_type == "text/csv; charset=utf-8"


@pytest.mark.parametrize("path", OPERATIONS)
@pytest.mark.parametrize("mode", GenerationMode, ids=lambda mode: mode.value)
def test_the_service_keeps_to_its_document(api: RunningApi, alpha: Account, path: str, mode: GenerationMode) -> None:
    """Status, headers, content type and body as documented, no 5xx, and what the schema forbids is refused."""
    headers = {"Authorization": f"Bearer {token(alpha.admin)}"}

    @settings(
        max_examples=EXAMPLES,
        phases=[Phase.generate],  # a failure names its request; making it smaller costs minutes
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=OPERATIONS[path].as_strategy(generation_mode=mode))
    def keeps_to_it(case: schemathesis.Case) -> None:
        response = case.call(base_url=api.url, headers=headers)
        case.validate_response(
            response,
            headers=headers,
            excluded_checks=CHECKS.get_by_names(UNDOCUMENTED if is_csv(response) else BEYOND_A_SCHEMA),
        )
        assert response.status_code < 500

    keeps_to_it()
