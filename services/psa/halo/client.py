"""Tokens and errors of HaloPSA's REST API."""

import asyncio
from collections.abc import AsyncIterator
from http import HTTPStatus
from typing import Any, Final

from services.psa.answer import NO_JSON, Answer
from services.psa.connections import HaloConnection
from services.psa.egress import EgressPolicy
from services.psa.errors import AuthenticationError, PsaError, UnavailableError, UnknownOutcomeError
from services.psa.http import PsaHttp
from services.psa.listing import PAGE_SIZE, Page, every_item
from services.psa.values import id_in

CLOUD: Final = (".halopsa.com", ".haloservicedesk.com")
_SPARE_SECONDS: Final = 60
_LONGEST_TOKEN_SECONDS: Final = 86_400


class HaloClient:
    """Requests with a bearer token, which is asked for when it is needed."""

    def __init__(
        self, connection: HaloConnection, policy: EgressPolicy, *, read_seconds: float, concurrency: int
    ) -> None:
        self._site = policy.origin(connection.site, CLOUD)
        self._connection = connection
        self._http = PsaHttp(
            frozenset({self._site}),
            policy,
            secrets=(connection.client_secret.reveal(),),
            read_seconds=read_seconds,
            concurrency=concurrency,
        )
        self._token = ""
        self._token_ends = 0.0
        self._one_token = asyncio.Lock()

    async def aclose(self) -> None:
        """Close its connections."""
        await self._http.aclose()

    async def get(self, path: str, params: dict[str, str] | None = None) -> Any:  # noqa: ANN401  JSON of any shape
        """Get what the API says of a path."""
        answer = await self._http.read(f"{self._site}/api{path}", headers=await self._headers(), params=params)
        if answer.status == HTTPStatus.UNAUTHORIZED:  # the token was revoked
            self._token_ends = 0
            answer = await self._http.read(f"{self._site}/api{path}", headers=await self._headers(), params=params)
        if not answer.ok:
            raise self._failure(answer, write=False)
        if answer.body is None or answer.body is NO_JSON:
            raise UnavailableError(f"HTTP {answer.status} without JSON")
        return answer.body

    def every(self, path: str, params: dict[str, str], name: str) -> AsyncIterator[dict[str, Any]]:
        """Yield every item of a list, which the answer holds under `name` beside its length; see `every_item`."""

        async def page_of(paging: dict[str, str]) -> Page:
            body = await self.get(path, params | paging)
            items = body.get(name) if isinstance(body, dict) else None
            if not isinstance(items, list):
                raise UnavailableError(f"{path} is not answered by a list")
            total = body.get("record_count")
            return Page(items, total if isinstance(total, int) else None)

        async def page_at(number: int) -> Page:
            return await page_of({"pageinate": "true", "page_size": str(PAGE_SIZE), "page_no": str(number)})

        async def at_once(count: int) -> Page:
            return await page_of({"count": str(count)})

        return every_item(page_at, at_once=at_once)

    async def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Post one entity: Halo takes and answers arrays."""
        answer = await self._http.write("POST", f"{self._site}/api{path}", headers=await self._headers(), json=[body])
        if answer.status == HTTPStatus.UNAUTHORIZED:  # nothing was done, so it may go again with another token
            self._token_ends = 0
            headers = await self._headers()
            answer = await self._http.write("POST", f"{self._site}/api{path}", headers=headers, json=[body])
        if not answer.ok:
            raise self._failure(answer, write=True)
        made = answer.body[0] if isinstance(answer.body, list) and answer.body else answer.body
        if id_in(made) is None:
            raise UnknownOutcomeError(f"HTTP {answer.status} without the entity")
        entity: dict[str, Any] = made
        return entity

    def _failure(self, answer: Answer, *, write: bool) -> PsaError:
        said = _said(answer.body)
        # It refuses a token without a word.
        own = bool(said) or (answer.empty and answer.status == HTTPStatus.UNAUTHORIZED)
        return self._http.failure(answer, said, write=write, own=own)

    async def _headers(self) -> dict[str, str]:
        now = asyncio.get_running_loop().time()
        async with self._one_token:
            if now >= self._token_ends:
                await self._fetch_token(now)
        return {"Authorization": f"Bearer {self._token}", "Accept": "application/json"}

    async def _fetch_token(self, now: float) -> None:
        form = {
            "grant_type": "client_credentials",
            "client_id": self._connection.client_id,
            "client_secret": self._connection.client_secret.reveal(),
            "scope": "all",
        }
        if self._connection.tenant is not None:
            form["tenant"] = self._connection.tenant
        try:
            answer = await self._http.write("POST", f"{self._site}/auth/token", headers={}, form=form)
        except UnknownOutcomeError as error:
            raise UnavailableError(str(error)) from None  # a token more or less changes nothing
        self._token, seconds = self._token_in(answer)
        self._token_ends = now + max(seconds - _SPARE_SECONDS, 0)

    def _token_in(self, answer: Answer) -> tuple[str, float]:
        said = _said(answer.body)
        if said and answer.status in (HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED):
            raise AuthenticationError(self._http.clean(f"HTTP {answer.status}: no token: {said}"))
        if not answer.ok:
            raise self._http.failure(answer, "no token", write=False, own=bool(said))
        match answer.body:
            case {"access_token": str(token), "expires_in": int(seconds) | float(seconds)} if (
                token.isascii() and token.isprintable()
            ):
                self._http.hide(token)
                return token, seconds if 0 < seconds < _LONGEST_TOKEN_SECONDS else _SPARE_SECONDS
        raise UnavailableError("the answer holds no token")


def _said(body: object) -> str:
    """Halo's own words, in one of several fields or as a JSON text; a gateway's page has none."""
    if isinstance(body, str):
        return body
    fields = ("error_description", "message", "Message", "error", "title")
    parts = [body.get(field) for field in fields] if isinstance(body, dict) else []
    return next((part for part in parts if isinstance(part, str) and part.strip()), "")
