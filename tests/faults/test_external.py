"""DATABASE_URL: the same command prepares any PostgreSQL 18, whatever kind of administrator it is given."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest

from deploy.local.postgres import PROGRAMS, EmbeddedServer
from deploy.local.roles import url_for
from tests.faults.starting import ROOT, Start, runtime_folder

ATTRIBUTES = (
    "select rolname, rolsuper, rolcreatedb, rolcreaterole, rolbypassrls from pg_roles"
    " where rolname in ('owner', 'app', 'loader') order by rolname"
)
AS_THEY_MUST_BE = [
    ("app", False, False, False, False),
    ("loader", False, False, False, True),
    ("owner", False, True, False, False),
]


@pytest.fixture
def foreign() -> Iterator[EmbeddedServer]:
    """A second server that the platform does not run itself."""
    with runtime_folder("foreign") as folder:
        server = EmbeddedServer(folder, durable=False)
        server.start()
        try:
            yield server
        finally:
            server.stop()


def prepared(var: Path, url: str, **more: str) -> dict[str, str]:
    """Run the command, twice, and give the recorded connections."""
    for _ in range(2):
        start = Start(var, "db", {"DATABASE_URL": url, **more})
        assert start.ends(seconds=30) == 0, start.said
        assert "is prepared" in start.said
        assert not (var / "postgres" / "data").exists()
    return dict(json.loads((var / "database.json").read_text())["roles"])


def ask(url: str, statement: str) -> list[tuple[object, ...]]:
    with psycopg.connect(url, autocommit=True) as connection:
        cursor = connection.execute(statement)
        return cursor.fetchall() if cursor.description else []


def ours(roles: dict[str, str], server: EmbeddedServer, database: str) -> None:
    """The three roles come in with exactly their rights, and the database is the owner's."""
    assert ask(server.admin_url(), ATTRIBUTES) == AS_THEY_MUST_BE
    for role, url in roles.items():
        assert ask(url, "select current_user::text, current_database()::text") == [(role, database)]
    assert ask(roles["app"], "select pg_get_userbyid(datdba) from pg_database where datname = current_database()") == [("owner",)]
    assert ask(roles["app"], "select lower('ĀČ') = 'āč'") == [(True,)]
    assert ask(roles["app"], "select has_database_privilege('app', current_database(), 'create, temporary')") == [(False,)]
    ask(roles["owner"], "create extension if not exists btree_gist")


def test_a_superuser(var: Path, foreign: EmbeddedServer) -> None:
    ours(prepared(var, foreign.admin_url("platform")), foreign, "platform")


def test_no_database_in_the_url_means_the_usual_name(var: Path, foreign: EmbeddedServer) -> None:
    ours(prepared(var, foreign.admin_url("postgres")), foreign, "pumpurs")


def test_a_creator_of_roles_that_is_no_superuser(var: Path, foreign: EmbeddedServer) -> None:
    with psycopg.connect(foreign.admin_url(), autocommit=True) as connection:
        connection.execute("create role creator login createrole createdb bypassrls password 'creator'")
    ours(prepared(var, url_for(foreign.admin_url(), "creator", "creator", "platform")), foreign, "platform")


def test_an_empty_database_of_the_creator_is_taken_over_and_a_used_one_is_not(var: Path, foreign: EmbeddedServer) -> None:
    with psycopg.connect(foreign.admin_url(), autocommit=True) as connection:
        connection.execute("create database empty template template0")
        connection.execute("create database used template template0")
    ask(foreign.admin_url("used"), "create table theirs (n int)")
    ours(prepared(var, foreign.admin_url("empty")), foreign, "empty")
    start = Start(var, "db", {"DATABASE_URL": foreign.admin_url("used")})
    assert start.ends() != 0
    assert "holds tables of another role (theirs of postgres)" in start.said
    assert ask(foreign.admin_url("used"), "select pg_get_userbyid(datdba) from pg_database where datname = 'used'") == [
        ("postgres",)
    ]


def test_a_database_that_cannot_fold_latvian_is_refused(var: Path, foreign: EmbeddedServer) -> None:
    with psycopg.connect(foreign.admin_url(), autocommit=True) as connection:
        connection.execute("create database plain template template0 locale_provider libc locale 'C'")
    start = Start(var, "db", {"DATABASE_URL": foreign.admin_url("plain")})
    assert start.ends() != 0
    assert "does not know that the small letter of Ā is ā" in start.said


def test_a_lesser_creator_is_told_what_it_lacks(var: Path, foreign: EmbeddedServer) -> None:
    with psycopg.connect(foreign.admin_url(), autocommit=True) as connection:
        connection.execute("create role lesser login createrole createdb password 'lesser'")
    start = Start(var, "db", {"DATABASE_URL": url_for(foreign.admin_url(), "lesser", "lesser", "platform")})
    assert start.ends() != 0
    assert "The role lesser of DATABASE_URL lacks a right" in start.said
    assert "BYPASSRLS" in start.said


def test_roles_made_by_hand(var: Path, foreign: EmbeddedServer) -> None:
    variables = {f"{role}_password": f"by hand {role}" for role in ("owner", "app", "loader")} | {"database": "platform"}
    command = [str(PROGRAMS / "psql"), "-X", "-q", foreign.admin_url()]
    for name, value in variables.items():
        command += ["-v", f"{name}={value}"]
    subprocess.run([*command, "-f", str(ROOT / "deploy" / "sql" / "roles.sql")], check=True, cwd="/")
    urls = {role: url_for(foreign.admin_url(), role, f"by hand {role}", "platform") for role in ("owner", "app", "loader")}
    more = {"DATABASE_APP_URL": urls["app"], "DATABASE_LOADER_URL": urls["loader"]}
    assert prepared(var, urls["owner"], **more) == urls

    ask(foreign.admin_url(), "alter role app bypassrls")
    start = Start(var, "db", {"DATABASE_URL": urls["owner"], **more})
    assert start.ends() != 0
    assert "The role app must be without BYPASSRLS" in start.said


@pytest.fixture
def old_server() -> Iterator[str]:
    """The system's own PostgreSQL 10 to 17, where one is installed; gives its address."""
    programs = sorted(Path("/usr/lib/postgresql").glob("1[0-7]/bin")) if Path("/usr/lib/postgresql").is_dir() else []
    prefix = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    if not programs or (prefix and not shutil.which("runuser")):
        pytest.skip("no older PostgreSQL is installed on this machine")
    with runtime_folder("old") as folder:
        folder.mkdir()
        if prefix:
            shutil.chown(folder, "postgres")

        def run(program: str, *arguments: str) -> None:
            subprocess.run(
                [*prefix, str(programs[-1] / program), *arguments], check=True, capture_output=True, cwd="/", timeout=60
            )

        data, log = str(folder / "data"), str(folder / "log")
        run("initdb", "-D", data, "-U", "postgres", "-A", "trust", "--no-sync")
        run("pg_ctl", "-D", data, "-l", log, "-w", "-o", f"-c listen_addresses= -c unix_socket_directories={folder}", "start")
        try:
            yield f"postgresql://postgres@/postgres?host={quote(str(folder), safe='')}"
        finally:
            run("pg_ctl", "-D", data, "-m", "immediate", "stop")


def test_an_older_server_is_named_with_its_version(var: Path, old_server: str) -> None:
    start = Start(var, "db", {"DATABASE_URL": old_server})
    assert start.ends() != 0
    assert "The server is PostgreSQL 1" in start.said
    assert "this platform needs 18 or newer" in start.said
