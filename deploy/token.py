"""Print an access token of a demonstration app: `python3 deploy/token.py vocational-school`.

Reads the app's secret from `var/demo/credentials.json` and asks for a token as any client does (OAuth 2, client
credentials). Needs nothing but Python.
"""

import base64
import json
import os
import sys
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path


def main() -> int:
    name = sys.argv[1] if len(sys.argv) > 1 else "vocational-school"
    file = Path(os.environ.get("VAR_ROOT") or Path(__file__).resolve().parents[1] / "var") / "demo" / "credentials.json"
    try:
        credentials = json.loads(file.read_text())
    except FileNotFoundError:
        print("No demonstration here yet: run `make demo` first.", file=sys.stderr)
        return 1
    clients = {client["name"]: client for client in credentials["clients"]}
    if name not in clients:
        print(f"No app {name!r}. There are: {', '.join(clients)}.", file=sys.stderr)
        return 1
    client = clients[name]
    pair = base64.b64encode(f"{client['client_id']}:{client['client_secret']}".encode()).decode()
    body = urllib.parse.urlencode({"grant_type": "client_credentials", "scope": client["scopes"]}).encode()
    request = urllib.request.Request(f"{credentials['base_url']}/o/token/", data=body, headers={"Authorization": f"Basic {pair}"})
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            print(json.load(answer)["access_token"])
    except urllib.error.URLError as problem:
        print(f"{credentials['base_url']} does not answer ({problem}). Is `make demo` running?", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
