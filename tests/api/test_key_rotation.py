"""Keys and secrets of the main application are replaced without a refused request."""

import json
import time
from collections.abc import Mapping
from pathlib import Path

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

from analytics_api.settings import Settings
from services.settings import SettingsError
from tests.api.conftest import READER
from tests.api.running import PATHS, SECRET, RunningApi, running_api
from tests.api.world import Account
from tests.infra.database import Database
from tests.infra.waiting import wait_until

NEW_SECRET = "the next secret of the tests, which is as long as the first"


def status(api: RunningApi, account: Account, key: str | EllipticCurvePrivateKey, kid: str | None = None) -> int:
    claims = {"sub": str(account.admin), "exp": int(time.time()) + 60}
    algorithm, headers = ("HS256", None) if kid is None else ("ES256", {"kid": kid})
    token = jwt.encode(claims, key, algorithm, headers)
    return api.client.get(PATHS["coverage"], headers={"Authorization": f"Bearer {token}"}).status_code


def write(path: Path, keys: Mapping[str, EllipticCurvePrivateKey]) -> None:
    """Put a whole new file in the old one's place, as deployments do."""
    documents = [
        {**jwt.algorithms.ECAlgorithm.to_jwk(key.public_key(), as_dict=True), "kid": kid} for kid, key in keys.items()
    ]
    new = path.with_suffix(".new")
    new.write_text(json.dumps({"keys": documents}))
    new.replace(path)


def has_looked(api: RunningApi, account: Account, new: EllipticCurvePrivateKey) -> bool:
    assert status(api, account, new, "new") == 200
    return "key_set_unusable" in api.log.read_text()


def test_tokens_of_both_secrets_are_taken_while_one_is_replaced(
    module_database: Database, alpha: Account, tmp_path: Path
) -> None:
    """The three steps of docs/operations.md: each is a rolling restart, so that two of them answer side by side."""
    steps = [(SECRET, NEW_SECRET), (NEW_SECRET, SECRET), (NEW_SECRET, None)]
    taken = []
    for number, (secret, previous) in enumerate(steps):
        changes = {"AUTH_JWT_SECRET": secret, **({"AUTH_JWT_PREVIOUS_SECRET": previous} if previous else {})}
        with running_api(tmp_path / f"{number}.log", module_database.replica_dsn_for(READER), **changes) as api:
            taken.append((status(api, alpha, SECRET), status(api, alpha, NEW_SECRET)))
            assert status(api, alpha, "another secret, of no one that is known here") == 401
            log = (tmp_path / f"{number}.log").read_text()
            assert SECRET not in log
            assert NEW_SECRET not in log
    assert taken == [(200, 200), (200, 200), (401, 200)]


def test_a_key_file_is_read_again_when_it_changes(module_database: Database, alpha: Account, tmp_path: Path) -> None:
    old, new = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    path = tmp_path / "jwks.json"
    write(path, {"old": old})
    changes = {"AUTH_JWT_SECRET": "", "AUTH_JWKS_FILE": str(path)}
    with running_api(tmp_path / "log", module_database.replica_dsn_for(READER), **changes) as api:
        assert (status(api, alpha, old, "old"), status(api, alpha, new, "new")) == (200, 401)

        write(path, {"old": old, "new": new})
        wait_until(lambda: status(api, alpha, new, "new") == 200, "the new key is taken", 20)
        assert status(api, alpha, old, "old") == 200

        path.write_text("half a file {")
        wait_until(lambda: has_looked(api, alpha, new), "it looks at the file", 20)
        assert (status(api, alpha, old, "old"), status(api, alpha, new, "new")) == (200, 200), "the last ones stay"

        write(path, {"new": new})
        wait_until(lambda: status(api, alpha, old, "old") == 401, "the old key is refused", 20)
        assert status(api, alpha, new, "new") == 200


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"AUTH_JWT_PREVIOUS_SECRET": "short"}, "AUTH_JWT_PREVIOUS_SECRET"),
        ({"AUTH_JWT_SECRET": "", "AUTH_JWT_PREVIOUS_SECRET": SECRET}, "AUTH_JWT_"),
    ],
    ids=["too short", "alone"],
)
def test_a_previous_secret_is_held_to_the_same(changes: Mapping[str, str], named: str) -> None:
    with pytest.raises(SettingsError, match=named):
        Settings.from_env({"ANALYTICS_DATABASE_URL": "postgresql://x/y", "AUTH_JWT_SECRET": SECRET, **changes})
