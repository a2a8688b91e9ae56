"""One JSON object a line, and a broker's absence does not fill the disk."""

import json
import logging
import subprocess
import sys

from services.logs import OncePerPeriod


def test_everything_is_a_json_line_on_stderr() -> None:
    code = """
import logging, structlog
from services.logs import configure_logging
configure_logging("INFO")
structlog.get_logger("ours").info("hello", rows=3)
logging.getLogger("theirs").warning("%s is away", "b")
structlog.get_logger("ours").debug("not shown")
try:
    1 / 0
except ZeroDivisionError:
    structlog.get_logger("ours").exception("bad")
"""
    run = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, timeout=60)
    lines = [json.loads(line) for line in run.stderr.splitlines()]
    assert [(line["event"], line["logger"], line["level"]) for line in lines] == [
        ("hello", "ours", "info"),
        ("b is away", "theirs", "warning"),
        ("bad", "ours", "error"),
    ]
    assert lines[0]["rows"] == 3
    assert "ZeroDivisionError" in lines[2]["exception"]
    assert run.stdout == ""


def record(name: str, message: str = "cannot reach %s") -> logging.LogRecord:
    return logging.LogRecord(name, logging.ERROR, "", 0, message, ("b",), None)


def test_a_noisy_line_is_shown_once_a_period_with_the_number_held_back() -> None:
    now = 100.0
    limit = OncePerPeriod(30, clock=lambda: now)
    assert [limit.filter(record("aiokafka.conn")) for _ in range(5)] == [True, False, False, False, False]
    assert limit.filter(record("aiokafka.conn", "another message"))
    assert limit.filter(record("ours"))
    assert limit.filter(record("ours"))
    now = 130.0
    again = record("aiokafka.conn")
    assert limit.filter(again)
    assert again.__dict__["held_back"] == 4
