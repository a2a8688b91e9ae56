"""`/schema`: the OpenAPI document, for machines and for people."""

from litestar import Response, get
from litestar.handlers import HTTPRouteHandler

from analytics_api.openapi import document, page

_HEADERS = {"Cache-Control": "no-cache"}


def schema_routes() -> list[HTTPRouteHandler]:
    """Both are made once: they change with the code only."""
    described = document.document()
    as_json = document.encoded()
    as_html = page.html(described, document.example_bodies(described)).encode()

    @get("/schema/openapi.json", sync_to_thread=False)
    def openapi_json() -> Response[bytes]:
        return Response(as_json, media_type="application/json", headers=_HEADERS)

    @get("/schema", sync_to_thread=False)
    def openapi_page() -> Response[bytes]:
        headers = {**_HEADERS, "Content-Security-Policy": page.CONTENT_SECURITY_POLICY}
        return Response(as_html, media_type="text/html", headers=headers)

    return [openapi_json, openapi_page]
