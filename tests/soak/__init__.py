"""An hour of the whole product in a bad house: `make soak`, see `__main__.py`."""
