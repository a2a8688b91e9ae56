"""Liveness, readiness, the schema check, the metrics, and how the process starts and stops."""

import socket
import subprocess
import sys
from pathlib import Path

from deploy.embedded.ports import free_port
from deploy.embedded.roles import OWNER
from deploy.migrations.run import refill
from tests.api.conftest import READER
from tests.api.running import PATHS, RunningApi, environment, running_api
from tests.api.world import Account, beat, insert_world
from tests.infra.database import Database

DIFFERENCES = [
    # What is done, how it is undone, and what the log must name.
    (
        "alter table users rename role to rank",
        "alter table users rename rank to role",
        "column users.role is missing",
    ),
    (
        "alter table analytics.job_run alter last_error type bytea using null",
        "alter table analytics.job_run alter last_error type text using null",
        "column analytics.job_run.last_error is bytea, expected text",
    ),
    (
        "alter table psa_activity_log rename to activity",
        "alter table activity rename to psa_activity_log",
        "table psa_activity_log is missing",
    ),
    (
        "alter schema analytics rename to elsewhere",
        "alter schema elsewhere rename to analytics",
        "function analytics.principal(uuid) is missing",
    ),
]


def run(arguments: list[str], env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "analytics_api", *arguments]
    return subprocess.run(command, env=env, capture_output=True, text=True, timeout=30, check=False)


def test_a_process_that_can_answer_is_live_and_ready(api: RunningApi) -> None:
    assert api.client.get("/health/live").json() == {"status": "live"}
    ready = api.client.get("/health/ready")
    assert (ready.status_code, ready.json()) == (200, {"status": "ready"})


def test_a_schema_that_differs_is_not_ready_and_the_log_says_where(database: Database, tmp_path: Path) -> None:
    alpha, _ = insert_world(database)
    with running_api(tmp_path / "log", database.replica_dsn_for(READER)) as api, database.connect() as connection:
        undo = "select"
        for statement, its_undo, named in DIFFERENCES:
            connection.execute(f"begin; {undo}; {statement}; commit")
            undo = its_undo
            database.wait_for_replica()
            response = api.client.get("/health/ready")
            assert response.status_code == 503
            assert named not in response.text
            assert named in api.log.read_text()
            answer = api.get(PATHS["psa"], alpha.admin)
            kind = answer.headers["content-type"]
            assert (answer.status_code, kind) in {(200, "application/json"), (503, "application/problem+json")}
        assert api.client.get("/health/live").status_code == 200
        checked = run(["check-schema"], environment(database.dsn_for(READER)))
        assert checked.returncode == 1
        assert DIFFERENCES[-1][2] in checked.stdout
        connection.execute(undo)
        database.wait_for_replica()
        assert api.client.get("/health/ready").status_code == 200


def test_ddl_of_the_main_app_leaves_what_can_be_answered_and_names_the_column_that_is_gone(
    database: Database, tmp_path: Path
) -> None:
    alpha, _ = insert_world(database)

    def statuses() -> dict[str, int]:
        database.wait_for_replica()
        answers = {name: api.get(path, alpha.admin) for name, path in PATHS.items() if name != "me"}
        assert api.client.get("/health/ready").status_code == 200
        for answer in answers.values():
            assert answer.status_code == 200 or answer.json() == {
                "type": "/schema#problem-column-gone",
                "title": "A column that the question needs is gone",
                "status": 503,
                "detail": "column users.email of the main application is gone",
            }
        return {name: answer.status_code for name, answer in answers.items() if answer.status_code != 200}

    with running_api(tmp_path / "log", database.replica_dsn_for(READER)) as api, database.connect(OWNER) as owner:
        owner.execute("alter table ai_sessions rename session_rating to rating")
        assert statuses() == {}, "a view finds a column by its number"
        assert "column ai_sessions.session_rating is missing" in api.log.read_text()
        owner.execute("begin; select analytics.detach(); alter table ai_sessions drop rating")
        owner.execute("alter table users drop email; select analytics.attach(); commit")
        assert statuses() == {"engineers": 503, "sessions": 503}
        assert api.get(PATHS["overview"], alpha.admin).json()["avg_rating"] is None, "a measure that nobody takes"
        checked = run(["check-schema"], environment(database.dsn_for(READER)))
        assert (checked.returncode, "column ai_sessions.session_rating is missing" in checked.stdout) == (1, True)
        owner.execute("alter table ai_sessions add session_rating smallint; alter table users add email text")
        refill(database.dsn_for(OWNER))
        assert statuses() == {}
        checked = run(["check-schema"], environment(database.dsn_for(READER)))
        assert (checked.returncode, checked.stdout) == (0, "the schema is as expected\n")


def test_a_schema_as_expected_passes_the_check(module_database: Database) -> None:
    checked = run(["check-schema"], environment(module_database.dsn_for(READER)))
    assert (checked.returncode, checked.stdout) == (0, "the schema is as expected\n"), checked.stderr


def test_without_a_database_it_lives_is_not_ready_and_says_when_to_come_back(alpha: Account, tmp_path: Path) -> None:
    nowhere = f"postgresql://flowpilot_api:secret-word@127.0.0.1:{free_port()}/none"
    with running_api(tmp_path / "log", nowhere) as api:
        assert api.client.get("/health/live").status_code == 200
        assert api.client.get("/health/ready").status_code == 503
        for path in PATHS.values():
            response = api.get(path, alpha.admin)
            assert (response.status_code, response.headers["content-type"]) == (503, "application/problem+json")
            assert int(response.headers["retry-after"]) > 0
            assert "127.0.0.1" not in response.text
        assert api.get(PATHS["psa"]).status_code == 401, "the token comes before the database"
        assert "flowpilot_api_database_up 0.0" in api.client.get("/metrics").text
        assert "secret-word" not in api.log.read_text()
    checked = run(["check-schema"], environment(nowhere))
    assert checked.returncode == 1
    assert len(checked.stderr.splitlines()) == 1
    assert "secret-word" not in checked.stderr


def test_an_error_of_ours_is_a_500_problem_without_internals(database: Database, tmp_path: Path) -> None:
    alpha, _ = insert_world(database)
    with database.connect() as connection:
        connection.execute(
            "create or replace view analytics.categories as select id, account_id,"
            " left(name, 1 / (select count(*) from analytics.heartbeat where false)::integer) as name"
            " from public.tree_categories"
        )
    database.wait_for_replica()
    with running_api(tmp_path / "log", database.replica_dsn_for(READER)) as api:
        response = api.get(PATHS["coverage"], alpha.admin)
        assert (response.status_code, response.headers["content-type"]) == (500, "application/problem+json")
        assert "division" not in response.text
        assert "select" not in response.text.lower()
        assert "division by zero" in api.log.read_text()
        assert api.get(PATHS["psa"], alpha.admin).status_code == 200


def test_metrics_are_labelled_by_route_and_tell_the_staleness(
    api: RunningApi, module_database: Database, alpha: Account
) -> None:
    beat(module_database)
    for path in (f"{PATHS['psa']}?tz=Europe/Berlin", "/api/secret-path-1", "/api/secret-path-2"):
        api.get(path, alpha.admin)
    response = api.client.get("/metrics")
    assert response.headers["content-type"].count("charset") == 1
    lines = response.text.splitlines()
    assert any(
        line.startswith(
            f'flowpilot_api_request_seconds_bucket{{le="0.1",method="GET",route="{PATHS["psa"]}",status="200"}}'
        )
        for line in lines
    )
    assert "secret-path" not in response.text
    assert 'route="unmatched",status="404"' in response.text
    values = dict(line.rsplit(" ", 1) for line in lines if not line.startswith("#"))
    assert 0 <= float(values["flowpilot_api_staleness_seconds"]) < 30
    assert values["flowpilot_api_database_up"] == "1.0"


def test_sigterm_stops_it_with_success(module_database: Database, tmp_path: Path) -> None:
    with running_api(tmp_path / "log", module_database.replica_dsn_for(READER)) as api:
        api.client.get("/health/ready")
        assert api.stop() == 0


def test_a_port_in_use_is_one_line(module_database: Database) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ended = run([], environment(module_database.dsn_for(READER), API_PORT=str(port)))
    assert ended.returncode == 1
    assert len(ended.stderr.splitlines()) == 1
    assert "API_PORT" in ended.stderr


def test_a_bad_setting_ends_it_with_one_line_and_code_2() -> None:
    ended = run([], environment("postgresql://x@127.0.0.1/none", AUTH_JWT_SECRET="short-and-not-to-be-shown"))
    assert ended.returncode == 2
    assert ended.stderr == "AUTH_JWT_SECRET has 25 bytes; at least 32 are needed\n"


def test_an_unknown_command_is_refused() -> None:
    ended = run(["server"], environment("postgresql://x@127.0.0.1/none"))
    assert (ended.returncode, ended.stderr.startswith("usage:")) == (2, True)
