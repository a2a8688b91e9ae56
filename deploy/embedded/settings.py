"""What each part is told through its environment: section 8 of the design, for this stack."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

from deploy.embedded.options import Options
from deploy.embedded.postgres import SUPERUSER
from deploy.embedded.roles import MAIN_APP, OWNER
from deploy.embedded.state import State

DATABASE = "flowpilot"

# Of our own environment, what would lead a part to another server or make it refuse the demo token.
_NOT_INHERITED = ("PG", "KAFKA_", "AUTH_", "CONNECTWISE_", "PSA_CONNECTIONS", "METRICS_PORT")


@dataclass(frozen=True)
class StackSettings:
    """The environment of the parts of one stack."""

    state: State
    options: Options

    def parts(self) -> dict[str, str]:
        """Return the required variables of all parts, whichever run."""
        ports = self.state.ports
        return {
            "ANALYTICS_DATABASE_URL": self._read_dsn(),
            "CONSUMER_DATABASE_URL": self._dsn("flowpilot_consumer"),
            "OUTBOX_DATABASE_URL": self._dsn("flowpilot_relay"),
            "PSA_DATABASE_URL": self._dsn("flowpilot_pusher"),
            "MIGRATION_DATABASE_URL": self._dsn(OWNER),
            "KAFKA_BOOTSTRAP_SERVERS": f"127.0.0.1:{ports['kafka']}",
            "HEALTH_PORT": str(ports["consumer"]),
            "API_PORT": str(ports["api"]),
            "AUTH_JWT_SECRET": self.state.jwt_secret,
            "CONNECTWISE_SITE": self.sandbox_url,
            "CONNECTWISE_COMPANY_ID": "sandbox",
            "CONNECTWISE_PUBLIC_KEY": "flowpilot",
            "CONNECTWISE_PRIVATE_KEY": self.state.connectwise_private_key,
            "CONNECTWISE_CLIENT_ID": "00000000-0000-4000-8000-000000000001",
            # The worker sends keys to public hosts over https only, unless the operator names a sandbox.
            "PSA_SANDBOX_URL": self.sandbox_url,
        }

    def for_people(self) -> dict[str, str]:
        """How to reach what runs."""
        state, has = self.state, self.options.has
        reach = {
            "PRIMARY_DSN": self._dsn(SUPERUSER),
            "MAIN_APP_DSN": self._dsn(MAIN_APP),
        }
        if has("replica"):
            reach["REPLICA_DSN"] = self._dsn(SUPERUSER, "replica")
        if has("api"):
            reach["API_URL"] = self.api_url
        if has("consumer"):
            reach["CONSUMER_URL"] = self.consumer_url
        if not self.options.empty:
            reach["DEMO_TOKEN"] = state.demo_token
            if has("api"):
                reach["PAGE_URL"] = self.page_url
        return reach

    def environment(self, **extra: str) -> Mapping[str, str]:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(_NOT_INHERITED)}
        return {**inherited, **self.parts(), **extra}

    @property
    def api_url(self) -> str:
        return f"http://127.0.0.1:{self.state.ports['api']}"

    @property
    def consumer_url(self) -> str:
        return f"http://127.0.0.1:{self.state.ports['consumer']}"

    @property
    def sandbox_url(self) -> str:
        return f"http://127.0.0.1:{self.state.ports['sandbox']}"

    @property
    def page_url(self) -> str:
        # In the fragment, which no browser sends to a server.
        return f"{self.api_url}/#token={quote(self.state.demo_token)}"

    def owner_dsn(self) -> str:
        return self._dsn(OWNER)

    def main_app_dsn(self) -> str:
        return self._dsn(MAIN_APP)

    def _dsn(self, role: str, server: str = "primary") -> str:
        return f"postgresql://{role}:{self.state.passwords[role]}@127.0.0.1:{self.state.ports[server]}/{DATABASE}"

    def _read_dsn(self) -> str:
        """Return the replica; where it does not answer, the primary."""
        if not self.options.has("replica"):
            return self._dsn("flowpilot_api")
        role, ports = "flowpilot_api", self.state.ports
        hosts = f"127.0.0.1:{ports['replica']},127.0.0.1:{ports['primary']}"
        password = self.state.passwords[role]
        return f"postgresql://{role}:{password}@{hosts}/{DATABASE}?target_session_attrs=prefer-standby"
