"""Loading and checking 10,000 definitions; prints JSON.

python -m benchmarks.definitions [DOCUMENTS]
"""

from __future__ import annotations

import json
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from reconciler.definitions import load

ENVIRONMENT = """\
tenant:
  url: http://127.0.0.1:7701
  credentials:
    token: env:OKTA_API_TOKEN
variables:
  domain: acme.example
  minutes: 60
"""
ENVELOPE = """\
---
kind: {kind}
name: {name}-{number}
owner: team-{team}
purpose: To see how long it takes to read this.
spec:
"""
SPECS = {
    "group": """\
  name: Group {number}
  description: Everyone who belongs to number {number}.
""",
    "group-rule": """\
  name: Rule {number}
  expression: user.department == "Department {number}"
  groups: [group-{number}]
""",
    "network-zone": """\
  name: Zone {number}
  type: IP
  gateways: [192.0.2.0/24, 198.51.100.7-198.51.100.9]
""",
    "oidc-app": """\
  label: App {number}
  type: web
  redirect_uris:
    - https://app-{number}.${{domain}}/callback
  grant_types: [authorization_code, refresh_token]
  groups:
    - group: group-{number}
    - group: everyone
""",
    "authorization-server": """\
  name: Server {number}
  audiences: ["https://api-{number}.${{domain}}"]
  scopes:
    - name: read
    - name: write
      consent: REQUIRED
  policies:
    - name: Clients
      description: Those that may.
      clients: [oidc-app-{number}]
      rules:
        - name: People
          grant_types: [authorization_code]
          groups: [group-{number}]
          access_token_lifetime_minutes: ${{minutes}}
""",
}
SHARES = {"group": 0.6, "group-rule": 0.1, "network-zone": 0.1, "oidc-app": 0.15, "authorization-server": 0.05}
PER_FILE = 50


def documents(kind: str, count: int) -> Iterator[str]:
    """`count` documents of a kind."""
    template = ENVELOPE.format(kind=kind, name=kind, number="{number}", team="{team}") + SPECS[kind]
    for number in range(count):
        yield template.format(number=number, team=number % 40)


def write_environment(directory: Path) -> None:
    """Write an environment."""
    (directory / "environments").mkdir()
    (directory / "environments" / "staging.yaml").write_text(ENVIRONMENT)


def write(directory: Path, total: int) -> None:
    """Write a definitions folder with `total` documents."""
    write_environment(directory)
    for kind, share in SHARES.items():
        texts = list(documents(kind, round(total * share)))
        (directory / kind).mkdir()
        for start in range(0, len(texts), PER_FILE):
            (directory / kind / f"{start:06}.yaml").write_text("".join(texts[start : start + PER_FILE]))


def measure(total: int, write: Callable[[Path, int], None]) -> dict[str, object]:
    """Write a definitions folder, and measure loading it."""
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder), total)
        start, processor_start = time.perf_counter(), time.process_time()
        desired = load(Path(folder), "staging")
        seconds, processor_seconds = time.perf_counter() - start, time.process_time() - processor_start
    return {
        "documents": total,
        "objects": len(desired.declarations),
        "seconds": round(seconds, 2),
        "processor_seconds": round(processor_seconds, 2),
        "documents_per_second": round(total / seconds),
        "peak_memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


if __name__ == "__main__":
    print(json.dumps(measure(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000, write)))
