"""A PSA to push against, for the local stack and the tests: ConnectWise, and HaloPSA's Actions.

`python -m deploy.sandbox` behaves as the real ones do on the calls that we make, closed tickets and missing roles
included, and has faults on demand (`/_sandbox/faults`). What it accepts is kept in SANDBOX_DIR across restarts: a
sandbox that forgot its entries would make a reconciliation book them again.
"""
