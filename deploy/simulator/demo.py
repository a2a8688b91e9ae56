"""The account that demonstrations look at, and its team lead: the same in every installation unless told otherwise."""

from typing import Final
from uuid import UUID

DEMO_ACCOUNT_ID: Final = UUID("0190d3a0-0000-7000-8000-00000000acc0")
DEMO_USER_ID: Final = UUID("0190d3a0-0000-7000-8000-0000000001ea")
"""A team_admin of the demo account: the `sub` of a token that sees its numbers."""
DEMO_ACCOUNT_NAME: Final = "Demo account"
DEMO_USER_EMAIL: Final = "lead@demo.example"
DEMO_TIMEZONE: Final = "America/New_York"
