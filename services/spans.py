"""Spans where traces are wanted, and nothing where they are not: OpenTelemetry is imported in the first case alone."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Protocol


class Span(Protocol):
    """Makes a span around a block."""

    def __call__(
        self, name: str, kind: str, attributes: Mapping[str, str | int], parents: Collection[str] = (), /
    ) -> AbstractContextManager[None]:
        """Return the block's context manager; `parents` are `traceparent`s that it is linked to."""


def no_span(
    _name: str, _kind: str, _attributes: Mapping[str, str | int], _parents: Collection[str] = ()
) -> AbstractContextManager[None]:
    """Make none."""
    return nullcontext()


@contextmanager
def spans(service: str, scope: str, *, traces: bool) -> Iterator[Span]:
    """Yield what makes the spans of a process; at the end those that are left are exported."""
    if not traces:
        yield no_span
        return
    from services.telemetry import Tracing  # noqa: PLC0415  an extra, needed only here

    tracing = Tracing(service, scope)
    try:
        yield tracing.span
    finally:
        tracing.close()
