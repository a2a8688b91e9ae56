"""JSON lines on stderr, from our own code and from libraries alike."""

import logging
import sys
import time
from collections.abc import Callable

import structlog
from structlog.typing import Processor

_SHARED: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.format_exc_info,
]

# While a broker is away aiokafka writes some 50 lines a second, all alike.
_NOISY = ("aiokafka",)
_NOISE_PERIOD_SECONDS = 30.0


class OncePerPeriod(logging.Filter):
    """Lets each kind of line of the noisy loggers through once a period; the next one says how many were held back.

    A kind is a logger and an unformatted message, so the number of kinds is that of the library's log calls.
    """

    def __init__(self, period: float, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._period = period
        self._clock = clock
        self._shown: dict[tuple[str, str], tuple[float, int]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        if not record.name.startswith(_NOISY):
            return True
        kind = (record.name, str(record.msg))
        now = self._clock()
        since, held_back = self._shown.get(kind, (now - self._period, 0))
        if now - since < self._period:
            self._shown[kind] = (since, held_back + 1)
            return False
        self._shown[kind] = (now, 0)
        if held_back:
            record.held_back = held_back
        return True


def configure_logging(level: str) -> None:
    """Set up logging for the whole process; call it once, from `main`."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_SHARED,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*_SHARED, structlog.stdlib.ExtraAdder(["held_back"])],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(default=str),
            ],
        )
    )
    handler.addFilter(OncePerPeriod(_NOISE_PERIOD_SECONDS))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
