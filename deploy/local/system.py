"""Programs that come from the system's packages: installed when we are root, asked for otherwise."""

from __future__ import annotations

import os
import shutil
import subprocess

from deploy.local.problems import StartError


def ensure_program(*names: str, package: str, purpose: str) -> None:
    """Make sure that one of the programs is there. Raises StartError with the command to run when we may not install."""
    if any(shutil.which(name) for name in names):
        return
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise StartError(f"{purpose}, and it is not here. Install it once, as root: apt-get install {package}")
    print(f"Installing Debian's package {package}", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["apt-get", "update", "-qq"], ["apt-get", "install", "-y", "-qq", "--no-install-recommends", package]):
        done = subprocess.run(command, env=environment, check=False, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if done.returncode != 0:
        raise StartError(f"{package} could not be installed: {done.stderr.strip()[-1000:]}")
