"""What cannot work is refused at once, with a message that says what to do; nothing is left behind."""

from __future__ import annotations

import os
import socket
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from django.conf import settings

from deploy.local.connecting import connect
from deploy.local.folders import NEEDED_MEGABYTES
from deploy.local.postgres import EmbeddedServer
from deploy.local.problems import StartError
from deploy.local.roles import ensure_version, url_for
from tests.faults.starting import ROOT, Start, free_port, nothing_is_left


def refused(start: Start, *words: str, seconds: float = 30) -> None:
    """The command ends with an error that says all of this, without a traceback."""
    assert start.ends(seconds=seconds) != 0
    assert "Traceback" not in start.said
    for each in words:
        assert each in start.said, start.said
    nothing_is_left(start.var)


def test_a_taken_port_is_named_before_anything_long(var: Path) -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = str(holder.getsockname()[1])
        refused(Start(var, "demo", {"PORT": port}), f"Port {port} is taken", "PORT=", seconds=10)
    assert not (var / "postgres").exists()


@pytest.mark.parametrize(
    ("name", "value"),
    [("PORT", "http"), ("PORT", "70000"), ("DEMO_SCALE", "big"), ("DEMO_SCALE", "0"), ("DEMO_TODAY", "16.10.2023")],
)
def test_a_value_that_means_nothing(var: Path, name: str, value: str) -> None:
    refused(Start(var, "demo", {name: value}), f"{name}={value} is not a", seconds=10)
    assert not (var / "postgres").exists()


# -- DATABASE_URL -----------------------------------------------------------------------------------------------------
def address(user: str, password: str) -> str:
    """The tests' own server, as another user."""
    owner = settings.DATABASE_ROLES["owner"]
    return f"postgresql://{user}:{password}@/pumpurs?host={quote(owner['HOST'], safe='')}&port={owner['PORT'] or 5432}"


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://localhost/pumpurs", "is not a PostgreSQL address"),
        ("postgresql://user:pass%zz@[::1/pumpurs", "cannot be read"),
        ("postgresql://user:secret-word@127.0.0.1:1/pumpurs", "no PostgreSQL answers at 127.0.0.1, port 1"),
        ("postgresql://user:secret-word@no-such-host.invalid/pumpurs", "the host no-such-host.invalid is not known"),
    ],
)
def test_an_address_that_leads_nowhere(var: Path, url: str, words: str) -> None:
    start = Start(var, "demo", {"DATABASE_URL": url, "PORT": str(free_port())})
    refused(start, words)
    assert "secret-word" not in start.said


def test_a_wrong_password(var: Path) -> None:
    refused(Start(var, "db", {"DATABASE_URL": address("owner", "wrong")}), "does not accept the password of owner")


def test_a_role_that_may_not_make_roles_is_told_the_two_ways_out(var: Path) -> None:
    url = address("loader", settings.DATABASE_ROLES["loader"]["PASSWORD"])
    refused(Start(var, "db", {"DATABASE_URL": url}), "The role loader of DATABASE_URL lacks a right", "deploy/sql/roles.sql")
    assert not (var / "database.json").exists()


def test_one_url_of_two_by_hand(var: Path) -> None:
    url = address("owner", settings.DATABASE_ROLES["owner"]["PASSWORD"])
    refused(Start(var, "db", {"DATABASE_URL": url, "DATABASE_APP_URL": url}), "Set both DATABASE_APP_URL and DATABASE_LOADER_URL")


def test_a_server_that_is_too_old() -> None:
    """Against the version that a real server reports; it is new enough, so the demand is raised instead."""
    owner = settings.DATABASE_ROLES["owner"]
    with connect(address("owner", owner["PASSWORD"])) as connection:
        ensure_version(connection)
        major = connection.info.server_version // 10000
        with pytest.raises(StartError, match=f"The server is PostgreSQL {major}; this platform needs {major + 1} or newer"):
            ensure_version(connection, (major + 1) * 10000)


def test_a_url_for_another_role_keeps_the_server() -> None:
    url = url_for("postgresql://a:b@db.example:5433/x?sslmode=require", "app", "p@ss/word", "my base")
    assert url == "postgresql://app:p%40ss%2Fword@/my%20base?host=db.example&port=5433&sslmode=require"


# -- the runtime folder -----------------------------------------------------------------------------------------------
@pytest.fixture
def mounted(var: Path) -> Iterator[Path]:
    """A file system of 40 MB at `var`, mounted when we may."""
    var.mkdir(parents=True)
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=40m", "tmpfs", str(var)], capture_output=True, check=False)
    if done.returncode != 0:
        pytest.skip("only an administrator may mount a small file system")
    yield var
    subprocess.run(["umount", "-l", str(var)], check=True)


def test_a_small_disk_is_refused_before_anything_is_made(mounted: Path) -> None:
    start = Start(mounted, "db")
    assert start.ends() != 0
    assert "The disk is full" in start.said
    assert f"{NEEDED_MEGABYTES} MB" in start.said
    assert not (mounted / "postgres").exists()


def test_a_disk_that_fills_while_the_database_is_made(mounted: Path) -> None:
    (mounted / "filler").write_bytes(b"\0" * 25_000_000)
    with pytest.raises(StartError, match="The disk is full"):
        EmbeddedServer(mounted, durable=False).start()


def test_a_full_disk_cannot_take_even_a_probe(mounted: Path) -> None:
    (mounted / "filler").write_bytes(b"\0" * 40_000_000)
    with pytest.raises(OSError, match="No space"), (mounted / "more").open("wb") as more:
        more.write(b"\0" * 4_000_000)
    refused(Start(mounted, "db"), "The disk is full")


def test_a_folder_that_cannot_be_written(mounted: Path) -> None:
    subprocess.run(["mount", "-o", "remount,ro", str(mounted)], check=True)
    refused(Start(mounted, "db"), f"The folder {mounted} is not writable", "VAR_ROOT=")


def test_a_folder_of_another_user(var: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("an administrator may write everywhere; the read-only file system above stands for it")
    var.mkdir(parents=True)
    var.chmod(stat.S_IRUSR | stat.S_IXUSR)
    refused(Start(var, "db"), f"The folder {var} is not writable")


def test_a_file_where_the_folder_should_be(var: Path) -> None:
    var.write_text("not a folder")
    try:
        refused(Start(var, "db"), "is a file; the platform needs a folder there")
    finally:
        var.unlink()


def test_bare_commands_without_a_database_say_what_to_start(var: Path) -> None:
    environment = {**os.environ, "VAR_ROOT": str(var), "DJANGO_SETTINGS_MODULE": "backend.config.settings.local"}
    command = [str(ROOT / ".venv" / "bin" / "python"), "manage.py", "showmigrations"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.strip() == "The database is not running: start it with `make demo` or `make db`."
