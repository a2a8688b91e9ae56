"""Plays the main application: months of history in bulk, then sessions that open, match, end and are pushed.

`python -m deploy.simulator` with `MAIN_APP_DSN`; for local use and demonstrations only.
"""
