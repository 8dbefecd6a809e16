"""The Python environment `.venv`, installed from the locks and only when they changed. Standard library only.

A build that was cut off (even by kill -9) is recognised by its missing stamp and made anew: an installer that is
killed half-way can leave a package that looks installed and is not.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from deploy.local.folders import ROOT
from deploy.local.problems import StartError, disk_full, says_disk_full
from deploy.local.processes import die_with_parent

LOCKS = ROOT / "requirements"
ENVIRONMENT = ROOT / ".venv"
PYTHON = ENVIRONMENT / "bin" / "python"
STAMP = ENVIRONMENT / "installed.json"


def ensure_environment(*, with_development: bool, say: Callable[[str], None]) -> bool:
    """Make `.venv` match base.lock (and dev.lock). Returns whether anything had to be done.

    Raises StartError when the environment cannot be made or a package cannot be installed.
    """
    with _alone(say):
        state = _state()
        development = with_development or "dev" in state.get("locks", {})
        names = ["base", "dev"] if development else ["base"]
        wanted = {name: hashlib.sha256((LOCKS / f"{name}.lock").read_bytes()).hexdigest() for name in names}
        if state.get("locks") == wanted:
            return False
        if not state:
            say("Making the Python environment .venv")
            _make_anew()
        STAMP.unlink(missing_ok=True)
        say(f"Installing the locked dependencies ({' and '.join(names)})")
        _run([str(PYTHON), "-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check",
              "--require-hashes", "-r", str(LOCKS / "bootstrap.lock")])  # fmt: skip
        _run([str(PYTHON), "-m", "uv", "pip", "sync", "--quiet", "--python", str(PYTHON), "--require-hashes",
              *(str(LOCKS / f"{name}.lock") for name in names)])  # fmt: skip
        temporary = STAMP.with_suffix(".new")
        temporary.write_text(json.dumps({"place": str(ENVIRONMENT), "locks": wanted}))
        temporary.replace(STAMP)
        return True


def _state() -> dict[str, dict[str, str]]:
    """What the stamp says, or nothing when the environment is absent, broken, moved or was cut off half-way."""
    try:
        state = json.loads(STAMP.read_text())
        if state["place"] != str(ENVIRONMENT):
            return {}
        subprocess.run([str(PYTHON), "-c", "import sys; assert sys.version_info >= (3, 11)"], check=True, capture_output=True)
    except (OSError, ValueError, KeyError, subprocess.CalledProcessError):
        return {}
    return dict(state)


def _make_anew() -> None:
    try:
        if ENVIRONMENT.exists():
            shutil.rmtree(ENVIRONMENT)
    except OSError as problem:
        raise StartError(f"The environment .venv cannot be replaced ({problem.strerror}). Remove it by hand.") from None
    _run([sys.executable, "-m", "venv", str(ENVIRONMENT)])


def _run(command: list[str]) -> None:
    """Run an installer quietly; what it said is shown only when it failed."""
    environment = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV")}
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        preexec_fn=die_with_parent(signal.SIGKILL, os.getpid()),
    )
    output, _ = process.communicate()
    if process.returncode == 0:
        return
    if says_disk_full(output):
        raise StartError(disk_full(ENVIRONMENT))
    if "ensurepip" in output:
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        raise StartError(f"This Python cannot make environments. On Debian or Ubuntu: apt-get install python{version}-venv")
    last = "\n".join(output.strip().splitlines()[-20:])
    raise StartError(f"The dependencies could not be installed (is the package index reachable?). The installer said:\n{last}")


@contextmanager
def _alone(say: Callable[[str], None]) -> Iterator[None]:
    """One installation at a time, whichever runtime folder the callers use; the lock is on the folder of the locks."""
    descriptor = os.open(LOCKS, os.O_RDONLY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Another command is installing the dependencies; waiting for it")
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
