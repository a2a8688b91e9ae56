"""`python -m deploy.sandbox`: the PSA sandbox. Its settings are in `settings.py`."""

from services.extras import require

require("api")

import asyncio
import signal
import sys

from deploy.sandbox.company import Company
from deploy.sandbox.serving import server
from deploy.sandbox.settings import Settings
from deploy.sandbox.store import Store
from services.logs import configure_logging
from services.settings import settings_or_exit


def main() -> int:
    """Serve until it is told to stop."""
    settings = settings_or_exit(Settings.from_env)
    configure_logging(settings.log_level)
    # uvicorn ends in order, and then raises the signal once more: that one is not to end the process as killed.
    signal.signal(signal.SIGTERM, lambda *_: None)
    store = Store(settings.directory)
    try:
        asyncio.run(server(Company(settings.keys, store), settings.host, settings.port).serve())
    except KeyboardInterrupt:
        pass
    finally:
        store.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
