"""Addresses, headers and paging of ConnectWise's REST API."""

import base64
import re
from collections.abc import AsyncIterator
from typing import Any, Final
from urllib.parse import quote

from services.psa.answer import NO_JSON, Answer
from services.psa.connections import ConnectWiseConnection
from services.psa.connectwise.failures import failure_of, own
from services.psa.egress import EgressPolicy
from services.psa.errors import (
    AuthenticationError,
    NotFoundError,
    PsaError,
    UnavailableError,
    UnknownOutcomeError,
)
from services.psa.http import PsaHttp
from services.psa.listing import PAGE_SIZE, Page, every_item
from services.psa.values import id_in

CLOUD: Final = (".myconnectwise.net", ".connectwisedev.com")
GENERIC_CODEBASE: Final = "v4_6_release/"
_NOT_FOUND: Final = 404
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

    def every(self, path: str, params: dict[str, str]) -> AsyncIterator[dict[str, Any]]:
        """Yield every item of a list; see `every_item`. It counts its lists apart, if not all of them."""

        async def page_at(number: int) -> Page:
            answer = await self._get(path, {**params, "page": str(number), "pageSize": str(PAGE_SIZE)})
            if not isinstance(answer.body, list):
                raise UnavailableError(f"{path} is not answered by a list")
            # Not by its length alone: a server may serve fewer at a time than it is asked for.
            return Page(answer.body, may_be_last=len(answer.body) < PAGE_SIZE and not answer.has_next)

        async def count() -> int | None:
            codebase = self._codebase or await self._discover()
            answer = await self._request("GET", codebase, f"{path}/count", params, None)
            found = answer.body.get("count") if isinstance(answer.body, dict) else None
            if not answer.ok and answer.status != _NOT_FOUND:
                raise self._failure(answer, write=False)
            return found if isinstance(found, int) else None

        return every_item(page_at, count=count)

    async def write(self, method: str, path: str, body: object) -> dict[str, Any]:
        """Change something, and return the entity of the answer.

        Raises:
            UnknownOutcomeError: also where a success is answered by anything but an entity with an id, as a gateway's
                login page would.
        """
        answer = await self._with_codebase(method, path, body=body)
        if id_in(answer.body) is None:
            raise UnknownOutcomeError(f"HTTP {answer.status} without the entity")
        entity: dict[str, Any] = answer.body
        return entity

    async def _with_codebase(
        self, method: str, path: str, *, params: dict[str, str] | None = None, body: object = None
    ) -> Answer:
        codebase = self._codebase or await self._discover()
        answer = await self._request(method, codebase, path, params, body)
        if answer.status == _NOT_FOUND:
            moved_to = await self._discover_after(answer, write=method != "GET")
            if moved_to != codebase:  # nothing was done, so that a write may go again, too
                answer = await self._request(method, moved_to, path, params, body)
        if not answer.ok:
            raise self._failure(answer, write=method != "GET")
        return answer

    async def _discover_after(self, answer: Answer, *, write: bool) -> str:
        """Return the codebase after a path was not found, which a release may have moved."""
        try:
            return await self._discover()
        except PsaError:
            if write and not own(answer):
                raise self._failure(answer, write=True) from None
            raise

    async def _request(
        self, method: str, codebase: str, path: str, params: dict[str, str] | None, body: object
    ) -> Answer:
        url = f"{self._api}/{codebase}apis/3.0{path}"
        if method == "GET":
            return await self._http.read(url, headers=self._headers, params=params)
        return await self._http.write(method, url, headers=self._headers, json=body)

    async def _discover(self) -> str:
        """Ask for the company's codebase. The question needs no credentials, so none are sent."""
        url = f"{self._site}/login/companyinfo/{quote(self._company, safe='')}"
        answer = await self._http.read(url, headers={"Accept": "application/json"})
        if answer.status == _NOT_FOUND:  # on-premise servers may not have the page
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
