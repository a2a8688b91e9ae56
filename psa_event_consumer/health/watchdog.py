"""Notices a consumer that stands still although everything answers (aiokafka #847 and #1037, both open)."""

import asyncio
import os
from collections.abc import Coroutine
from typing import Any

import structlog

from psa_event_consumer.health.state import State

log = structlog.get_logger(__name__)

_PATIENCE_SECONDS = 120.0
_EXIT_CODE = 1


class StuckError(Exception):
    """Records wait, Kafka and PostgreSQL answer, and nothing moves."""


class Watchdog:
    """First asks for a new Kafka client; if that does not help either, ends the process for a new one."""

    def __init__(self, state: State, patience: float = _PATIENCE_SECONDS) -> None:
        self._state = state
        self._patience = patience
        self._bites = asyncio.Event()
        self._has_bitten = False

    def look(self, *, lagging: bool) -> None:
        """Judge the progress. Call it when Kafka and PostgreSQL have just answered."""
        if not lagging:
            self._state.progressed()
        waiting = self._state.seconds_without_progress()
        if waiting < self._patience:
            self._has_bitten = self._has_bitten and lagging and self._bites.is_set()
        elif self._state.problem is None and not self._bites.is_set():
            if self._has_bitten:
                log.critical("stuck_with_a_new_client", then="the process ends for a new one")
                os._exit(_EXIT_CODE)
            log.error("stuck_though_all_answers", then="a new Kafka client", seconds=waiting)
            self._has_bitten = True
            self._bites.set()

    async def guard(self, work: Coroutine[Any, Any, None]) -> None:
        """Run work until it ends.

        Raises:
            StuckError: it does not move.
        """
        self._bites.clear()
        self._state.progressed()
        working = asyncio.create_task(work)
        biting = asyncio.create_task(self._bites.wait())
        try:
            await asyncio.wait({working, biting}, return_when=asyncio.FIRST_COMPLETED)
            if not working.done():
                raise StuckError("records wait, Kafka and PostgreSQL answer, and nothing is consumed")
            await working
        finally:
            biting.cancel()
            working.cancel()
