VERSION = "0.2.0"
"""Of the package, the API, the events' document and the page: one number, which `tests/docs` holds equal everywhere."""
