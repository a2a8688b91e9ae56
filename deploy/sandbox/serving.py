"""The application, and the server under it that can drop a connection without a word."""

from typing import Any, cast

import uvicorn
from litestar import Litestar
from litestar.di import Provide
from uvicorn.protocols.http.h11_impl import H11Protocol

from deploy.sandbox.admin import Administration
from deploy.sandbox.company import Company
from deploy.sandbox.connectwise import Api, company_info
from deploy.sandbox.halo import HaloApi, token
from deploy.sandbox.misbehave import Application, Misbehaving
from deploy.sandbox.refusals import Refused, respond


class DroppingProtocol(H11Protocol):
    """uvicorn's own protocol; each request's scope can also hang up."""

    def connection_made(self, transport: Any) -> None:  # noqa: ANN401  uvicorn's signature
        """Put the hanging up where the application finds it: the state is copied into each scope."""
        super().connection_made(transport)
        self.app_state = {**self.app_state, "drop_connection": transport.abort}


def application(company: Company) -> Misbehaving:
    """Return the routes, inside the layer that makes them misbehave."""
    routes = Litestar(
        [company_info, Api, token, HaloApi, Administration],
        dependencies={"company": Provide(lambda: company, sync_to_thread=False)},
        exception_handlers={Refused: respond},
        openapi_config=None,
        logging_config=None,
    )
    return Misbehaving(cast("Application", routes), company)


def server(company: Company, host: str, port: int) -> uvicorn.Server:
    """Return the server, ready to run."""
    return uvicorn.Server(
        uvicorn.Config(
            cast("Any", application(company)),
            host=host,
            port=port,
            http=DroppingProtocol,
            lifespan="off",
            access_log=False,
            log_config=None,
            timeout_graceful_shutdown=1,
        )
    )
