"""Settings: each variable that is missing or malformed is named in one line that shows no secret."""

import json
from datetime import timedelta
from pathlib import Path

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from analytics_api.settings import Settings
from services.settings import SettingsError

SECRET = "a secret that is long enough, never shown"
REQUIRED = {"ANALYTICS_DATABASE_URL": "postgresql://api@127.0.0.1/none", "AUTH_JWT_SECRET": SECRET}


def test_the_defaults_are_the_documented_ones() -> None:
    settings = Settings.from_env(REQUIRED)
    assert (settings.host, settings.port, settings.max_staleness) == ("127.0.0.1", 8000, timedelta(seconds=30))
    assert (settings.jwt_audience, settings.jwt_issuer, settings.read_path) == (None, None, None)
    assert settings.cors_allowed_origins == frozenset()
    assert settings.engineer_self_view is False
    assert SECRET not in repr(settings)


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"ANALYTICS_DATABASE_URL": ""}, "ANALYTICS_DATABASE_URL"),
        ({"ANALYTICS_DATABASE_URL": "mysql://x:never-shown@y"}, "ANALYTICS_DATABASE_URL"),
        ({"ANALYTICS_DATABASE_URL": "postgresql://x:never-shown@y/z?no=1"}, "ANALYTICS_DATABASE_URL"),
        ({"AUTH_JWT_SECRET": ""}, "AUTH_JWT_SECRET"),
        ({"AUTH_JWT_SECRET": "short and never-shown"}, "AUTH_JWT_SECRET"),
        ({"AUTH_JWT_SECRET": "-----BEGIN PUBLIC KEY-----\nnever-shown MIIBIjANBgkqhkiG9w0B"}, "AUTH_JWT_SECRET"),
        ({"AUTH_JWKS_FILE": "/nonexistent/jwks.json"}, "AUTH_JWKS_FILE"),
        ({"AUTH_JWKS_FILE": __file__}, "AUTH_JWKS_FILE"),
        ({"CORS_ALLOWED_ORIGINS": "app.example"}, "CORS_ALLOWED_ORIGINS"),
        ({"CORS_ALLOWED_ORIGINS": "https://app.example/"}, "CORS_ALLOWED_ORIGINS"),
        ({"CORS_ALLOWED_ORIGINS": "https://*.example"}, "CORS_ALLOWED_ORIGINS"),
        ({"MAX_STALENESS_SECONDS": "soon"}, "MAX_STALENESS_SECONDS"),
        ({"MAX_STALENESS_SECONDS": "-1"}, "MAX_STALENESS_SECONDS"),
        ({"API_PORT": "99999"}, "API_PORT"),
        ({"ANALYTICS_READ_PATH": "guess"}, "ANALYTICS_READ_PATH"),
        ({"ENGINEER_SELF_VIEW": "yes"}, "ENGINEER_SELF_VIEW"),
        ({"FRONTEND_DIST": "/nonexistent"}, "FRONTEND_DIST"),
        ({"LOG_LEVEL": "loud"}, "LOG_LEVEL"),
    ],
)
def test_a_bad_variable_is_named(changes: dict[str, str], named: str) -> None:
    with pytest.raises(SettingsError) as refused:
        Settings.from_env({**REQUIRED, **changes})
    text = str(refused.value)
    assert refused.value.variable == named
    assert text.startswith(named)
    assert "\n" not in text
    assert "never-shown" not in text


def public(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey, **members: object) -> dict[str, object]:
    algorithm = jwt.algorithms.RSAAlgorithm if isinstance(key, rsa.RSAPrivateKey) else jwt.algorithms.ECAlgorithm
    described: dict[str, object] = algorithm.to_jwk(key.public_key(), as_dict=True)  # type: ignore[arg-type]  # the pair fits
    return {**described, **members}


@pytest.fixture(scope="module")
def rsa_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


def test_a_key_set_alone_is_enough_and_what_is_not_ours_is_passed_over(
    tmp_path: Path, rsa_key: rsa.RSAPrivateKey
) -> None:
    keys = [
        public(rsa_key, kid="a", use="sig"),
        public(ec.generate_private_key(ec.SECP256R1()), kid="a"),
        public(ec.generate_private_key(ec.SECP384R1()), kid="another curve"),
        public(rsa_key, kid="another use", use="enc"),
        public(rsa_key, kid="another algorithm", alg="RS512"),
        public(rsa_key, kid="another operation", key_ops=["encrypt"]),
        public(rsa_key),
        {"kty": "oct", "kid": "symmetric", "k": "c2VjcmV0"},
    ]
    file = tmp_path / "jwks.json"
    file.write_text(json.dumps({"keys": keys}))
    settings = Settings.from_env({**REQUIRED, "AUTH_JWT_SECRET": "", "AUTH_JWKS_FILE": str(file)})
    assert settings.jwt_secret is None
    assert set(settings.jwt_keys) == {("a", "RS256"), ("a", "ES256")}


def test_a_key_set_that_cannot_be_trusted_is_refused(tmp_path: Path, rsa_key: rsa.RSAPrivateKey) -> None:
    private = {**jwt.algorithms.RSAAlgorithm.to_jwk(rsa_key, as_dict=True), "key_ops": ["verify"]}
    weak = rsa.generate_private_key(65537, 1024)  # noqa: S505  it is to be refused
    file = tmp_path / "jwks.json"
    for keys, complaint in (
        ([], "no signing key"),
        ([public(rsa_key, kid="a"), public(rsa_key, kid="a")], "two RS256 keys"),
        ([{**private, "kid": "a"}], "private key"),
        ([public(weak, kid="a")], "1024 bits"),
        ([public(rsa_key, kid="a", n="!")], "cannot be read"),
        ("keys", "not a JSON Web Key Set"),
    ):
        file.write_text(json.dumps({"keys": keys}))
        with pytest.raises(SettingsError, match=complaint):
            Settings.from_env({**REQUIRED, "AUTH_JWKS_FILE": str(file)})
