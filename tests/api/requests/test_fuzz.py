"""The OpenAPI document against the running service: requests made from it, and requests bent away from it."""

from urllib.parse import parse_qs, urlsplit

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, assume, given, settings
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
# Not known to the check as a refusal: it takes what is too long for accepted.
TOO_LONG = [*BEYOND_A_SCHEMA, "negative_data_rejection"]

OPERATIONS = {
    operation.ok().path: operation.ok()
    # Every request has its token: whether it is in the way is no part of what is bent.
    for operation in schemathesis.openapi.from_dict({**document(), "security": []}).get_all_operations()
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
        # What cannot be written into an address, such as a list of nothing, is not sent, and cannot be refused.
        assume(set(case.query or {}) <= set(parse_qs(urlsplit(response.request.url).query, keep_blank_values=True)))
        excluded = UNDOCUMENTED if is_csv(response) else TOO_LONG if response.status_code == 414 else BEYOND_A_SCHEMA
        case.validate_response(response, headers=headers, excluded_checks=CHECKS.get_by_names(excluded))
        assert response.status_code < 500

    keeps_to_it()
