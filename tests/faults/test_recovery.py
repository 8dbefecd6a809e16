"""A start that was cut off anywhere, by kill -9 too, is put right by the next one; and nothing stays behind."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from tests.faults.starting import Start, disk_is_idle, left_of, nothing_is_left

UP = "PostgreSQL is up"


def answers(var: Path) -> int:
    """Through the recorded connection of `app`."""
    url = json.loads((var / "database.json").read_text())["roles"]["app"]
    with psycopg.connect(url, connect_timeout=5) as connection:
        row = connection.execute("select 40 + 2").fetchone()
    assert row is not None
    return int(row[0])


def stopped_in_order(start: Start) -> None:
    disk_is_idle()
    start.make.send_signal(signal.SIGTERM)
    start.ends(seconds=10)
    nothing_is_left(start.var)


@pytest.mark.parametrize("seed", range(3))
def test_kill_at_any_moment_of_the_start_is_recovered(var: Path, seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(2):
        start = Start(var, "db")
        time.sleep(chance.uniform(0.1, 2.5))
        start.kill()
        nothing_is_left(var)
    last = Start(var, "db")
    last.wait_for(UP, seconds=30)
    assert answers(var) == 42
    stopped_in_order(last)


def test_what_was_written_survives_the_kill(var: Path) -> None:
    start = Start(var, "db")
    start.wait_for(UP)
    url = json.loads((var / "database.json").read_text())["roles"]["owner"]
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("create table kept as select 7 as n")
    start.kill()
    nothing_is_left(var)
    second = Start(var, "db")
    second.wait_for(UP)
    with psycopg.connect(url) as connection:
        assert connection.execute("select n from kept").fetchone() == (7,)
    stopped_in_order(second)


def test_a_server_that_is_killed_ends_the_command_with_its_last_words(var: Path) -> None:
    start = Start(var, "db")
    start.wait_for(UP)
    os.kill(server_of(var), signal.SIGKILL)
    assert start.ends(seconds=15) != 0
    assert "PostgreSQL ended unexpectedly" in start.said
    nothing_is_left(var)
    second = Start(var, "db")
    second.wait_for(UP)
    assert answers(var) == 42
    stopped_in_order(second)


@pytest.mark.parametrize("holder", ["another program", "a zombie"])
def test_a_stale_lock_file_with_a_reused_pid(var: Path, holder: str) -> None:
    start = Start(var, "db")
    start.wait_for(UP)
    lock = var / "postgres" / "data" / "postmaster.pid"
    lines = lock.read_text().splitlines()
    stopped_in_order(start)
    other = subprocess.Popen([sys.executable, "-c", "" if holder == "a zombie" else "import time; time.sleep(60)"])
    try:
        if holder == "a zombie":
            os.waitid(os.P_PID, other.pid, os.WEXITED | os.WNOWAIT)  # it has ended, and nobody has reaped it
        lock.write_text("\n".join([str(other.pid), *lines[1:]]) + "\n")
        second = Start(var, "db")
        second.wait_for(UP, seconds=20)
        assert answers(var) == 42
        if holder == "another program":
            assert other.poll() is None, "the other program must live on"
        stopped_in_order(second)
    finally:
        other.kill()
        other.wait()


def test_a_half_made_database_folder_is_made_anew(var: Path) -> None:
    partial = var / "postgres" / "data.partial"
    partial.mkdir(parents=True)
    (partial / "base").mkdir()
    (var / "postgres" / "data").mkdir()
    start = Start(var, "db")
    start.wait_for(UP)
    assert not partial.exists()
    assert answers(var) == 42
    stopped_in_order(start)


def test_two_commands_do_not_share_a_folder(var: Path) -> None:
    first = Start(var, "db")
    first.wait_for(UP)
    second = Start(var, "demo")
    assert second.ends(seconds=15) != 0
    assert "`make db` (process" in second.said
    assert "is running in this folder already" in second.said
    assert answers(var) == 42
    stopped_in_order(first)


@pytest.mark.parametrize("way", ["TERM to make", "INT to make alone", "KILL to make", "INT to the group", "HUP to the group"])
def test_every_way_to_end_leaves_nothing(var: Path, way: str) -> None:
    start = Start(var, "db")
    start.wait_for(UP)
    assert len(left_of(var)) > 3
    disk_is_idle()
    signals = {"TERM": signal.SIGTERM, "INT": signal.SIGINT, "KILL": signal.SIGKILL, "HUP": signal.SIGHUP}
    number = signals[way.split(maxsplit=1)[0]]
    os.killpg(start.make.pid, number) if "group" in way else start.make.send_signal(number)
    start.ends(seconds=10)
    assert nothing_is_left(var) < 10


def server_of(var: Path) -> int:
    """The pid of the database server."""
    return int((var / "postgres" / "data" / "postmaster.pid").read_text().splitlines()[0])
