"""The OpenAPI document for people: one static page, without a script and without another host."""

import base64
import hashlib
from html import escape
from typing import Any

_STYLE = """\
body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1a2230;background:#fff}
h1{font-size:1.6rem}h2{font-size:1.15rem;margin-top:2.5rem;border-top:1px solid #ccd3dd;padding-top:1rem}
code,pre{font:14px/1.45 ui-monospace,monospace}pre{background:#f3f5f8;padding:1rem;overflow:auto}
table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;padding:.35rem .6rem .35rem 0;
border-bottom:1px solid #e3e7ee}summary{cursor:pointer;margin:.8rem 0}
@media(prefers-color-scheme:dark){body{color:#dde3ec;background:#11151c}pre{background:#1a2029}h2{border-color:#333c4a}
th,td{border-color:#262e3a}a{color:#8ab4ff}}"""

_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()

CONTENT_SECURITY_POLICY = (
    f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def html(document: dict[str, Any], example_bodies: dict[str, str]) -> str:
    """Return the page; `example_bodies` are the operations' examples by path, as they go over the wire."""
    info = document["info"]
    operations = "".join(
        _operation(path, item["get"], example_bodies[path]) for path, item in document["paths"].items()
    )
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(info['title'])} API</title><style>{_STYLE}</style></head><body>"
        f"<h1>{escape(info['title'])} API {escape(info['version'])}</h1>"
        f"{_paragraphs(info['description'])}"
        '<p>Machines read <a href="/schema/openapi.json">openapi.json</a>. Every request carries'
        " <code>Authorization: Bearer &lt;token&gt;</code>.</p>"
        f"{operations}{_problems(document['components']['responses'])}</body></html>"
    )


def _operation(path: str, operation: dict[str, Any], example: str) -> str:
    parameters = "".join(_parameter(parameter) for parameter in operation["parameters"])
    return (
        f'<h2 id="{escape(operation["operationId"])}">{escape(operation["summary"])}</h2>'
        f"<p><code>GET {escape(path)}</code></p><p>{escape(operation['description'])}</p>"
        f"<table><thead><tr><th>Parameter</th><th>Values</th><th>Meaning</th></tr></thead>"
        f"<tbody>{parameters}</tbody></table>"
        f"<details><summary>Example</summary><pre>{escape(example)}</pre></details>"
    )


def _parameter(parameter: dict[str, Any]) -> str:
    schema = parameter["schema"]
    values = " | ".join(schema["enum"]) if "enum" in schema else schema.get("format", schema["type"])
    default = f" (default {schema['default']})" if "default" in schema else ""
    return (
        f"<tr><td><code>{escape(parameter['name'])}</code></td><td>{escape(values + default)}</td>"
        f"<td>{escape(parameter['description'])}</td></tr>"
    )


def _problems(responses: dict[str, Any]) -> str:
    rows = "".join(
        f"<tr><td>{escape(status)}</td><td>{escape(response['description'])}</td></tr>"
        for status, response in responses.items()
    )
    return (
        "<h2>Errors</h2><p>Problem details (RFC 9457), <code>application/problem+json</code>.</p>"
        f"<table><thead><tr><th>Status</th><th>Meaning</th></tr></thead><tbody>{rows}</tbody></table>"
    )


def _paragraphs(text: str) -> str:
    return "".join(f"<p>{escape(paragraph)}</p>" for paragraph in text.strip().split("\n\n"))
