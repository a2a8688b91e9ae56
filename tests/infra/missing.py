"""What a test does where the machine lacks a program that it needs."""

import os
from typing import NoReturn

import pytest


def skip_outside_ci(reason: str) -> NoReturn:
    """Skips the test with what to do about it; in CI, which installs all that is needed, it fails."""
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)
