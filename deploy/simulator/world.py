"""What the simulated companies work on: problem domains, and flows good and bad."""

from dataclasses import dataclass
from typing import Final, Literal

Fate = Literal["used", "archived", "stale", "never", "recent", "new"]


@dataclass(frozen=True, slots=True)
class FlowKind:
    """A flow as its authors wrote it."""

    name: str
    weight: float = 1.0
    """How often it is matched, beside the others of its domain."""
    skill: float = 1.0
    """Multiplies the domain's chance of a resolution."""
    fate: Fate = "used"


@dataclass(frozen=True, slots=True)
class DomainKind:
    """A kind of problem."""

    name: str
    share: float
    """Of all sessions."""
    guided: float
    """Chance that a session follows a flow."""
    resolved: float
    """Chance that an ended session was resolved, by an average flow."""
    escalated: float
    minutes: float
    """A guided resolution's typical length; unguided ones take longer."""
    flows: tuple[FlowKind, ...] = ()
    has_category: bool = True
    before: tuple[float, float, float] | None = None
    """`guided`, `resolved` and `escalated` until its recent flow was published, where that changed them."""
    spellings: tuple[str, ...] = ()
    """How the model also writes it."""


def _flows(*names: str) -> tuple[FlowKind, ...]:
    return tuple(FlowKind(name, weight=1 / (i + 1) ** 0.6) for i, name in enumerate(names))


DOMAINS: Final = (
    DomainKind(
        "Active Directory", 18, 0.80, 0.93, 0.04, 9,
        (
            *_flows("AD password reset", "Account lockout", "Group membership", "Stale Kerberos ticket"),
            FlowKind("GPO does not apply", 0.4, 0.9),
            FlowKind("Domain join fails", 0.3),
            FlowKind("Legacy logon script", 0.5, 0.8, "archived"),
            FlowKind("LDAP bind error", 0.2, 0.95, "new"),
        ),
        spellings=("active directory", "Active Directory "),
    ),
    DomainKind(
        "Microsoft 365", 20, 0.26, 0.62, 0.30, 24,
        (FlowKind("Outlook profile rebuild", 1, 0.8), FlowKind("Teams sign-in loop", 0.6, 0.6),
         FlowKind("Licence assignment", 0.4, 1.1)),
        spellings=("microsoft 365", "MICROSOFT 365"),
    ),
    DomainKind(
        "Networking", 12, 0.64, 0.83, 0.12, 21,
        (*_flows("DNS resolution", "DHCP scope exhausted", "Switch port down", "Wi-Fi roaming"),
         FlowKind("BGP flap", 0.2, 0.5), FlowKind("IPv6 tunnel", 0, 1, "never")),
    ),
    DomainKind(
        "Email", 10, 0.68, 0.86, 0.09, 12,
        (*_flows("Bounced message", "Mailbox full", "Shared mailbox access", "Spam quarantine"),
         FlowKind("Mail rule loop", 0.5, 1, "recent")),
        spellings=("email",),
    ),
    DomainKind(
        "VPN and remote access", 9, 0.57, 0.78, 0.15, 17,
        (*_flows("VPN client reset", "MFA re-enrolment", "Split tunnelling"),
         FlowKind("Conditional access check", 2, 1.1, "recent"), FlowKind("RDP gateway (old)", 0.4, 0.7, "stale")),
        before=(0.18, 0.66, 0.27),
    ),
    DomainKind(
        "Printing", 8, 0.74, 0.90, 0.05, 8,
        (*_flows("Print spooler restart", "Driver reinstall", "Queue stuck"),
         FlowKind("Label printer calibration", 0.3, 0.45), FlowKind("Fax server", 0.3, 0.8, "stale")),
        spellings=("printing", " Printing"),
    ),
    DomainKind("Line-of-business apps", 7, 0.0, 0.55, 0.33, 38),
    DomainKind("Hardware", 6, 0.60, 0.80, 0.10, 26, _flows("Dock not detected", "Battery health", "Disk SMART alert")),
    DomainKind(
        "Endpoint security", 6, 0.36, 0.47, 0.31, 29,
        (FlowKind("Ransomware triage", 1, 0.8), FlowKind("EDR agent offline", 0.8, 0.9)),
    ),
    DomainKind("Backup", 5, 0.50, 0.72, 0.20, 31, _flows("Job failed", "Restore a file")),
    DomainKind("Telephony", 4, 0.0, 0.64, 0.24, 22, has_category=False),
    DomainKind("Onboarding", 2, 0.70, 0.95, 0.02, 33, _flows("New starter", "Leaver checklist")),
    DomainKind(
        "Compliance", 0, 0.0, 0.8, 0.1, 30,
        (FlowKind("Access review", 0, 1, "never"), FlowKind("Audit evidence", 0, 1, "never")),
    ),
)  # fmt: skip
UNMAPPED_SHARE: Final = 4.0
"""Sessions whose domain the model could not tell, beside the shares above."""

COMPANIES: Final = (
    ("Harbour IT", "Europe/London"),
    ("Southern Cross Managed IT", "Australia/Adelaide"),
    ("Everest Systems", "Asia/Kathmandu"),
    ("Night Owl Support", None),
    ("Prairie Tech Partners", "America/Chicago"),
)
"""Names and time zones of the accounts beside the demo's."""


@dataclass(frozen=True, slots=True)
class EngineerKind:
    """A person, as far as the numbers show one."""

    name: str
    share: float = 1.0
    """Of the sessions, beside the others."""
    skill: float = 1.0
    """Multiplies the chance of a resolution."""
    logs: float = 0.86
    """Chance that work which was noted is logged as time too."""


ENGINEERS: Final = (
    EngineerKind("ada", 1.4, 1.06, 0.95),
    EngineerKind("bela", 1.2),
    EngineerKind("chen", 1.0, 0.82),
    EngineerKind("dana", 1.1, 1.02, 0.52),
    EngineerKind("emeka", 0.9, 0.97, 0.9),
    EngineerKind("freya", 0.8, 1.04, 0.8),
    EngineerKind("goran", 0.15, 0.9, 0.7),
    EngineerKind("hana", 0.0),
)
"""The last one has left: a disabled user, without sessions."""
