"""A folder with definitions, the command line in it, and its tenant."""

from __future__ import annotations

import asyncio
import io
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable, Coroutine, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

import httpx
import pytest
import yaml

from reconciler.cli import run
from reconciler.cli.environment import reading
from reconciler.cli.settings import Settings
from reconciler.definitions import load
from reconciler.definitions.model import Desired, Source
from reconciler.definitions.people import logins
from reconciler.drift import Finding, compare
from reconciler.engine.state import State
from reconciler.guard import guard_ids
from reconciler.kinds import Kind
from reconciler.kinds.people import USER
from reconciler.matching import StateMatch, owners
from reconciler.okta import snapshot
from reconciler.okta.client import OktaClient
from reconciler.okta.sign_in import ApiToken
from reconciler.okta.snapshot import Snapshot
from reconciler.progress import SILENT
from reconciler.reconciler import Reconciler
from tests.e2e.sign_in import ByServiceApp, ByToken, SignIn, service_app
from tests.matches import match_of
from tests.people import PEOPLE, user
from tests.specimens import SECRET, Specimen

T = TypeVar("T")
ENVIRONMENT = "test"
PROJECT = Path(__file__).parents[2]
_IMPATIENT = {"okta:maxRetries": 1, "okta:minWaitSeconds": 1, "okta:maxWaitSeconds": 1}
"""For the official plugin: many tests make a request fail and should not wait. The plugin treats 0 as its default."""
_PROJECT = {
    "runtime": "python",
    "config": {name: {"value": value} for name, value in _IMPATIENT.items()},
}


@dataclass(frozen=True)
class SandboxTenant:
    """A local tenant, and changes to it with an administrator's token, without the reconciler.

    Environments sign in with the same token, or as the service app.
    """

    url: str
    token: str
    app: ByServiceApp | None = None

    @property
    def sign_in(self) -> SignIn:
        """How environments sign in."""
        return self.app or ByToken(self.token)

    def signed_in(self, way: str) -> SandboxTenant:
        """The same tenant with another sign-in."""
        return replace(self, app=service_app(self.url) if way == "service-app" else None)

    def request(self, method: str, path: str, body: Any = None) -> Any:
        """Send one request as another administrator. Returns the JSON of the answer."""
        response = httpx.request(
            method, self.url + path, json=body, headers={"Authorization": f"SSWS {self.token}"}, trust_env=False
        )
        assert response.is_success, f"{method} {path}: {response.status_code} {response.text}"
        return response.json() if response.content else None

    def labels(self) -> list[str]:
        """Kind, owner and name of every object, except Okta's, settings that every tenant has, and our own app."""
        found = self.read().objects.values()
        return sorted(
            f"{item.kind.name} {item.parent.label if item.parent else ''} {item.label}"
            for items in found
            for item in items
            if item.kind.shape.creatable and not (item.everywhere or item.kind.shape.part_of_owner)
        )

    def reset(self) -> None:
        """A fresh org with the users of `PEOPLE`, and rate limits so wide that no test waits for the next minute.

        The service app goes with everything else: see `signed_in`.
        """
        self.request("POST", "/_sandbox/reset", {})
        self.request("POST", "/_sandbox/rate-limits", {"enforced": False, "scale": 1000.0})
        for login in PEOPLE:
            self.request("POST", "/api/v1/users", user(login))

    def order_fault(self, **order: Any) -> None:
        self.request("POST", "/_sandbox/faults", order)

    def clear_faults(self) -> None:
        self.request("DELETE", "/_sandbox/faults")

    def stats(self) -> dict[tuple[str, str], int]:
        """The number of requests by method and path template, without sign-ins."""
        report = self.request("GET", "/_sandbox/stats")
        return {
            (each["method"], each["path"]): each["requests"]
            for each in report["endpoints"]
            if each["path"] != "/oauth2/v1/token"
        }

    def writes(self) -> dict[tuple[str, str], int]:
        """The requests that change something, without those for the sandbox itself."""
        return {
            (method, path): count
            for (method, path), count in self.stats().items()
            if method not in ("GET", "HEAD") and "/_sandbox" not in path
        }

    def clear_stats(self) -> None:
        self.request("DELETE", "/_sandbox/stats")

    def do(self, work: Callable[[OktaClient], Coroutine[Any, Any, T]]) -> T:
        """Run an action with a client of the reconciler."""

        async def with_client() -> T:
            async with OktaClient(self.url, ApiToken(self.token)) as client:
                return await work(client)

        return asyncio.run(with_client())

    def read(self, **choice: Any) -> Snapshot:
        """A snapshot with all children, without our own app."""
        live = self.do(lambda client: snapshot.read(client, **choice))
        ourselves = self.sign_in.client_id
        objects = {kind: tuple(one for one in found if one.id != ourselves) for kind, found in live.objects.items()}
        by_id = {key: one for key, one in live.by_id.items() if one.id != ourselves}
        return replace(live, objects=objects, by_id=by_id)


StartTenant = Callable[[], AbstractContextManager[SandboxTenant]]


@dataclass(frozen=True)
class Outcome:
    """The result of a command."""

    code: int
    out: str
    err: str

    def __str__(self) -> str:
        return f"exit code {self.code}\n--- stdout\n{self.out}\n--- stderr\n{self.err}"


class AnsweringTerminal(io.StringIO):
    """A terminal whose user does something while a command waits for the answer."""

    def __init__(self, answer: Callable[[], str]) -> None:
        super().__init__()
        self._answer = answer

    def isatty(self) -> bool:
        return True

    def readline(self, size: int | None = -1, /) -> str:  # type: ignore[override]  # typeshed says bytes
        return f"{self._answer()}\n"


class _WithoutAnchors(yaml.SafeDumper):
    """Writes values out each time, as people do: `accept` does not edit anchors."""

    def ignore_aliases(self, data: object) -> bool:
        """True for every value."""
        return True


@dataclass(frozen=True)
class Workspace:
    """A separate project: `Pulumi.yaml`, definitions, state."""

    root: Path
    tenant: SandboxTenant
    secrets: dict[str, str] = field(default_factory=lambda: {SECRET: "a-client-secret-of-the-tests"})
    project: str = "okta"

    def __post_init__(self) -> None:
        self.root.mkdir(exist_ok=True)
        (self.root / "Pulumi.yaml").write_text(yaml.safe_dump(_PROJECT | {"name": self.project}))
        self.write_environment(ENVIRONMENT)
        self.guard(False)

    @property
    def definitions(self) -> Path:
        return self.root / "definitions"

    def write_environment(self, name: str) -> None:
        """Add another environment for the same tenant."""
        environment = {"tenant": {"url": self.tenant.url, "credentials": dict(self.tenant.sign_in.credentials)}}
        self.write(f"environments/{name}.yaml", [environment])

    def guard(self, on: bool = True) -> None:
        """Switch the guards on. They are off at first: most tests are not about what is refused."""
        off = {rule: {"off": True, "reason": "The test is about something else."} for rule in guard_ids()}
        self.write("guards.yaml", [{} if on else off])

    def declare(self, documents: Iterable[Specimen | Mapping[str, Any]]) -> None:
        """Replace the definitions."""
        self.write("all.yaml", plain(documents))

    def declare_by_kind(self, documents: Iterable[Specimen | Mapping[str, Any]]) -> None:
        """Add definitions, in a file for each kind: edits of many documents in one file take long."""
        by_kind: dict[str, list[Any]] = defaultdict(list)
        for document in plain(documents):
            by_kind[document["kind"]].append(document)
        for kind, found in by_kind.items():
            self.write(f"{kind}.yaml", found)

    def run(
        self, *arguments: str, environment: str | None = ENVIRONMENT, answer: Callable[[], str] | None = None
    ) -> Outcome:
        """Run a command in this process; `environment` is None for commands without one.

        With `answer`, there is a terminal, and the first question gets this answer.
        """
        command, *options = arguments
        out, err = io.StringIO(), io.StringIO()
        with self.environment(), redirect_stdout(out), redirect_stderr(err), pytest.MonkeyPatch.context() as patch:
            if answer:
                patch.setattr(sys, "stdin", AnsweringTerminal(answer))
            code = run(
                ["--definitions", str(self.definitions), command, *([environment] if environment else []), *options]
            )
        return Outcome(code, out.getvalue(), err.getvalue())

    def expect(
        self,
        code: int,
        *arguments: str,
        environment: str | None = ENVIRONMENT,
        answer: Callable[[], str] | None = None,
    ) -> Outcome:
        """Run a command that must end with this exit code."""
        outcome = self.run(*arguments, environment=environment, answer=answer)
        assert outcome.code == code, f"{' '.join(arguments)}: {outcome}"
        return outcome

    def start(self, *arguments: str, **options: Any) -> subprocess.Popen[str]:
        """Start a command as a process and the leader of its own process group."""
        command, *rest = arguments
        line = [sys.executable, "-m", "reconciler", "--definitions", str(self.definitions), command, ENVIRONMENT, *rest]
        with self.environment():
            return subprocess.Popen(
                line,
                cwd=PROJECT,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                start_new_session=True,
                **options,
            )

    def up(self) -> Outcome:
        return self.expect(0, "up", "--yes")

    def expect_settled(self) -> None:
        """Neither preview nor drift finds anything."""
        assert "No drift in " in self.expect(0, "drift").out
        self.expect(0, "preview", "--expect-no-changes")

    @contextmanager
    def environment(self) -> Iterator[None]:
        """The environment variables for commands."""
        with pytest.MonkeyPatch.context() as patch:
            for name, value in {**self.tenant.sign_in.variables, **self.secrets}.items():
                patch.setenv(name, value)
            yield

    @contextmanager
    def reconciler(self) -> Iterator[Reconciler]:
        """A reconciler for commands that change nothing."""
        with self.environment():
            yield reading(Settings(self.definitions, policy=self.definitions), ENVIRONMENT, SILENT)

    def desired(self, documents: Iterable[Specimen | Mapping[str, Any]]) -> Desired:
        """Load other definitions, without replacing those of the workspace."""
        elsewhere = Workspace(self.root / "elsewhere", self.tenant)
        elsewhere.declare(documents)
        return load(elsewhere.definitions, ENVIRONMENT)

    def line(self, source: Source) -> str:
        """The line of the definitions at a location."""
        return Path(source.file).read_text().splitlines()[source.line - 1]

    def comparison(self) -> Comparison:
        """A comparison with the tenant, without running the engine."""
        with self.reconciler() as reconciler:
            return Comparison(self, reconciler, reconciler.stack.state())

    def write(self, name: str, documents: list[Any]) -> None:
        """Write documents to a file of the definitions."""
        path = self.definitions / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(yaml.dump_all(documents, Dumper=_WithoutAnchors, sort_keys=False, allow_unicode=True))


def plain(documents: Iterable[Specimen | Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The documents as in a file."""
    return [each.document if isinstance(each, Specimen) else dict(each) for each in documents]


@dataclass(frozen=True)
class Comparison:
    """Fixed definitions and state, to compare with the current tenant repeatedly."""

    workspace: Workspace
    reconciler: Reconciler
    state: State

    async def look(self, client: OktaClient, *kinds: Kind) -> Snapshot:
        """Read the tenant as a drift run does: these kinds, or everything."""
        wanted = [kind.name for kind in kinds] or None
        desired = self.reconciler.desired
        named = logins(desired.declarations.values())
        return await snapshot.read(client, wanted, owners=owners(StateMatch.of(desired, self.state)), logins=named)

    def live(self) -> Snapshot:
        return self.workspace.tenant.do(self.look)

    def findings(self, live: Snapshot | None = None, desired: Desired | None = None) -> list[Finding]:
        return compare(match_of(desired or self.reconciler.desired, self.state, live or self.live()))

    def name_of(self, kind: str, identity: str, live: Snapshot | None = None) -> str:
        """The name in definitions of an object of the tenant, which is read unless a snapshot is given."""
        names = [
            name for (known, name), applied in self.state.resources.items() if (known, applied.id) == (kind, identity)
        ]
        return names[0] if names else self._system_name(kind, identity, live or self.live())

    @staticmethod
    def _system_name(kind: str, identity: str, live: Snapshot) -> str:
        if kind == USER:
            return live.people.logins[identity]
        item = live.by_id.get((kind, identity))
        if item is None:  # it is of another kind, perhaps with the same list
            return live.name_of_system(kind, identity) or identity
        return live.system_name(item) or f"{item.label} ({identity})"
