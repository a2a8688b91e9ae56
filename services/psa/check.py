"""Whether the worker would reach an account's PSA: `python -m services.psa connections check ACCOUNT`."""

import sys
from uuid import UUID

from services.psa.errors import PsaError
from services.psa.providers import Providers, connection_for
from services.psa.settings import WorkerSettings
from services.settings import settings_or_exit


async def check_connection(account_id: UUID) -> int:
    """Ask the account's PSA for something small, with the worker's own settings; return the exit code.

    What it may do there is not tried: that would change something.
    """
    settings = settings_or_exit(WorkerSettings.from_env)
    providers = Providers(settings_or_exit(lambda _: connection_for(settings)), settings)
    try:
        async with providers.of(account_id) as provider:
            await provider.test_connection()
    except PsaError as error:
        sys.stderr.write(f"{type(error).__name__.removesuffix('Error')}: {error}\n")
        return 1
    finally:
        await providers.aclose()
    print("the PSA answers, and knows the keys")  # noqa: T201  the command's output
    return 0
