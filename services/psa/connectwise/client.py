"""Addresses, headers and paging of ConnectWise's REST API."""

import base64
import re
from collections.abc import AsyncIterator
from typing import Any, Final
from urllib.parse import quote

from services.psa.connections import ConnectWiseConnection
from services.psa.connectwise.failures import failure_of
from services.psa.egress import EgressPolicy
from services.psa.errors import (
    AuthenticationError,
    NotFoundError,
    PsaError,
    UnavailableError,
    UnknownOutcomeError,
)
from services.psa.http import NO_JSON, Answer, PsaHttp

CLOUD: Final = (".myconnectwise.net", ".connectwisedev.com")
GENERIC_CODEBASE: Final = "v4_6_release/"
PAGE_SIZE: Final = 1000  # the most that is served
_MAX_PAGES: Final = 100
_CODEBASE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*/")


def api_site(site: str) -> str:
    """Return the API's host for a user-facing one: without the prefix the cloud answers "SSL is required"."""
    host = site.strip().lower().removeprefix("https://").rstrip("/")
    if host.endswith(CLOUD) and not host.startswith("api-"):
        return f"api-{host}"
    return site


class ConnectWiseClient:
    """Authenticated requests to one company's API.

    The path of the API holds the release (`codebase`), so it is asked for, and asked again when a path is not found.
    """

    def __init__(
        self, connection: ConnectWiseConnection, policy: EgressPolicy, *, read_seconds: float, concurrency: int
    ) -> None:
        self._site = policy.origin(connection.site, CLOUD)
        self._api = policy.origin(api_site(connection.site), CLOUD)
        self._company = connection.company_id
        login = f"{connection.company_id}+{connection.public_key.reveal()}:{connection.private_key.reveal()}"
        token = base64.b64encode(login.encode()).decode()
        client_id = connection.client_id.reveal()
        if not (client_id.isascii() and client_id.isprintable()):  # found out later, the error would quote it
            raise AuthenticationError("the client id holds a line end or another character that no header may hold")
        self._accept = f"application/vnd.connectwise.com+json; version={connection.api_version}"
        self._headers = {
            "Authorization": f"Basic {token}",
            "clientId": client_id,
            "Accept": self._accept,
        }
        self._http = PsaHttp(
            frozenset({self._site, self._api}),
            policy,
            secrets=(
                token,
                connection.public_key.reveal(),
                connection.private_key.reveal(),
                client_id,
            ),
            read_seconds=read_seconds,
            concurrency=concurrency,
        )
        self._codebase: str | None = None

    async def aclose(self) -> None:
        """Close its connections."""
        await self._http.aclose()

    async def get(self, path: str, params: dict[str, str] | None = None) -> Any:  # noqa: ANN401  JSON of any shape
        """Get what the API says of a path."""
        return (await self._get(path, params)).body

    async def _get(self, path: str, params: dict[str, str] | None) -> Answer:
        answer = await self._with_codebase("GET", path, params=params)
        if answer.body is None or answer.body is NO_JSON:
            raise UnavailableError(f"HTTP {answer.status} without JSON")
        return answer

    async def pages(self, path: str, params: dict[str, str]) -> AsyncIterator[dict[str, Any]]:
        """Every item of a list, page by page: on while a page is full or the answer names a next one.

        Not by its length alone, since a server may serve fewer at a time than it is asked for.
        """
        for page in range(1, _MAX_PAGES + 1):
            answer = await self._get(path, {**params, "page": str(page), "pageSize": str(PAGE_SIZE)})
            items = answer.body
            if not isinstance(items, list):
                raise UnavailableError(f"{path} is not answered by a list")
            for item in items:
                if isinstance(item, dict):
                    yield item
            if not items or (len(items) < PAGE_SIZE and not answer.has_next):
                return
        raise UnavailableError(f"{path} has more than {_MAX_PAGES} pages")

    async def write(self, method: str, path: str, body: object) -> dict[str, Any]:
        """Change something, and returns the entity that is answered.

        Raises:
            UnknownOutcomeError: also where a success is answered by anything but an entity with an id, as a gateway's
                login page would.
        """
        answer = await self._with_codebase(method, path, body=body)
        if not isinstance(answer.body, dict) or answer.body.get("id") is None:
            raise UnknownOutcomeError(f"HTTP {answer.status} without the entity")
        return answer.body

    async def _with_codebase(
        self, method: str, path: str, *, params: dict[str, str] | None = None, body: object = None
    ) -> Answer:
        codebase = self._codebase or await self._discover()
        try:
            return await self._request(method, codebase, path, params, body)
        except NotFoundError:
            # Nothing was done, so that a write may go again where a release has moved the path.
            if await self._discover() == codebase:
                raise
            return await self._request(method, self._codebase or codebase, path, params, body)

    async def _request(
        self, method: str, codebase: str, path: str, params: dict[str, str] | None, body: object
    ) -> Answer:
        url = f"{self._api}/{codebase}apis/3.0{path}"
        write = method != "GET"
        if write:
            answer = await self._http.write(method, url, headers=self._headers, json=body)
        else:
            answer = await self._http.read(url, headers=self._headers, params=params)
        if not answer.ok:
            raise self._failure(answer, write=write)
        return answer

    async def _discover(self) -> str:
        """Asks for the company's codebase. The question needs no credentials, so none are sent."""
        url = f"{self._site}/login/companyinfo/{quote(self._company, safe='')}"
        answer = await self._http.read(url, headers={"Accept": "application/json"})
        if answer.status == 404:  # noqa: PLR2004  on-premise servers may not have the page
            codebase = GENERIC_CODEBASE
        elif not answer.ok:
            raise self._failure(answer, write=False)
        elif answer.body is None:  # null: a page that is no JSON says nothing of the company
            raise NotFoundError("the site does not know the company id")
        else:
            codebase = _codebase_in(answer.body)
        self._codebase = codebase
        return codebase

    def _failure(self, answer: Answer, *, write: bool) -> PsaError:
        return failure_of(self._http, answer, write=write)


def _codebase_in(body: object) -> str:
    codebase = body.get("Codebase") if isinstance(body, dict) else None
    # It becomes a part of the address, so it must be one plain segment.
    if not isinstance(codebase, str) or _CODEBASE.fullmatch(codebase) is None:
        raise UnavailableError("the company's codebase cannot be read")
    return codebase
