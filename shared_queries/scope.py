from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose rows a question may see: every query's first argument, so that none can be written without a tenant."""

    account_id: UUID
