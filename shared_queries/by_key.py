"""Sessions and flows by domain: the rows of several spellings as one."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from shared_queries.domains import labels
from shared_queries.sums import CategoryFlows, DomainSums, SessionSums, total


@dataclass(frozen=True, slots=True)
class Domain:
    """One domain: its sessions of the period and its active flows."""

    label: str
    sums: SessionSums
    flow_count: int


def by_key(sessions: Iterable[DomainSums], categories: Iterable[CategoryFlows]) -> list[Domain]:
    """Every domain that has a session or an active flow, by session count descending, then label."""
    sessions = [row for row in sessions if row.session_count]
    categories = list(categories)
    sums_of: dict[str, list[SessionSums]] = defaultdict(list)
    flows_of: dict[str, int] = defaultdict(int)
    for row in sessions:
        if row.domain_key is not None:
            sums_of[row.domain_key].append(row)
    for category in categories:
        if category.domain_key is not None and category.flow_count:
            flows_of[category.domain_key] += category.flow_count
    label_of = labels(sessions, categories)
    found = [Domain(label_of[key], total(sums_of.get(key, ())), flows_of.get(key, 0)) for key in sums_of | flows_of]
    return sorted(found, key=lambda domain: (-domain.sums.session_count, domain.label))
