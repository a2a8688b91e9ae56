"""The accounts with their people, categories and flows: drawn from the seed, the same at every start."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid5

import psycopg

from deploy.simulator import demo
from deploy.simulator.settings import SimulatorSettings
from deploy.simulator.world import COMPANIES, DOMAINS, ENGINEERS, DomainKind, FlowKind

_NAMESPACE: Final = UUID("7d1f2c4e-63a9-4f0b-9d8a-2a5b1c0e9f77")
_AGE_DAYS: Final = {"used": 400, "archived": 500, "stale": 450, "never": 140, "recent": 48, "new": 12}


@dataclass(frozen=True, slots=True)
class Flow:
    """A flow of one account."""

    id: UUID
    kind: FlowKind
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Domain:
    """A domain as one account knows it."""

    kind: DomainKind
    category_id: UUID
    flows: tuple[Flow, ...]

    def odds(self, at: datetime) -> tuple[float, float, float]:
        """Return `guided`, `resolved` and `escalated` of that time: some changed with the flow that came last."""
        changed_at = max((flow.created_at for flow in self.flows if flow.kind.fate == "recent"), default=at)
        if self.kind.before is not None and at < changed_at:
            return self.kind.before
        return self.kind.guided, self.kind.resolved, self.kind.escalated


@dataclass(frozen=True, slots=True)
class Account:
    """A company."""

    id: UUID
    name: str
    timezone: str | None
    lead_id: UUID
    lead_email: str
    engineers: tuple[UUID, ...]
    domains: tuple[Domain, ...]
    volume: float
    """Its sessions, as a part of the demo account's."""


def cast(settings: SimulatorSettings, now: datetime) -> list[Account]:
    """Return the accounts; the demo's is the first."""
    seed = settings.scale.seed
    account_id = settings.demo_account_id
    accounts = [
        Account(
            id=account_id,
            name=demo.DEMO_ACCOUNT_NAME,
            timezone=demo.DEMO_TIMEZONE,
            lead_id=settings.demo_user_id,
            lead_email=demo.DEMO_USER_EMAIL,
            engineers=_engineers(account_id),
            domains=_domains(account_id, now),
            volume=1.0,
        )
    ]
    for number in range(settings.scale.accounts - 1):
        name, timezone = COMPANIES[number % len(COMPANIES)]
        more = number // len(COMPANIES)
        account_id = uuid5(_NAMESPACE, f"{seed}/{number}")
        accounts.append(
            Account(
                id=account_id,
                name=f"{name} {more + 1}" if more else name,
                timezone=timezone,
                lead_id=uuid5(account_id, "lead"),
                lead_email=f"lead@{account_id.hex[-12:]}.example",
                engineers=_engineers(account_id),
                domains=_domains(account_id, now),
                volume=0.3 + 0.4 * random.Random(account_id.int).random(),  # noqa: S311  a play, no secret
            )
        )
    return accounts


def _engineers(account_id: UUID) -> tuple[UUID, ...]:
    return tuple(uuid5(account_id, f"user/{kind.name}") for kind in ENGINEERS)


def _domains(account_id: UUID, now: datetime) -> tuple[Domain, ...]:
    return tuple(
        Domain(
            kind,
            uuid5(account_id, f"category/{kind.name}"),
            tuple(
                Flow(uuid5(account_id, f"flow/{flow.name}"), flow, now - timedelta(days=_AGE_DAYS[flow.fate]))
                for flow in kind.flows
            ),
        )
        for kind in DOMAINS
    )


def enter(connection: psycopg.Connection, accounts: list[Account]) -> None:
    """Make what is missing; what is there stays as it is."""
    with connection.transaction(), connection.cursor() as cursor:
        cursor.executemany(
            "insert into accounts (id, name, timezone) values (%s, %s, %s) on conflict do nothing",
            [(account.id, account.name, account.timezone) for account in accounts],
        )
        cursor.executemany(
            "insert into users (id, account_id, email, role, is_active) values (%s, %s, %s, %s, %s)"
            " on conflict do nothing",
            [row for account in accounts for row in _users(account)],
        )
        cursor.executemany(
            "insert into tree_categories (id, account_id, name) values (%s, %s, %s) on conflict do nothing",
            [
                (d.category_id, account.id, d.kind.name)
                for account in accounts
                for d in account.domains
                if d.kind.has_category
            ],
        )
        cursor.executemany(
            "insert into trees (id, account_id, name, category_id, is_active, created_at)"
            " values (%s, %s, %s, %s, %s, %s) on conflict do nothing",
            [
                (flow.id, account.id, flow.kind.name, d.category_id, flow.kind.fate != "archived", flow.created_at)
                for account in accounts
                for d in account.domains
                for flow in d.flows
            ],
        )
        cursor.executemany(
            "insert into trees (id, account_id, name, created_at) values (%s, %s, %s, now() - interval '90 days')"
            " on conflict do nothing",
            [(uuid5(account.id, "flow without a category"), account.id, "Untitled flow") for account in accounts],
        )


def _users(account: Account) -> Iterator[tuple[UUID, UUID, str, str, bool]]:
    domain = account.lead_email.partition("@")[2]
    yield account.lead_id, account.id, account.lead_email, "team_admin", True
    yield uuid5(account.id, "viewer"), account.id, f"viewer@{domain}", "viewer", True
    for kind, user_id in zip(ENGINEERS, account.engineers, strict=True):
        yield user_id, account.id, f"{kind.name}@{domain}", "engineer", kind != ENGINEERS[-1]
