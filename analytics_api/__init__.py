"""The read side: the replica's rows as JSON, CSV and the page, one account at a time.

A request reads top to bottom as `routes/`: who asks (`auth/`), what is asked (`parameters.py`, `question.py`), one
transaction on the replica (`snapshot.py`), one body (`responses.py`, `csv_export.py`), one tag (`caching.py`).
Nothing in this package writes: `replica.py` opens connections that PostgreSQL itself refuses a write on.
"""
