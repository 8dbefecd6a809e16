"""The load: wrk where Debian has it, else threads of Python's own client. Bodies are sent in turn from a file."""

from __future__ import annotations

import http.client
import json
import re
import shutil
import subprocess
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

CONNECTIONS = 8

_LUA = """
local bodies, headers, place = {{}}, {headers}, 0
for line in io.lines({file}) do bodies[#bodies + 1] = line end
request = function()
  place = place % #bodies + 1
  return wrk.format("POST", nil, headers, bodies[place])
end
"""


@dataclass(frozen=True)
class Measured:
    """One round: requests a second, and answers that were no success."""

    per_second: float
    failed: int


def load(
    address: str, bodies: list[bytes], headers: dict[str, str], *, seconds: int, folder: Path, connections: int = CONNECTIONS
) -> Measured:
    """Send `bodies` over and over on some connections for some seconds."""
    headers = {"content-type": "application/json", "accept": "application/json", **headers}
    if shutil.which("wrk"):
        return _wrk(address, bodies, headers, seconds=seconds, folder=folder, connections=connections)
    return _threads(address, bodies, headers, seconds=seconds, connections=connections)


def _wrk(address: str, bodies: list[bytes], headers: dict[str, str], *, seconds: int, folder: Path, connections: int) -> Measured:
    file, script = folder / "bodies.txt", folder / "load.lua"
    file.write_bytes(b"\n".join(bodies))
    table = "{" + ", ".join(f"[{json.dumps(name)}] = {json.dumps(value)}" for name, value in headers.items()) + "}"
    script.write_text(_LUA.format(headers=table, file=json.dumps(str(file))))
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "30s", "-s", str(script), address]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    rate = re.search(r"Requests/sec:\s+([\d.]+)", output)
    wrong = re.search(r"Non-2xx or 3xx responses: (\d+)", output)
    broken = re.search(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", output)
    failed = int(wrong[1]) if wrong else 0
    failed += sum(int(number) for number in broken.groups()) if broken else 0
    return Measured(float(rate[1]) if rate else 0.0, failed)


def _threads(address: str, bodies: list[bytes], headers: dict[str, str], *, seconds: int, connections: int) -> Measured:
    target = urlsplit(address)
    until = time.monotonic() + seconds
    done, failed = [0] * connections, [0] * connections

    def work(place: int) -> None:
        client = http.client.HTTPConnection(target.hostname or "127.0.0.1", target.port)
        turn = place
        while time.monotonic() < until:
            client.request("POST", target.path, bodies[turn % len(bodies)], headers)
            answer = client.getresponse()
            answer.read()
            failed[place] += answer.status >= 400
            done[place] += 1
            turn += connections

    threads = [threading.Thread(target=work, args=(place,)) for place in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Measured(sum(done) / seconds, sum(failed))
