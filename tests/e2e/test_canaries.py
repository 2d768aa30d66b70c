"""Canaries: every secret has a value of its own, and is looked for wherever a command could leave it.

All secret fields of all kinds, in variables, in files and in a store, the credentials of the tenant and the passphrase
of the state are looked for in the output of every command in every format, in all files while it runs and afterwards,
in the arguments of processes, and in the environments of the processes that it starts.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from reconciler.kinds import Part, kinds
from reconciler.kinds.mapping import schema
from tests import official_plugin
from tests.e2e.observed import Seen, Versions, observe
from tests.e2e.workspace import ENVIRONMENT, Workspace, plain
from tests.specimens import SECRET, Specimen, bare, everything

pytestmark = pytest.mark.e2e

PASSPHRASE = "CANARYpassphraseOfTheState7Jd"
_REFERENCE = re.compile(rf"env:{SECRET}\b")


def canary(number: int) -> str:
    return f"CANARY{number:03}q7Wx2vN9rT4sW8yB1zC6dE3f"


def spellings(secret: str) -> Iterator[bytes]:
    """How it could be written: as it is, escaped, or in Base64 at any offset."""
    yield from {secret.encode(), quote(secret, safe="").encode(), json.dumps(secret)[1:-1].encode()}
    for before in range(3):
        encoded = base64.b64encode(b"x" * before + secret.encode())
        yield encoded[4 if before else 0 : len(encoded) // 4 * 4 - 4]


@dataclass
class Aviary:
    """A workspace in which each secret is a canary."""

    workspace: Workspace
    folder: Path
    documents: list[dict[str, Any]] = field(default_factory=list)
    secrets: dict[str, str] = field(default_factory=dict)
    fields: set[str] = field(default_factory=set)
    read: Versions = field(default_factory=dict)

    @classmethod
    def of_all_secrets(cls, workspace: Workspace, folder: Path) -> Aviary:
        """Every object with a secret, and what it refers to. Each secret has a variable, file or entry of its own."""
        made = cls(workspace, folder)
        for document in plain(with_secrets()):
            made.documents.append(made._with_canaries(document, document["kind"]))
        made._pin()
        return made

    def _pin(self) -> None:
        """The store: a program for each entry."""
        names = [name.removeprefix("APP_SECRET_") for name in self.secrets if self.place(name) == "exec"]
        pins = {
            "hosts": ["127.0.0.1"],
            "commands": {
                f"entry-{name}": {"run": ["cat", str(self.store / name)], "write": ["tee", str(self.store / name)]}
                for name in names
            },
            "secrets": [{"allow": pattern, "owner": "tests"} for pattern in ("env:*", "file:kept/*", "exec:*")],
            "credentials": ["env:TEST_TENANT_*"],
        }
        self.workspace.write("pins.yaml", [{"environments": {ENVIRONMENT: pins}}])

    @property
    def store(self) -> Path:
        return self.folder / "store"

    @staticmethod
    def place(name: str) -> str:
        """Where a secret is, by its name: in a variable, in a file, or in the store."""
        return ("env", "file", "exec")[int(name.rpartition("_")[2]) % 3]

    def _with_canaries(self, value: Any, place: str) -> Any:
        if isinstance(value, Mapping):
            return {key: self._with_canaries(inner, f"{place}.{key}") for key, inner in value.items()}
        if isinstance(value, list | tuple):
            return [self._with_canaries(inner, place) for inner in value]
        if not isinstance(value, str) or not _REFERENCE.fullmatch(value):
            return value
        number = len(self.secrets) + 1
        name = f"APP_SECRET_{number}"
        self.fields.add(place.replace(".spec.", "."))
        self.secrets[name] = canary(number)
        match self.place(name):
            case "env":
                return f"env:{name}"
            case "exec":
                self._keep(self.store / str(number), canary(number))
                return f"exec:entry-{number}"
        self._keep(self.workspace.definitions / "kept" / f"{number}.secret", canary(number))
        return f"file:kept/{number}.secret"

    def _keep(self, path: Path, secret: str) -> None:
        path.parent.mkdir(exist_ok=True, parents=True)
        path.write_text(f"{secret}\n")

    @property
    def all(self) -> Mapping[str, str]:
        """What must not be found, by name."""
        token = {"token": self.workspace.tenant.sign_in.secret}
        return {**self.secrets, **token, "passphrase": PASSPHRASE}

    def run(self, code: int | None, command: str, *words: str, on: str | None = ENVIRONMENT) -> Seen:
        """Run a command, which must end with this code, and find no canary."""
        workspace = self.workspace
        settings = {
            **workspace.tenant.sign_in.variables,
            **{name: value for name, value in self.secrets.items() if self.place(name) == "env"},
            "PULUMI_CONFIG_PASSPHRASE": PASSPHRASE,
            "PULUMI_HOME": str(self.folder / "pulumi-home"),
            "TMPDIR": str(self.folder / "temporary"),
            "RECONCILER_AUDIT": str(self.folder / "audit"),
        }
        line = ["--definitions", str(workspace.definitions), command, *([on] if on else []), *words]
        seen = observe(line, settings, [workspace.root, self.folder], self.read)
        assert code is None or seen.code == code, f"{' '.join(line)}: {seen.code}\n{seen.output[-3000:]}"
        self.expect_none(seen, " ".join((command, *words)))
        return seen

    def rotated(self) -> int:
        """Rotate the client secrets that can be written. Neither the new nor the old ones must be found."""
        count = 0
        for document in self.documents:
            reference = str(document["spec"].get("client_secret", ""))
            if document["kind"] == "oidc-app" and not reference.startswith("env:"):
                number = "".join(filter(str.isdigit, reference))
                seen = self.run(0, "rotate", document["name"], "--yes", "--grace", "0d")
                name = f"APP_SECRET_{number}"
                kept = {
                    "file": self.workspace.definitions / "kept" / f"{number}.secret",
                    "exec": self.store / number,
                }
                old, new = self.secrets[name], kept[self.place(name)].read_text().strip()
                assert new != old
                self.secrets |= {name: new, f"REPLACED_{int(number) * 3 + 1}": old}
                self.expect_none(seen, "rotate")
                count += 1
        return count

    def expect_none(self, seen: Seen, command: str) -> None:
        """No canary is where it must not be. The engine, which encrypts the state, has the passphrase."""
        kept = {self.workspace.definitions / "kept", self.store}
        places = {
            "the output": seen.output.encode(),
            "the arguments of a process": "\n".join(seen.arguments).encode(),
            **{str(path): text for path, text in seen.files.items() if not kept & {*path.parents}},
        }
        for name, secret in self.all.items():
            for spelling in spellings(secret):
                found = [place for place, text in places.items() if spelling in text]
                assert found == [], f"{command}: {name}"
        for program, environment in seen.environments.items():
            of_engine = {"passphrase", "token"} if program == "pulumi" else set()
            inside = {name for name, secret in self.all.items() if any(secret in one for one in environment)}
            assert inside <= of_engine, f"{command}: {inside} in the environment of {program}"


def with_secrets() -> list[Specimen]:
    """The objects with secrets, with what they need, and those that they refer to, directly or not."""
    full = {(one.kind.name, one.name): one.spec for one in everything()}
    by_name: dict[str, Specimen] = {}
    found: list[Specimen] = []
    for one in bare():
        whole = full[one.kind.name, one.name]
        secret = {name: value for name, value in whole.items() if f"env:{SECRET}" in json.dumps(value, default=str)}
        if secret:  # a shared password needs the scheme for it
            secret |= {name: whole[name] for name in ("credentials_scheme", "shared_username") if whole.get(name)}
        by_name[one.name] = replace(one, spec={**one.spec, **secret})
        found += [by_name[one.name]] if secret else []
    for one in found:
        named = {text.rpartition(" ")[2] for text in texts_in(one.spec)}
        found += [by_name[name] for name in sorted(named & by_name.keys()) if by_name[name] not in found]
    return found


def texts_in(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value
        case Mapping():
            yield from (text for inner in value.values() for text in texts_in(inner))
        case list() | tuple():
            yield from (text for inner in value for text in texts_in(inner))


@pytest.fixture
def aviary(workspace: Workspace, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Aviary:
    folder = tmp_path_factory.mktemp("elsewhere")
    for name in ("pulumi-home", "temporary", "audit"):
        (folder / name).mkdir()
    if request.config.getoption("--provider") == "official":
        official_plugin.install(official_plugin.require(), folder / "pulumi-home")
    made = Aviary.of_all_secrets(workspace, folder)
    workspace.declare_by_kind(made.documents)
    return made


def reports(folder: Path, name: str, *suffixes: str) -> list[str]:
    """The options that write a report in each format."""
    return [word for suffix in suffixes for word in ("--output", str(folder / f"{name}.{suffix}"))]


def secret_fields(model: type[Part], above: str) -> Iterator[str]:
    for each in schema(model):
        if each.secret:
            yield f"{above}.{each.name}"
        elif each.part and not each.owns:
            yield from secret_fields(each.part, f"{above}.{each.name}")


def test_no_command_shows_or_leaves_a_secret(aviary: Aviary):
    known = {path for kind in kinds() if not kind.parents for path in secret_fields(kind.fields, kind.name)}
    unset = known - aviary.fields
    assert all(path.startswith("authenticator.provider.") for path in unset), unset

    plan = str(aviary.folder / "saved.plan")
    aviary.run(0, "validate", on=None)
    aviary.run(0, "preview")
    aviary.workspace.tenant.order_fault(method="POST", path="/api/v1/apps", status=500, first=1)
    aviary.run(1, "up", "--yes")
    aviary.workspace.tenant.clear_faults()
    aviary.run(0, "preview", "--save-plan", plan)
    aviary.run(0, "up", "--plan", plan)
    aviary.run(0, "drift")
    aviary.run(0, "preview", *reports(aviary.folder, "plan", "txt", "md", "json", "html"))
    aviary.run(0, "drift", *reports(aviary.folder, "drift", "txt", "md", "json", "html", "sarif", "xml"))
    for command in ("coverage", "history", "doctor"):
        aviary.run(None, command)
    for command, words in (("status", ()), ("environments", ()), ("kinds", ()), ("schema", ()), ("scopes", ("up",))):
        aviary.run(0, command, *words, on=None)
    aviary.run(None, "adopt", "--into", str(aviary.folder / "adopted"))

    rotated = aviary.rotated()
    aviary.run(2, "rotate", "--due", "0d", "--format", "json")
    assert rotated

    for name in [*aviary.secrets]:
        if aviary.place(name) == "env":
            aviary.secrets[name] = canary(500 + int(name.rpartition("_")[2]))
    aviary.run(0, "preview")
    aviary.run(0, "up", "--yes", "--format", "json")
    (app, *_) = aviary.workspace.tenant.read().objects["oidc-app"]
    aviary.workspace.tenant.request("PUT", f"/api/v1/apps/{app.id}", {**app.json, "label": "Renamed"})
    aviary.run(2, "drift")
    kept = {path: path.read_bytes() for path in (aviary.workspace.definitions / "kept").iterdir()}
    aviary.run(None, "accept", "--yes")
    assert {path: path.read_bytes() for path in kept} == kept
    aviary.run(None, "repair", "--yes")
    aviary.run(0, "drift")


def test_failures_show_no_secret(aviary: Aviary):
    aviary.run(0, "up", "--yes")
    aviary.workspace.tenant.order_fault(method="GET", path="/api/v1/groups", status=401)
    for command in (("preview",), ("up", "--yes"), ("repair", "--yes"), ("coverage",), ("doctor",)):
        aviary.run(None, *command)
    aviary.run(3, "drift")
    aviary.workspace.tenant.clear_faults()
    aviary.secrets.pop("APP_SECRET_3")
    (aviary.workspace.definitions / "kept" / "1.secret").unlink()
    (aviary.store / "2").unlink()
    aviary.run(1, "up", "--yes")
    (aviary.workspace.definitions / "broken.yaml").write_text("kind: [")
    aviary.run(1, "validate", on=None)
