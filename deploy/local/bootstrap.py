"""First stage of every command: `sh deploy/local/with-python -m deploy.local.bootstrap VERB`.

Runs with the machine's own Python and the standard library: looks at what can be known without dependencies (settings,
folder, port), installs the locked environment when needed, and goes on inside it as `python -m deploy.local VERB`.
"""

from __future__ import annotations

import datetime as dt
import os
import socket
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from deploy.local.environment import PYTHON, ensure_environment
from deploy.local.folders import ROOT, ensure_writable, hand_over, hold, runtime_folder
from deploy.local.problems import StartError
from deploy.local.processes import end_marked

WITH_DEVELOPMENT = {"install", "test", "check"}
DEMONSTRATIONS = {"demo", "demo-reset"}
VERBS = {"demo", "demo-reset", "db", "test", "check", "install"}


def main(arguments: list[str]) -> int:
    """Prepare, then replace this process by the second stage."""
    if not arguments or arguments[0] not in VERBS:
        print(f"usage: bootstrap {{{'|'.join(sorted(VERBS))}}} [...]", file=sys.stderr)
        return 2
    verb = arguments[0]
    try:
        environment = dict(os.environ)
        environment.pop("PYTHONDONTWRITEBYTECODE", None)  # several processes import the same 2,000 modules
        if verb != "install":
            _look_before(verb, environment)
        began = time.monotonic()
        changed = ensure_environment(with_development=verb in WITH_DEVELOPMENT, say=_say)
        if changed:
            _say(f"The Python environment is ready ({time.monotonic() - began:.1f} s)")
    except StartError as problem:
        print(f"\n{problem}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    if verb == "install":
        return 0
    os.execve(str(PYTHON), [str(PYTHON), "-m", "deploy.local", *arguments], environment)  # noqa: S606


def _say(text: str) -> None:
    print(text, flush=True)


def _look_before(verb: str, environment: dict[str, str]) -> None:
    """Everything that can fail early, before anything that takes long."""
    folder = runtime_folder() / "test" if verb in ("test", "check") else runtime_folder()
    if verb in DEMONSTRATIONS:
        check_values(os.environ)
    ensure_writable(folder)
    hand_over(hold(folder, verb=verb), environment)
    end_marked(folder, _say)
    if verb in DEMONSTRATIONS:
        ensure_port_free(int(os.environ.get("PORT") or 8000))


def check_values(values: Mapping[str, str]) -> None:
    """Raise StartError for a PORT, DEMO_SCALE or DEMO_TODAY that means nothing."""
    port = values.get("PORT") or "8000"
    if not (port.isascii() and port.isdigit() and 1 <= int(port) <= 65535):
        raise StartError(f"PORT={port} is not a port; give a number from 1 to 65535, for example PORT=8001.")
    scale = values.get("DEMO_SCALE") or "0.05"
    try:
        good = 0 < float(scale) <= 10
    except ValueError:
        good = False
    if not good:
        raise StartError(f"DEMO_SCALE={scale} is not a size; give a number above 0 and up to 10, for example DEMO_SCALE=0.05.")
    today = values.get("DEMO_TODAY") or "2023-10-16"
    try:
        dt.date.fromisoformat(today)
    except ValueError:
        raise StartError(f"DEMO_TODAY={today} is not a date; write it as 2023-10-16.") from None


def ensure_port_free(port: int) -> None:
    """Raise StartError when something listens on 127.0.0.1:`port` already, or the port needs more rights."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
            probe.listen(1)
        except PermissionError:
            raise StartError(f"Port {port} needs an administrator's rights. Choose another: PORT=8001 make demo") from None
        except OSError:
            other = port + 1 if port < 65535 else 8000
            raise StartError(
                f"Port {port} is taken by another program. Stop that program, or choose another port: PORT={other} make demo"
            ) from None


if __name__ == "__main__":
    os.chdir(ROOT)
    sys.path.insert(0, str(Path(ROOT)))
    sys.exit(main(sys.argv[1:]))
