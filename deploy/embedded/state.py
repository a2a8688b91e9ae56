"""What a state directory remembers between starts: ports, secrets and the demo account."""

import json
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Self
from uuid import uuid4

import jwt

from deploy.embedded.infrastructure import PORTS as SERVER_PORTS
from deploy.embedded.ports import free_ports
from deploy.embedded.postgres import REPLICATION_USER, SUPERUSER
from deploy.embedded.roles import LOGIN_ROLES

PART_PORTS = ("consumer", "api", "sandbox", "relay-metrics", "push-worker-metrics")
_TOKEN_LIFE = timedelta(days=3650)


@dataclass(frozen=True)
class State:
    """Made at the first start, the same ever after."""

    ports: Mapping[str, int]
    passwords: Mapping[str, str]
    """Of the database roles."""
    jwt_secret: str
    demo_account_id: str
    demo_user_id: str
    demo_token: str
    """Of a team_admin of the demo account."""
    connectwise_private_key: str

    @classmethod
    def load_or_make(cls, folder: Path) -> Self:
        path = folder / "state.json"
        if path.exists():
            return cls(**json.loads(path.read_text()))
        state = cls._make()
        part = path.with_name("state.part")
        part.unlink(missing_ok=True)
        part.touch(mode=0o600)
        part.write_text(json.dumps(asdict(state), indent=2))
        part.replace(path)
        return state

    @classmethod
    def _make(cls) -> Self:
        jwt_secret, user = secrets.token_urlsafe(48), str(uuid4())
        expires = datetime.now(UTC) + _TOKEN_LIFE
        return cls(
            ports=free_ports((*SERVER_PORTS, *PART_PORTS)),
            # Without characters that a URI would have to encode.
            passwords={role: secrets.token_urlsafe(24) for role in (SUPERUSER, REPLICATION_USER, *LOGIN_ROLES)},
            jwt_secret=jwt_secret,
            demo_account_id=str(uuid4()),
            demo_user_id=user,
            demo_token=jwt.encode({"sub": user, "exp": expires}, jwt_secret, algorithm="HS256"),
            connectwise_private_key=secrets.token_urlsafe(24),
        )
