"""The read side: the replica's rows as JSON, CSV and the page, one account at a time.

A request passes `edge/`, then `routes/`; `questions/answering.py` reads it top to bottom: who asks (`auth/`), what is
asked (`questions/parameters.py`), one snapshot of the replica (`database/`), one body (`questions/responses.py`,
`questions/csv_export.py`), one tag (`questions/shown.py`). Nothing in this package writes: `database/replica.py` opens
connections that PostgreSQL itself refuses a write on.
"""
