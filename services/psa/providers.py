"""One provider for each account in use, made from what the main application says of its connection."""

import importlib
import inspect
from collections import OrderedDict
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Final
from uuid import UUID

from services.psa.connections import Connection, ConnectionFor, ConnectWiseConnection, HaloConnection
from services.psa.connectwise import ConnectWise
from services.psa.errors import NoConnectionError, UnavailableError
from services.psa.halo import Halo
from services.psa.provider import Provider
from services.psa.settings import WorkerSettings
from services.settings import SettingsError

PROVIDERS: Final[Mapping[type[Connection], type[Provider]]] = {
    ConnectWiseConnection: ConnectWise,
    HaloConnection: Halo,
}
"""Every PSA, by the class of its connections."""
_MOST_IDLE: Final = 200


@dataclass(slots=True)
class _Entry:
    provider: Provider
    users: int = 0


class Providers:
    """Lends the provider of an account's connection; a changed key or site makes another one."""

    def __init__(self, connection_for: ConnectionFor, settings: WorkerSettings) -> None:
        self._connection_for = connection_for
        self._settings = settings
        self._entries: OrderedDict[tuple[UUID, Connection], _Entry] = OrderedDict()

    @asynccontextmanager
    async def of(self, account_id: UUID) -> AsyncIterator[Provider]:
        """Yield the account's provider, open for the length of the block.

        Raises:
            NoConnectionError: the account has none.
            UnavailableError: the main application's function failed, or answered with something else.
            ForbiddenAddressError: its site is none that we talk to.
        """
        connection = await self._connection(account_id)
        # Each account its own, even where the connection is the same: its claims are as many as its client serves at
        # a time, so that none waits for another's request while its lease runs out.
        key = (account_id, connection)
        entry = self._entries.get(key)
        if entry is None:
            try:
                entry = self._entries[key] = _Entry(self._make(connection))
            except (AttributeError, TypeError) as error:  # such as a key as plain text
                raise UnavailableError(f"connection_for's answer cannot be used: {type(error).__name__}") from None
        self._entries.move_to_end(key)
        entry.users += 1
        try:
            yield entry.provider
        finally:
            entry.users -= 1
            await self._close_idle(_MOST_IDLE)

    async def _connection(self, account_id: UUID) -> Connection:
        try:
            found = self._connection_for(account_id)
            connection = await found if inspect.isawaitable(found) else found
        except Exception as error:  # noqa: BLE001  the main application's code may raise anything
            # Its text may hold anything, so only its kind is passed on.
            raise UnavailableError(f"connection_for failed with {type(error).__name__}") from None
        if connection is None:
            raise NoConnectionError("the account is not connected to a PSA")
        return connection

    def _make(self, connection: Connection) -> Provider:
        policy, reading, most = self._settings.policy, self._settings.read_seconds, self._settings.account_concurrency
        if type(connection) not in PROVIDERS:
            raise TypeError
        return PROVIDERS[type(connection)](connection, policy, read_seconds=reading, concurrency=most)

    async def _close_idle(self, most: int) -> None:
        for key in list(self._entries):
            if len(self._entries) <= most:
                return
            entry = self._entries.get(key)  # while one is being closed, others come into use or are closed as well
            if entry is not None and not entry.users:
                del self._entries[key]
                await entry.provider.aclose()

    async def aclose(self) -> None:
        """Close those that no one uses."""
        await self._close_idle(0)


def connection_for(settings: WorkerSettings) -> ConnectionFor:
    """Return the main application's function where it is named, else the one connection of the settings.

    Raises:
        SettingsError: the function cannot be loaded.
    """
    if settings.connections is None:
        return partial(_same_for_all, settings.connection)
    module, _, name = settings.connections.partition(":")
    try:
        function = getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError, ValueError) as error:
        raise SettingsError(
            "PSA_CONNECTIONS", f"is {settings.connections!r}, which cannot be loaded: {error}"
        ) from None
    if not callable(function):
        raise SettingsError("PSA_CONNECTIONS", f"is {settings.connections!r}, which is no function")
    loaded: ConnectionFor = function
    return loaded


def _same_for_all(connection: Connection | None, _account_id: UUID) -> Connection | None:
    return connection
