"""pytest within a test."""

import sys

PYTEST = (
    *(sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--no-header"),
    # What these tests do without takes half of a short run to load.
    *("-p", "no:faker", "-p", "no:schemathesis", "-p", "no:hypothesispytest"),
)
