"""Clients that other people's generators make of the document call every endpoint."""

import importlib
import json
import os
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from analytics_api.openapi.document import document
from tests.api.running import RunningApi, token
from tests.api.world import Account

ROOT = Path(__file__).parents[2]
DOCUMENT = ROOT / "docs" / "openapi.json"
FRONTEND = ROOT / "frontend"
OPERATIONS = {path: item["get"]["operationId"] for path, item in document()["paths"].items()}

TYPESCRIPT = """\
import createClient from "openapi-fetch";
import type { paths } from "./schema";

declare const process: { env: Record<string, string> };

const client = createClient<paths>({
  baseUrl: process.env.API_URL,
  headers: { Authorization: `Bearer ${process.env.API_TOKEN}` },
});
const query = { from: "2026-01-01", to: "2026-01-31" };

async function main() {
  const answered: Record<string, string> = {};
  CALLS
  console.log(JSON.stringify(answered));
}
main();
"""
CALL = """{
    const { data, error, response } = await client.GET("PATH", { params: { query } });
    if (data === undefined) throw new Error(`PATH: ${response.status} ${JSON.stringify(error)}`);
    answered["PATH"] = data.period.from;
  }"""


def test_a_generated_python_client_calls_every_endpoint(
    api: RunningApi, alpha: Account, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    generated = tmp_path / "generated_client"
    command = [sys.executable, "-m", "openapi_python_client", "generate", "--meta", "none"]
    subprocess.run(
        [*command, "--path", str(DOCUMENT), "--output-path", str(generated)], check=True, capture_output=True
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    clients: Any = importlib.import_module("generated_client")
    with clients.AuthenticatedClient(base_url=api.url, token=token(alpha.admin)) as client:
        for path in OPERATIONS:
            name = "get_" + (path.rpartition("/flowpilot")[2].strip("/").replace("-", "_") or "overview")
            (module_path,) = generated.glob(f"api/*/{name}.py")
            call: Any = importlib.import_module(f"generated_client.api.{module_path.parent.name}.{name}")
            (named,) = (value for key, value in vars(call).items() if key.endswith("Period"))
            for period in ({}, {"period": named("7d")}, {"from_": date(2026, 1, 1), "to": date(2026, 1, 31)}):
                answered = call.sync_detailed(client=client, **period)
                assert answered.status_code == 200, (path, period, answered.content)
                assert answered.parsed.period.tz == "Europe/Berlin"


def test_a_generated_typescript_client_calls_every_endpoint(api: RunningApi, alpha: Account, tmp_path: Path) -> None:
    """Its types say that an answer has a period, which no string has."""
    calls = "\n  ".join(CALL.replace("PATH", path) for path in OPERATIONS)
    (tmp_path / "calls.ts").write_text(TYPESCRIPT.replace("CALLS", calls))
    modules = FRONTEND / "node_modules"
    (tmp_path / "node_modules").symlink_to(modules)
    environment = {"PATH": os.environ["PATH"], "API_URL": api.url, "API_TOKEN": token(alpha.admin)}

    def node(program: Path | str, *arguments: str) -> str:
        run = [str(ROOT / ".ci" / "node"), "node", str(program), *arguments]
        done = subprocess.run(run, env=environment, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    node(modules / "openapi-typescript" / "bin" / "cli.js", str(DOCUMENT), "-o", "schema.d.ts")
    options = ("--strict", "--module", "node16", "--moduleResolution", "node16", "--target", "es2022")
    node(modules / "typescript" / "bin" / "tsc", *options, "--skipLibCheck", "--preserveSymlinks", "calls.ts")
    assert json.loads(node("calls.js")) == dict.fromkeys(OPERATIONS, "2026-01-01")
