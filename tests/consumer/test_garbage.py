"""What is left behind in cycles, as lost connections are with their exceptions, does not add up."""

import asyncio
import gc
import weakref

import pytest

from psa_event_consumer.run import process
from tests.infra.waiting import wait_until


class _Cycle:
    def __init__(self) -> None:
        self.itself = self


async def test_cycles_are_collected_whatever_the_thresholds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "_COLLECT_SECONDS", 0.01)
    gc.disable()
    try:
        left = weakref.ref(_Cycle())
        assert left() is not None
        collecting = asyncio.create_task(process._collect_cycles())  # noqa: SLF001  what the process runs
        await asyncio.to_thread(wait_until, lambda: left() is None, "the cycle to be gone", 10)
        collecting.cancel()
    finally:
        gc.enable()
