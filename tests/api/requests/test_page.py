"""The built page as the API serves it."""

import pytest

from tests.api.running import RunningApi

SCRIPT = "/assets/app-1f2e3d4c.js"
STYLE = "/assets/app-5a6b7c8d.css"


@pytest.mark.parametrize("path", ["/", "/index.html", "/?tab=psa", "//"])
def test_the_page_answers_its_own_addresses_and_is_revalidated(api: RunningApi, path: str) -> None:
    response = api.client.get(path)
    assert (response.status_code, response.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert response.headers["cache-control"] == "no-cache"
    again = api.client.get(path, headers={"If-None-Match": response.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["content-security-policy"] == response.headers["content-security-policy"]
    assert api.client.get(path, headers={"If-None-Match": '"another"'}).status_code == 200


def test_hashed_files_are_kept_for_good(api: RunningApi) -> None:
    response = api.client.get(SCRIPT)
    assert response.headers["content-type"] == "text/javascript; charset=utf-8"
    assert response.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert api.client.get("/favicon.svg").headers["cache-control"] == "no-cache"


def test_files_are_compressed_for_those_who_take_it(api: RunningApi) -> None:
    plain = api.client.get(STYLE, headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    for taken in ("gzip", "br, gzip, deflate", "gzip;q=0.5"):
        packed = api.client.get(STYLE, headers={"Accept-Encoding": taken})
        assert packed.headers["content-encoding"] == "gzip"
        assert int(packed.headers["content-length"]) < len(plain.content)
        assert packed.content == plain.content
        assert packed.headers["etag"] != plain.headers["etag"]
        assert packed.headers["vary"] == "Accept-Encoding"
    for refused in ("gzip;q=0", "br", ""):
        assert "content-encoding" not in api.client.get(STYLE, headers={"Accept-Encoding": refused}).headers


@pytest.mark.parametrize(
    "path",
    [
        "/coverage",
        "/flow-quality/deep/link",
        "/assets/gone-0000.js",
        "/assets/",
        "/robots.txt",
        "/assets/../../pyproject.toml",
        "/%2e%2e/x.py",
    ],
)
def test_what_is_not_there_is_not_the_page(api: RunningApi, path: str) -> None:
    response = api.client.get(path)
    assert (response.status_code, response.headers["content-type"]) == (404, "application/problem+json")


@pytest.mark.parametrize("path", ["/api", "/api/", "/api/v1/nothing", "/health", "/schema/nothing"])
def test_addresses_of_the_api_are_never_the_page(api: RunningApi, path: str) -> None:
    assert api.client.get(path).headers["content-type"] == "application/problem+json"


def test_the_page_takes_scripts_and_styles_of_its_own_alone(api: RunningApi) -> None:
    policy = dict(
        part.strip().split(" ", 1) for part in api.client.get("/").headers["content-security-policy"].split(";")
    )
    assert policy["script-src"] == policy["style-src"] == "'self'"
    assert policy["default-src"] == "'none'"
    assert policy["frame-ancestors"] == "'none'"
    assert policy["connect-src"] == "'self'"


def test_the_documentation_needs_no_script_and_no_other_host(api: RunningApi) -> None:
    response = api.client.get("/schema")
    assert "script" not in response.headers["content-security-policy"]
    assert "unsafe" not in response.headers["content-security-policy"]
    assert "<script" not in response.text
    assert "http://" not in response.text
    assert "https://" not in response.text
    assert "quality_score" in response.text
