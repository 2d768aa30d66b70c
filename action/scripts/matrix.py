"""Prints matrices of jobs for the output of `reconciler environments --format json`, as outputs of a step."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

LOOPBACK = {"127.0.0.1", "::1", "localhost"}
WAVES = ("first", "second", "third")
"""The names of the matrices, in the order of promotion. `up.yml` has a job for each of them."""


def main() -> None:
    """Print `environments=...`, with all of them, and the environments of each wave."""
    waves = in_waves(json.loads(Path(sys.argv[1]).read_text()))
    print(f"environments={json.dumps([each for wave in waves for each in wave])}")
    for name, wave in zip(WAVES, waves, strict=True):
        print(f"{name}={json.dumps(wave)}")


def in_waves(environments: Sequence[Mapping[str, Any]]) -> list[list[dict[str, Any]]]:
    """The jobs of each wave: an environment is one wave behind the one that takes definitions before it."""
    environments = reachable(environments)
    before = {each["name"]: each["after"] for each in environments}
    waves: list[list[dict[str, Any]]] = [[] for _ in WAVES]
    for each in environments:
        number, name = 0, before[each["name"]]
        while name and number < len(WAVES):
            number, name = number + 1, before.get(name)
        if number == len(WAVES):
            sys.exit(f"{each['name']}: at most {len(WAVES) - 1} environments can come before another one")
        waves[number].append(
            {"environment": each["name"], "credential": credentials(each), "approval": each["approval"]}
        )
    return waves


def reachable(environments: Sequence[Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
    """The environments that a runner reaches: local tenants are for people's machines, beside real ones."""
    return [each for each in environments if urlsplit(each["url"]).hostname not in LOOPBACK] or environments


def credentials(environment: Mapping[str, Any]) -> str:
    """The variables that the credentials refer to: `NAME` for the credential, and `NAME=VARIABLE` for identifiers."""
    more = {"client_id": "OKTA_CLIENT_ID", "private_key_id": "OKTA_PRIVATE_KEY_ID"}
    others = [f"{environment[key]}={variable}" for key, variable in more.items() if environment.get(key)]
    return " ".join([*filter(None, [environment["credential"]]), *others])


if __name__ == "__main__":
    main()
