"""Every way to be refused before anything is read: 401 for a token, 403 for a user, then 400."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.api.conftest import READER
from tests.api.running import PATHS, SECRET, RunningApi, running_api, token
from tests.api.world import Account
from tests.infra.database import Database

PrivateKey = RSAPrivateKey | EllipticCurvePrivateKey


@pytest.fixture(scope="module")
def rsa_key() -> RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


@pytest.fixture(scope="module")
def ec_key() -> EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


@pytest.fixture(scope="module")
def api(
    module_database: Database,
    accounts: tuple[Account, Account],
    rsa_key: RSAPrivateKey,
    ec_key: EllipticCurvePrivateKey,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[RunningApi]:
    """With a secret and a key set, an audience and an issuer."""
    assert accounts
    folder = tmp_path_factory.mktemp("api")
    keys = [
        {**jwt.algorithms.RSAAlgorithm.to_jwk(rsa_key.public_key(), as_dict=True), "kid": "rsa", "use": "sig"},
        {**jwt.algorithms.ECAlgorithm.to_jwk(ec_key.public_key(), as_dict=True), "kid": "ec", "alg": "ES256"},
        {
            **jwt.algorithms.RSAAlgorithm.to_jwk(rsa_key.public_key(), as_dict=True),
            "kid": "for-encryption",
            "use": "enc",
        },
        {"kty": "oct", "kid": "symmetric", "k": base64.urlsafe_b64encode(SECRET.encode()).decode()},
    ]
    jwks = folder / "jwks.json"
    jwks.write_text(json.dumps({"keys": keys}))
    with running_api(
        folder / "log",
        module_database.replica_dsn_for(READER),
        AUTH_JWKS_FILE=str(jwks),
        AUTH_JWT_AUDIENCE="analytics",
        AUTH_JWT_ISSUER="https://flowpilot.example",
    ) as running:
        yield running


def ask(api: RunningApi, *authorization: str, path: str = PATHS["overview"]) -> httpx.Response:
    return api.client.get(path, headers=[("Authorization", value) for value in authorization])


def good(account: Account, **changes: object) -> dict[str, object]:
    claims: dict[str, object] = {
        "sub": str(account.admin),
        "exp": int(time.time()) + 60,
        "aud": "analytics",
        "iss": "https://flowpilot.example",
    }
    return {name: value for name, value in {**claims, **changes}.items() if value is not None}


def hs256(claims: dict[str, object], secret: str | bytes = SECRET) -> str:
    return jwt.encode(claims, secret, "HS256")


def assembled(header: dict[str, object], claims: object, secret: bytes = SECRET.encode()) -> str:
    """A token as an attacker writes it, whatever a library would think of it; signed with HMAC."""
    parts = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in (header, claims)]
    signature = hmac.digest(secret, b".".join(parts), hashlib.sha256)
    return b".".join([*parts, base64.urlsafe_b64encode(signature).rstrip(b"=")]).decode()


def test_tokens_of_the_secret_and_of_both_keys_are_accepted(
    api: RunningApi, alpha: Account, rsa_key: RSAPrivateKey, ec_key: EllipticCurvePrivateKey
) -> None:
    claims = good(alpha)
    tokens = [
        hs256(claims),
        jwt.encode(claims, rsa_key, "RS256", {"kid": "rsa"}),
        jwt.encode(claims, ec_key, "ES256", {"kid": "ec"}),
        hs256(good(alpha, aud=["something", "analytics"])),
        hs256(good(alpha, sub=str(alpha.admin).upper())),
        hs256(good(alpha, sub=str(alpha.super_admin))),
        hs256(good(alpha, exp=int(time.time()) - 20)),  # within the leeway
        hs256(good(alpha, jti=7)),
    ]
    assert [ask(api, f"Bearer {each}").status_code for each in tokens] == [200] * len(tokens)
    assert ask(api, f"bearer {tokens[0]}").status_code == 200, "the scheme's case does not matter"


REFUSED = {
    "expired": lambda account: hs256(good(account, exp=int(time.time()) - 60)),
    "without exp": lambda account: hs256(good(account, exp=None)),
    "exp is text": lambda account: hs256(good(account, exp="soon")),
    "exp is infinite": lambda account: assembled({"alg": "HS256"}, good(account, exp=float("inf"))),
    "exp is no number": lambda account: assembled({"alg": "HS256"}, good(account, exp=float("nan"))),
    "exp is a list": lambda account: assembled({"alg": "HS256"}, good(account, exp=[9999999999])),
    "not valid yet": lambda account: hs256(good(account, nbf=int(time.time()) + 3600)),
    "without sub": lambda account: hs256(good(account, sub=None)),
    "sub is a number": lambda account: assembled({"alg": "HS256"}, good(account, sub=7)),
    "sub is an address": lambda account: hs256(good(account, sub="admin@example.com")),
    "sub is a uuid in braces": lambda account: hs256(good(account, sub=f"{{{account.admin}}}")),
    "sub has a NUL": lambda account: hs256(good(account, sub=f"{account.admin}\x00")),
    "sub is nobody": lambda _: hs256(good(Account("nobody"), sub=str(uuid4()))),
    "sub is an account": lambda account: hs256(good(account, sub=str(account.id))),
    "another audience": lambda account: hs256(good(account, aud="billing")),
    "without an audience": lambda account: hs256(good(account, aud=None)),
    "another issuer": lambda account: hs256(good(account, iss="https://elsewhere.example")),
    "without an issuer": lambda account: hs256(good(account, iss=None)),
    "another secret": lambda account: hs256(good(account), "another secret that is long enough as well"),
    "an empty secret": lambda account: assembled({"alg": "HS256"}, good(account), b""),
    "signature cut off": lambda account: hs256(good(account)).rpartition(".")[0] + ".",
    "alg none": lambda account: jwt.encode(good(account), None, "none"),
    "alg None in capitals": lambda account: assembled({"alg": "NONE"}, good(account)),
    "alg missing": lambda account: assembled({"typ": "JWT"}, good(account)),
    "alg is a list": lambda account: assembled({"alg": ["HS256"]}, good(account)),
    "alg HS512": lambda account: jwt.encode(good(account), SECRET * 2, "HS512"),
    "alg HS384": lambda account: jwt.encode(good(account), SECRET, "HS384"),
    "kid of an oct key": lambda account: assembled({"alg": "HS384", "kid": "symmetric"}, good(account)),
    "unknown critical header": lambda account: assembled({"alg": "HS256", "crit": ["x"], "x": 1}, good(account)),
    "claims are a list": lambda _: assembled({"alg": "HS256"}, [1]),
    "claims are a mile deep": lambda _: "eyJhbGciOiJIUzI1NiJ9." + "W1tb" * 2500 + ".AAAA",
    "not a token": lambda _: "not-a-token",
    "not base64": lambda _: "%%%.%%%.%%%",
    "five parts": lambda _: "a.b.c.d.e",
}


@pytest.mark.parametrize("make", REFUSED.values(), ids=REFUSED)
@pytest.mark.parametrize("name", ["overview", "sessions"])
def test_a_token_that_proves_nothing_is_401(api: RunningApi, alpha: Account, make: object, name: str) -> None:
    assert callable(make)
    response = ask(api, f"Bearer {make(alpha)}", path=PATHS[name] + "?nonsense=1")
    assert (response.status_code, response.json()["status"]) == (401, 401), response.text
    assert response.headers["content-type"] == "application/problem+json"
    assert response.headers["www-authenticate"].startswith("Bearer ")
    assert 'error="invalid_token"' in response.headers["www-authenticate"]
    assert response.headers["cache-control"] == "no-store"


def test_the_wrong_key_and_the_wrong_kid_are_401(
    api: RunningApi, alpha: Account, rsa_key: RSAPrivateKey, ec_key: EllipticCurvePrivateKey
) -> None:
    strange_rsa, strange_ec = rsa.generate_private_key(65537, 2048), ec.generate_private_key(ec.SECP256R1())
    cases: list[tuple[PrivateKey, str, dict[str, str]]] = [
        (strange_rsa, "RS256", {"kid": "rsa"}),
        (strange_ec, "ES256", {"kid": "ec"}),
        (rsa_key, "RS256", {"kid": "ec"}),
        (ec_key, "ES256", {"kid": "rsa"}),
        (rsa_key, "RS256", {"kid": "unknown"}),
        (rsa_key, "RS256", {}),
        (rsa_key, "RS384", {"kid": "rsa"}),
        (rsa_key, "PS256", {"kid": "rsa"}),
        (rsa_key, "RS256", {"kid": "for-encryption"}),
        (strange_rsa, "RS256", {"jku": "https://attacker.example/jwks.json"}),
    ]
    for key, algorithm, header in cases:
        response = ask(api, f"Bearer {jwt.encode(good(alpha), key, algorithm, header)}")
        assert response.status_code == 401, (algorithm, header)


def test_a_public_key_is_no_hmac_secret(api: RunningApi, alpha: Account, rsa_key: RSAPrivateKey) -> None:
    public = rsa_key.public_key()
    for encoding, form in ((Encoding.PEM, PublicFormat.SubjectPublicKeyInfo), (Encoding.DER, PublicFormat.PKCS1)):
        forged = assembled({"alg": "HS256", "kid": "rsa"}, good(alpha), public.public_bytes(encoding, form))
        assert ask(api, f"Bearer {forged}").status_code == 401
    embedded = jwt.algorithms.RSAAlgorithm.to_jwk(public, as_dict=True)
    own = jwt.encode(good(alpha), rsa.generate_private_key(65537, 2048), "RS256", {"jwk": embedded})
    assert ask(api, f"Bearer {own}").status_code == 401, "a key in the token's own header counts for nothing"


@pytest.mark.parametrize(
    "authorization", [[], [""], ["Basic YTpi"], ["Token x"]], ids=["none", "empty", "basic", "another scheme"]
)
def test_without_a_bearer_token_the_bare_challenge_comes(api: RunningApi, authorization: list[str]) -> None:
    response = ask(api, *authorization)
    assert response.status_code == 401
    assert response.headers["www-authenticate"] == 'Bearer realm="flowpilot-analytics"'


def test_two_headers_or_two_tokens_are_401(api: RunningApi, alpha: Account, bravo: Account) -> None:
    first, second = f"Bearer {hs256(good(alpha))}", f"Bearer {hs256(good(bravo))}"
    assert ask(api, first, second).status_code == 401
    assert ask(api, f"{first} {hs256(good(bravo))}").status_code == 401
    assert ask(api, "Bearer").status_code == 401


def test_a_token_elsewhere_than_in_the_header_counts_for_nothing(api: RunningApi, alpha: Account) -> None:
    value = hs256(good(alpha))
    assert api.client.get(PATHS["psa"], params={"access_token": value}).status_code == 401
    assert api.client.get(PATHS["psa"], headers={"Cookie": f"token={value}"}).status_code == 401


@pytest.mark.parametrize("name", PATHS)
@pytest.mark.parametrize("user", ["engineer", "viewer", "disabled"])
def test_a_user_who_may_not_look_is_403_before_parameters_are(
    api: RunningApi, alpha: Account, name: str, user: str
) -> None:
    response = ask(api, f"Bearer {hs256(good(alpha, sub=str(getattr(alpha, user))))}", path=f"{PATHS[name]}?bad=1")
    assert (response.status_code, response.headers["content-type"]) == (403, "application/problem+json")
    assert alpha.mark not in response.text


def test_roles_and_accounts_in_the_token_count_for_nothing(api: RunningApi, alpha: Account, bravo: Account) -> None:
    claims = good(alpha, sub=str(alpha.viewer), role="super_admin", account_id=str(bravo.id), is_active=True)
    assert ask(api, f"Bearer {hs256(claims)}").status_code == 403
    claims = good(alpha, role="super_admin", account_id=str(bravo.id))
    assert bravo.mark not in ask(api, f"Bearer {hs256(claims)}", path=PATHS["coverage"]).text


def test_a_demoted_or_deleted_user_loses_access_at_once(
    api: RunningApi, module_database: Database, alpha: Account
) -> None:
    user = uuid4()
    authorization = f"Bearer {hs256(good(alpha, sub=str(user)))}"
    steps = [
        ("insert into users values (%(user)s, %(account)s, 'x@example.com', 'team_admin', true)", 200),
        ("update users set role = 'engineer' where id = %(user)s", 403),
        ("update users set role = 'Team_Admin' where id = %(user)s", 403),
        ("update users set role = 'super_admin' where id = %(user)s", 200),
        ("update users set is_active = false where id = %(user)s", 403),
        ("delete from users where id = %(user)s", 401),
    ]
    for statement, expected in steps:
        with module_database.connect() as connection:
            connection.execute(statement, {"user": user, "account": alpha.id})
        module_database.wait_for_replica()
        assert ask(api, authorization).status_code == expected, statement


def test_aud_and_iss_are_ignored_unless_configured(module_database: Database, alpha: Account, tmp_path: Path) -> None:
    with running_api(tmp_path / "log", module_database.replica_dsn_for(READER)) as plain:
        authorization = f"Bearer {token(alpha.admin, aud='whatever', iss='whoever')}"
        assert ask(plain, authorization).status_code == 200
        key = rsa.generate_private_key(65537, 2048)
        unsupported = jwt.encode(good(alpha), key, "RS256", {"kid": "rsa"})
        assert ask(plain, f"Bearer {unsupported}").status_code == 401, "no key set, no RS256"
