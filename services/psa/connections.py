"""How an account reaches its PSA. The main application owns these; the worker asks for them by account."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from uuid import UUID

from services.psa.secret import Secret

CONNECTWISE_API_VERSION = "2025.1"


@dataclass(frozen=True, slots=True)
class ConnectWiseConnection:
    """An API member's keys for ConnectWise PSA."""

    site: str
    """The host, as the user knows it (`na.myconnectwise.net`) or the API's own (`api-na.myconnectwise.net`)."""
    company_id: str
    public_key: Secret
    private_key: Secret
    client_id: Secret
    """The integration's GUID from the developer portal, which must not be shown either."""
    api_version: str = CONNECTWISE_API_VERSION
    """Pinned in each request: field names and rules change with it."""


@dataclass(frozen=True, slots=True)
class HaloConnection:
    """A client-credentials application of HaloPSA."""

    site: str
    """The host, `{tenant}.halopsa.com`."""
    client_id: str
    client_secret: Secret
    tenant: str | None = None
    """Asked for by some hosted installations when a token is requested."""


Connection = ConnectWiseConnection | HaloConnection
ConnectionFor = Callable[[UUID], Connection | Awaitable[Connection | None] | None]
"""`connection_for(account_id)`, plain or async: None where the account is not connected to a PSA."""
