"""Domains whose numbers lie on, just above and just below every bound of the page's colours."""

from dataclasses import dataclass


@dataclass(frozen=True)
class DomainCase:
    """A domain: its flows, how its sessions ended, how many were guided, and the colours that follow."""

    name: str
    flows: int
    resolved: int
    escalated: int
    abandoned: int
    guided: int
    shown: dict[str, tuple[str, str]]
    """By column: what the cell prints, and its colour."""

    @property
    def ended(self) -> int:
        return self.resolved + self.escalated + self.abandoned


_GREEN, _AMBER, _RED = "bg-emerald-400/10", "bg-amber-400/10", "bg-rose-500/10"

DOMAINS = (
    DomainCase(
        "Upper bounds",
        flows=4,
        resolved=15,
        escalated=5,
        abandoned=0,
        guided=12,
        shown={
            "Flows": ("4", _AMBER),
            "Resolution %": ("75%", _AMBER),
            "Escalation %": ("25%", _AMBER),
            "Guided %": ("60%", _AMBER),
        },
    ),
    DomainCase(
        "Lower bounds",
        flows=1,
        resolved=10,
        escalated=2,
        abandoned=8,
        guided=6,
        shown={
            "Flows": ("1", _AMBER),
            "Resolution %": ("50%", _AMBER),
            "Escalation %": ("10%", _AMBER),
            "Guided %": ("30%", _AMBER),
        },
    ),
    DomainCase(
        "Just green",
        flows=5,
        resolved=16,
        escalated=1,
        abandoned=3,
        guided=13,
        shown={
            "Flows": ("5", _GREEN),
            "Resolution %": ("80%", _GREEN),
            "Escalation %": ("5%", _GREEN),
            "Guided %": ("65%", _GREEN),
        },
    ),
    DomainCase(
        'Just red, "quoted"',
        flows=0,
        resolved=9,
        escalated=6,
        abandoned=5,
        guided=5,
        shown={
            "Flows": ("0", _RED),
            "Resolution %": ("45%", _RED),
            "Escalation %": ("30%", _RED),
            "Guided %": ("25%", _RED),
        },
    ),
)
OPEN_ONLY = "Nothing ended"
OPEN_SESSIONS = 3
UNMAPPED_SESSIONS = 7
