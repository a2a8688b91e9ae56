from pathlib import Path

from analytics_api.openapi import document

COMMITTED = Path(__file__).parents[2] / "docs" / "openapi.json"


def test_the_committed_document_is_the_one_that_the_code_makes() -> None:
    assert COMMITTED.read_bytes() == document.encoded(), "run: python -m analytics_api openapi > docs/openapi.json"
