"""From the `Authorization` header to a user's id, and nothing more: account and role come from the database."""

import re
import time
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import jwt

from analytics_api.auth.keys import Algorithm, KeySet, PublicKey
from analytics_api.problems.errors import MissingTokenError, UnauthorizedError

LEEWAY_SECONDS = 30
REMEMBERED_TOKENS = 2_000
"""A page asks with one token again and again; to verify it costs as much as half of what else a 304 does."""
UUID_FORM = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
"""The canonical form alone: Python's `UUID` reads several more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenVerifier:
    """Verifies bearer tokens with the configured secret, the configured key set, or both.

    The token's header only selects among what is configured: HS256 is verified with the secret alone, RS256 and ES256
    with the one key of that `kid` and algorithm alone. So a public key can never serve as an HMAC secret, and `none`
    or any other algorithm finds no key.
    """

    secret: bytes | None = field(repr=False)
    previous_secret: bytes | None = field(repr=False, default=None)
    """Verifies what the main application signed before it had the new one."""
    keys: KeySet
    audience: str | None = None
    issuer: str | None = None

    _verified_before: OrderedDict[str, "_Verified"] = field(default_factory=OrderedDict, repr=False, compare=False)

    def user_id(self, authorization: list[str]) -> UUID:
        """Return the user that the `Authorization` headers prove; raise `UnauthorizedError` for anything less."""
        token = _bearer_token(authorization)
        verified = self._verified_before.get(token)
        if (
            verified is None
            or verified.expires_at <= time.time()
            or self._keys_for(verified.header)[1] != verified.keys
        ):
            verified = self._verified_before[token] = self._verify(token)
            if len(self._verified_before) > REMEMBERED_TOKENS:
                self._verified_before.popitem(last=False)
        return verified.user_id

    def _verify(self, token: str) -> "_Verified":
        try:
            header = jwt.get_unverified_header(token)
            algorithm, keys = self._keys_for(header)
            claims = self._claims(token, algorithm, keys)
        except jwt.ExpiredSignatureError:
            raise UnauthorizedError("the token has expired") from None
        except (jwt.PyJWTError, ValueError, TypeError, ArithmeticError, RecursionError):
            # PyJWT lets a few faults of a hostile token through as they are (an infinite `exp`, JSON a mile deep).
            raise UnauthorizedError("the token is not valid") from None
        return _Verified(_as_user_id(claims["sub"]), int(claims["exp"]) + LEEWAY_SECONDS, header, keys)

    def _claims(self, token: str, algorithm: str, keys: Sequence[bytes | PublicKey]) -> dict[str, Any]:
        """Return what the first key that made the signature vouches for."""
        *others, last = keys
        for key in others:
            try:
                return self._verified(token, algorithm, key)
            except jwt.InvalidSignatureError:
                continue
        return self._verified(token, algorithm, last)

    def _verified(self, token: str, algorithm: str, key: bytes | PublicKey) -> dict[str, Any]:
        return jwt.decode(
            token,
            key,
            algorithms=[algorithm],
            audience=self.audience,
            issuer=self.issuer,
            leeway=LEEWAY_SECONDS,
            options={
                "require": self._required_claims(),
                "verify_aud": self.audience is not None,
                "verify_iss": self.issuer is not None,
                # Nothing here relies on it, and a main application that numbers its tokens means no harm.
                "verify_jti": False,
            },
        )

    def _required_claims(self) -> list[str]:
        configured = {"aud": self.audience, "iss": self.issuer}
        return ["exp", "sub", *(claim for claim, wanted in configured.items() if wanted is not None)]

    def _keys_for(self, header: dict[str, object]) -> tuple[str, Sequence[bytes | PublicKey]]:
        algorithm = header.get("alg")
        if algorithm == "HS256" and self.secret is not None:
            return algorithm, [secret for secret in (self.secret, self.previous_secret) if secret is not None]
        kid = header.get("kid")
        if isinstance(kid, str):
            asymmetric: tuple[Algorithm, ...] = ("RS256", "ES256")
            for candidate in asymmetric:
                if algorithm == candidate and (key := self.keys.get((kid, candidate))) is not None:
                    return candidate, [key]
        raise UnauthorizedError("the token is not signed with a key that is known here")


@dataclass(frozen=True, slots=True)
class _Verified:
    """What a token proved, by which keys; it proves it again until it expires, while they are the keys for it."""

    user_id: UUID
    expires_at: int
    header: dict[str, object]
    keys: Sequence[bytes | PublicKey]


def _bearer_token(authorization: list[str]) -> str:
    if not authorization:
        raise MissingTokenError("send the header Authorization: Bearer <token>")
    scheme, _, token = authorization[0].partition(" ")
    if scheme.lower() != "bearer":
        raise MissingTokenError("send the header Authorization: Bearer <token>")
    token = token.strip(" ")
    if len(authorization) > 1 or not token or not token.isascii() or " " in token:
        raise UnauthorizedError("send one header Authorization: Bearer <token>")
    return token


def _as_user_id(subject: object) -> UUID:
    if not isinstance(subject, str) or UUID_FORM.fullmatch(subject) is None:
        raise UnauthorizedError("the token names no user of the analytics")
    return UUID(subject)
