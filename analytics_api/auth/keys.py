"""The public keys of a JWKS file: only signing keys of the two algorithms that we accept, found by `kid` and `alg`."""

import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal, cast

import jwt
import msgspec
import structlog
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

PublicKey = RSAPublicKey | EllipticCurvePublicKey
Algorithm = Literal["RS256", "ES256"]
KeySet = Mapping[tuple[str, Algorithm], PublicKey]

_MIN_RSA_BITS = 2048
LOOK_SECONDS = 1.0

log = structlog.get_logger(__name__)


class KeySetError(ValueError):
    """The file is no usable key set."""


class KeyFile(Mapping[tuple[str, Algorithm], PublicKey]):
    """The key set of a file, read again when the file changes; while what it holds is no key set, the last one stays.

    So keys are rotated by writing the file: first the new key beside the old one, and when no token of the old one
    lives any more, without it.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stamp = _stamp(path)
        self._keys = parse_key_set(path.read_bytes())
        self._looked_at = time.monotonic()

    def __getitem__(self, name: tuple[str, Algorithm]) -> PublicKey:
        self._look()
        return self._keys[name]

    def __iter__(self) -> Iterator[tuple[str, Algorithm]]:
        return iter(self._keys)

    def __len__(self) -> int:
        return len(self._keys)

    def _look(self) -> None:
        now = time.monotonic()
        if now - self._looked_at < LOOK_SECONDS:
            return
        self._looked_at = now
        try:
            stamp = _stamp(self._path)
            if stamp != self._stamp:
                self._stamp = stamp
                self._keys = parse_key_set(self._path.read_bytes())
                log.info("key_set_read_again", keys=sorted(kid for kid, _ in self._keys))
        except (KeySetError, OSError) as error:
            log.error("key_set_unusable", path=str(self._path), error=str(error), keeping=len(self._keys))  # noqa: TRY400  it says where


def _stamp(path: Path) -> tuple[int, int, int]:
    # Of what a link points to: Kubernetes exchanges the link.
    status = path.stat()
    return status.st_mtime_ns, status.st_ino, status.st_size


def parse_key_set(content: bytes) -> KeySet:
    """Return the signing keys of a JWKS document by (`kid`, algorithm).

    Keys for other purposes, of other types or without a `kid` are passed over: a key set may serve others too. A key
    of ours that is broken or weak, two under one name, or none at all raise `KeySetError`.
    """
    keys: dict[tuple[str, Algorithm], PublicKey] = {}
    for entry in _entries(content):
        algorithm = _algorithm(entry)
        kid = entry.get("kid")
        if algorithm is None or not isinstance(kid, str) or not kid:
            continue
        if (kid, algorithm) in keys:
            raise KeySetError(f"two {algorithm} keys have the kid {kid!r}")
        keys[kid, algorithm] = _public_key(entry, kid, algorithm)
    if not keys:
        raise KeySetError("no signing key with a kid for RS256 or ES256 in it")
    return keys


def _entries(content: bytes) -> list[dict[str, Any]]:
    try:
        return msgspec.json.decode(content, type=dict[str, list[dict[str, Any]]])["keys"]
    except (msgspec.DecodeError, KeyError, UnicodeDecodeError) as error:
        raise KeySetError(f"not a JSON Web Key Set: {error}") from error


def _algorithm(entry: Mapping[str, Any]) -> Algorithm | None:
    """Return the one algorithm that the key may verify, so that no token can choose another."""
    if entry.get("use", "sig") != "sig" or "verify" not in entry.get("key_ops", ["verify"]):
        return None
    implied: Algorithm | None = None
    if entry.get("kty") == "RSA":
        implied = "RS256"
    elif entry.get("kty") == "EC" and entry.get("crv") == "P-256":
        implied = "ES256"
    return implied if entry.get("alg", implied) == implied else None


def _public_key(entry: dict[str, Any], kid: str, algorithm: Algorithm) -> PublicKey:
    if "d" in entry:
        raise KeySetError(f"the key {kid!r} is a private key: only public keys belong here")
    try:
        key = cast("PublicKey", jwt.PyJWK(entry, algorithm).key)
    except (jwt.PyJWTError, ValueError, TypeError) as error:
        raise KeySetError(f"the key {kid!r} cannot be read: {error}") from error
    if isinstance(key, RSAPublicKey) and key.key_size < _MIN_RSA_BITS:
        raise KeySetError(f"the key {kid!r} has {key.key_size} bits; at least {_MIN_RSA_BITS} are needed")
    return key
