from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Self

from services.psa.connections import CONNECTWISE_API_VERSION, ConnectWiseConnection
from services.psa.egress import EgressPolicy
from services.psa.secret import Secret
from services.settings import SettingsError, Variables

_CONNECTWISE = ("SITE", "COMPANY_ID", "PUBLIC_KEY", "PRIVATE_KEY", "CLIENT_ID")


@dataclass(frozen=True, slots=True)
class WorkerSettings:
    """The push worker's settings, read once."""

    database_url: str = field(repr=False)
    """PSA_DATABASE_URL: the primary, as a role that has `analytics_pusher`."""
    connection: ConnectWiseConnection | None
    """CONNECTWISE_SITE, _COMPANY_ID, _PUBLIC_KEY, _PRIVATE_KEY, _CLIENT_ID (and _API_VERSION): every account's, in a
    single-tenant or local installation."""
    connections: str | None
    """PSA_CONNECTIONS: `module:function`, the main application's own `connection_for(account_id)`."""
    policy: EgressPolicy
    """PSA_ON_PREMISE_HOSTS, PSA_ON_PREMISE_NETWORKS (comma-separated) and PSA_SANDBOX_URL."""
    reconcile_seconds: int
    """PSA_RECONCILE_AFTER_SECONDS (60): longer than the PSA works on a request that no one waits for any more."""
    most_sends: int
    """PSA_MOST_SENDS (8): how often an intent is sent that gets no success and is not found afterwards."""
    read_seconds: int
    """PSA_READ_TIMEOUT_SECONDS (30): how long an answer is waited for."""
    account_concurrency: int
    """PSA_ACCOUNT_CONCURRENCY (4): requests of one account at a time, over all workers."""
    worker_concurrency: int
    """PSA_WORKER_CONCURRENCY (32): intents of this worker at a time."""
    poll_seconds: float
    """PSA_POLL_MS (250): how often a worker with nothing to do looks for new intents."""
    metrics_port: int | None
    """METRICS_PORT: where Prometheus metrics are served; None for nowhere."""
    traces: bool
    """Whether OTEL_EXPORTER_OTLP_ENDPOINT is set."""
    log_level: str

    @property
    def work_seconds(self) -> float:
        """How long one attempt may take in all."""
        return 1.5 * self.read_seconds + 2

    @property
    def lease_seconds(self) -> float:
        """How long a claim holds: a worker that is silent for longer is taken for dead."""
        return self.work_seconds + 3

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> Self:
        """Read the variables.

        Raises:
            SettingsError: one is missing or malformed.
        """
        variables = Variables(environ)
        return cls(
            database_url=variables.database_url("PSA_DATABASE_URL"),
            connection=_connectwise(variables),
            connections=variables.optional("PSA_CONNECTIONS"),
            policy=_policy(variables),
            reconcile_seconds=variables.integer("PSA_RECONCILE_AFTER_SECONDS", default=60, at_least=1, at_most=86_400),
            most_sends=variables.integer("PSA_MOST_SENDS", default=8, at_least=1, at_most=1000),
            read_seconds=variables.integer("PSA_READ_TIMEOUT_SECONDS", default=30, at_least=1, at_most=300),
            account_concurrency=variables.integer("PSA_ACCOUNT_CONCURRENCY", default=4, at_least=1, at_most=4),
            worker_concurrency=variables.integer("PSA_WORKER_CONCURRENCY", default=32, at_least=1, at_most=500),
            poll_seconds=variables.integer("PSA_POLL_MS", default=250, at_least=10, at_most=60_000) / 1000,
            metrics_port=variables.port("METRICS_PORT", default=None),
            traces=variables.traces(),
            log_level=variables.log_level(),
        )


def _connectwise(variables: Variables) -> ConnectWiseConnection | None:
    """All of them, or none where the main application's function is named instead."""
    given = [name for name in _CONNECTWISE if variables.optional(f"CONNECTWISE_{name}")]
    if variables.optional("PSA_CONNECTIONS"):
        if given:
            raise SettingsError("PSA_CONNECTIONS", f"is set, and so is CONNECTWISE_{given[0]}; give one of the two")
        return None
    site, company, public, private, client = (
        variables.text(f"CONNECTWISE_{name}", needed_for="the push worker (or PSA_CONNECTIONS instead of all of these)")
        for name in _CONNECTWISE
    )
    return ConnectWiseConnection(
        site=site,
        company_id=company,
        public_key=Secret(public),
        private_key=Secret(private),
        client_id=Secret(client),
        api_version=variables.optional("CONNECTWISE_API_VERSION") or CONNECTWISE_API_VERSION,
    )


def _policy(variables: Variables) -> EgressPolicy:
    sandbox = (variables.optional("PSA_SANDBOX_URL") or "").rstrip("/") or None
    if sandbox is not None and not sandbox.startswith("http://"):
        raise SettingsError("PSA_SANDBOX_URL", f"is {sandbox!r}, not an address such as http://127.0.0.1:8090")
    return EgressPolicy(
        on_premise_hosts=frozenset(host.lower() for host in _listed(variables, "PSA_ON_PREMISE_HOSTS")),
        on_premise_networks=tuple(_network(text) for text in _listed(variables, "PSA_ON_PREMISE_NETWORKS")),
        sandbox=sandbox,
    )


def _network(text: str) -> IPv4Network | IPv6Network:
    try:
        return ip_network(text)
    except ValueError:
        raise SettingsError("PSA_ON_PREMISE_NETWORKS", f"has {text!r}, not a network such as 10.1.0.0/16") from None


def _listed(variables: Variables, name: str) -> list[str]:
    return [part.strip() for part in (variables.optional(name) or "").split(",") if part.strip()]
