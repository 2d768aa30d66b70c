"""What accepting writes: where it is said, and that nobody else hears it. Neither engine nor tenant are asked."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from reconciler.accept import Acceptance, prepare
from reconciler.apply import Reconciler
from reconciler.definitions import DefinitionsError, load
from reconciler.drift import Finding, compare
from reconciler.engine.state import Applied, State
from reconciler.kinds import kind_named
from reconciler.kinds.mapping import Vocabulary, encode
from reconciler.okta.snapshot import LiveObject, Snapshot
from reconciler.report import Redactor
from tests.definitions.folder import Folder, document

STAGING = """\
tenant: {url: http://127.0.0.1:7701, credentials: {token: env:T}}
variables:
  suffix: " (staging)"
"""
ORIGIN = """\
name: Console${suffix}
origin: https://a.example.com # the console
scopes: [CORS]
"""


@dataclass
class Case:
    """Trusted origins and groups, and what a tenant has of them."""

    folder: Folder

    def prepare(
        self, *live: tuple[str, str, dict[str, Any]], everywhere: bool = False, secret: str = "no secret"
    ) -> Acceptance:
        """Each object of the tenant is a kind, the name that it is declared by (or nothing), and what differs."""
        desired = load(self.folder.path, "staging")
        items: dict[str, list[LiveObject]] = {"trusted-origin": [], "group": []}
        applied: dict[tuple[str, str], Applied] = {}
        for address, declaration in desired.declarations.items():
            inputs = encode(declaration.kind, declaration.spec, Vocabulary.INPUTS)
            applied[address] = Applied(declaration.kind, declaration.name, "urn", f"id-{declaration.name}", inputs)
        for kind, name, spec in live:
            json = {"id": f"id-{name}", "type": "OKTA_GROUP", **encode(kind_named(kind), spec, Vocabulary.API)}
            items[kind].append(LiveObject(kind_named(kind), f"id-{name}", json))
        everything = [item for each in items.values() for item in each]
        snapshot = Snapshot(items, by_id={(item.kind.kind, item.id): item for item in everything})
        state = State(applied, {}, False)
        stack = SimpleNamespace(state=lambda: state)
        self.findings = compare(desired, state, snapshot)
        reconciler = cast(Reconciler, SimpleNamespace(desired=desired, stack=stack))
        finds = Redactor([secret]).finds
        return prepare(self.folder.path, reconciler, self.findings, snapshot, everywhere=everywhere, holds_secret=finds)

    findings: list[Finding] | None = None


@pytest.fixture
def case(tmp_path: Path) -> Case:
    folder = Folder(tmp_path)
    folder.write(STAGING, "environments/staging.yaml")
    folder.write(document("trusted-origin", "console", ORIGIN))
    return Case(folder)


def live(**changes: Any) -> dict[str, Any]:
    spec = {"name": "Console (staging)", "origin": "https://a.example.com", "scopes": ["CORS"], "status": "ACTIVE"}
    return {**spec, **changes}


def changed(acceptance: Acceptance) -> list[str]:
    """The lines of the diff that say something."""
    assert acceptance.refused == []
    return [line for line in acceptance.diff().splitlines() if line[0] in "+-" and line[:3] not in ("+++", "---")]


def test_a_declared_field_is_said_where_it_stands(case: Case):
    made = case.prepare(("trusted-origin", "console", live(origin="https://b.example.com")))
    assert changed(made) == [
        "-  origin: https://a.example.com # the console",
        "+  origin: https://b.example.com # the console",
    ]


def test_an_inherited_field_is_added_in_the_order_of_the_model(case: Case):
    made = case.prepare(("trusted-origin", "console", live(status="INACTIVE")))
    assert changed(made) == ["+  status: INACTIVE"]


def test_where_a_variable_stands_the_environment_says_it(case: Case):
    made = case.prepare(("trusted-origin", "console", live(name="Operators")))
    assert changed(made) == [
        "+patches:", "+  - kind: trusted-origin", "+    name: console", "+    spec:", "+      name: Operators"
    ]  # fmt: skip


def test_another_environment_keeps_what_it_has(case: Case):
    case.folder.write(STAGING, "environments/production.yaml")
    before = load(case.folder.path, "production").digest

    made = case.prepare(("trusted-origin", "console", live(origin="https://b.example.com")))

    assert changed(made)[-1] == "+      origin: https://b.example.com"
    assert [path.name for path in made.texts] == ["staging.yaml"]
    write(made)
    assert load(case.folder.path, "production").digest == before
    again = case.prepare(("trusted-origin", "console", live(origin="https://c.example.com")))
    assert changed(again) == ["-      origin: https://b.example.com", "+      origin: https://c.example.com"]


def test_everywhere_means_the_document_itself(case: Case):
    case.folder.write(STAGING, "environments/production.yaml")
    made = case.prepare(("trusted-origin", "console", live(origin="https://b.example.com")), everywhere=True)
    assert [path.name for path in made.texts] == ["a.yaml"]


def test_what_was_deleted_is_taken_out(case: Case):
    case.folder.write(document("group", "one", "name: One") + document("group", "two", "name: Two"), "groups.yaml")
    made = case.prepare(("trusted-origin", "console", live()), ("group", "two", {"name": "Two"}))
    write(made)
    assert (case.folder.path / "groups.yaml").read_text() == document("group", "two", "name: Two")


def test_what_was_deleted_here_stays_elsewhere(case: Case):
    case.folder.write(STAGING, "environments/production.yaml")
    made = case.prepare()
    assert changed(made) == ["+environments: [production]"]


def test_what_nobody_declared_is_declared_for_this_environment_alone(case: Case):
    case.folder.write(STAGING, "environments/production.yaml")
    made = case.prepare(("trusted-origin", "console", live()), ("group", "strange", {"name": "Strange ${suffix}"}))
    assert "+  name: Strange $${suffix}" in changed(made)
    write(made)
    assert {address.name for address in load(case.folder.path, "staging").declarations} == {"console", "strange-suffix"}
    assert {address.name for address in load(case.folder.path, "production").declarations} == {"console"}


def test_what_a_definition_cannot_say_is_refused_and_the_rest_accepted(case: Case):
    made = case.prepare(("trusted-origin", "console", live(origin="nonsense", status="INACTIVE")))
    assert [finding.field for finding, _ in made.refused] == ["origin"]
    assert [finding.field for finding, _ in made.accepted] == ["status"]


def test_places_are_those_of_the_users_own_files(case: Case):
    """`portal` is edited where `one`, above it in the file, has gained a line."""
    portal = document("trusted-origin", "portal", ORIGIN.replace("Console", "Portal"))
    case.folder.write(document("group", "one", "name: One") + portal, "two.yaml")
    made = case.prepare(
        ("trusted-origin", "console", live()),
        ("group", "one", {"name": "One", "description": "By hand"}),
        ("trusted-origin", "portal", live(name="Portal (staging)", origin="nonsense")),
    )
    assert [finding.name for finding, _ in made.accepted] == ["one"]
    assert places(case, made) == ["two.yaml:15:"]


def test_a_line_that_was_never_written_has_no_number(case: Case):
    case.folder.write(STAGING, "environments/production.yaml")
    made = case.prepare(("trusted-origin", "console", live(origin="nonsense")))
    assert places(case, made) == ["environments/staging.yaml:"]


def test_what_is_taken_out_is_told_with_the_line_where_it_stood(case: Case):
    case.folder.write("".join(document("group", name, f"name: {name}") for name in ("one", "two")), "groups.yaml")
    made = case.prepare(("trusted-origin", "console", live()))
    assert [sentence.removeprefix(f"{case.folder.path}/") for _, sentence in made.accepted] == [
        "groups.yaml:2: taken out", "groups.yaml:9: taken out"
    ]  # fmt: skip


def places(case: Case, made: Acceptance) -> list[str]:
    """Where it stands why findings are refused."""
    return [str(error).removeprefix(f"{case.folder.path}/").split()[0] for _, error in made.refused]


def write(made: Acceptance) -> None:
    for path, (_, after) in made.texts.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(after)


def test_a_secret_of_the_run_is_not_written(case: Case):
    origin = "https://token-0123456789.example.com"
    made = case.prepare(
        ("trusted-origin", "console", live(origin=origin, scopes=["REDIRECT"])),
        ("group", "stray", {"name": "Stray", "description": "the token is token-0123456789"}),
        secret="token-0123456789",
    )
    assert {finding.subject for finding, _ in made.refused} == {"trusted-origin console.origin", "group Stray"}
    assert {finding.subject for finding, _ in made.accepted} == {"trusted-origin console.scopes"}
    assert "token-0123456789" not in made.diff()
    told = [f"{error.message} {error.hint}" for _, error in made.refused]
    assert all("holds a secret of this run" in one and "change the secret" in one for one in told)
    assert not any("token-0123456789" in one for one in told)


def test_a_link_that_leads_out_is_not_followed(case: Case, tmp_path_factory: pytest.TempPathFactory):
    outside = tmp_path_factory.mktemp("outside") / "shared.yaml"
    outside.write_text(document("group", "shared", "name: Shared\n"))
    (case.folder.path / "shared.yaml").symlink_to(outside)
    with pytest.raises(
        DefinitionsError, match=f"shared.yaml:1:1: the link points outside the definitions, to {outside}"
    ):
        case.prepare()


def test_a_file_that_two_environments_share_by_a_link_changes_for_none(case: Case):
    (case.folder.path / "environments" / "production.yaml").symlink_to("staging.yaml")
    made = case.prepare(("trusted-origin", "console", live(origin="https://b.example.com")))
    ((_, error),) = made.refused
    assert error.message == "production would change with it"
    assert not made.texts
