"""The whole product on one machine, without Docker and without root: `python -m deploy.embedded`."""
