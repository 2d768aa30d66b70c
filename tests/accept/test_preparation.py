"""The edits of an acceptance: in which file, and without changing other environments. Uses no engine and no tenant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from reconciler.accept import Acceptance, prepare
from reconciler.definitions import DefinitionsError, load
from reconciler.drift import Comparison, Finding
from reconciler.engine.state import Applied, State
from reconciler.kinds import kind_named
from reconciler.kinds.mapping import Vocabulary, encode
from reconciler.okta.snapshot import LiveObject, Snapshot
from reconciler.report import Redactor
from tests.definitions.folder import Folder, document
from tests.matches import match_of

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
    """Declared trusted origins and groups, and a tenant with such objects."""

    folder: Folder

    def prepare(
        self, *live: tuple[str, str, dict[str, Any]], everywhere: bool = False, secret: str = "no secret"
    ) -> Acceptance:
        """Each object of the tenant is given as its kind, its name and its spec."""
        desired = load(self.folder.path, "staging")
        items: dict[str, list[LiveObject]] = {"trusted-origin": [], "group": []}
        applied: dict[tuple[str, str], Applied] = {}
        for address, declaration in desired.declarations.items():
            inputs = encode(declaration.kind.fields, declaration.spec, Vocabulary.INPUTS)
            applied[address] = Applied(declaration.kind, declaration.name, "urn", f"id-{declaration.name}", inputs)
        for kind, name, spec in live:
            json = {"id": f"id-{name}", "type": "OKTA_GROUP", **encode(kind_named(kind).fields, spec, Vocabulary.API)}
            items[kind].append(LiveObject(kind_named(kind), f"id-{name}", json))
        everything = [item for each in items.values() for item in each]
        snapshot = Snapshot(items, by_id={(item.kind.name, item.id): item for item in everything})
        state = State(applied, {}, False)
        comparison = Comparison.of(match_of(desired, state, snapshot))
        self.findings = comparison.findings
        finds = Redactor([secret]).finds
        return prepare(self.folder.path, comparison, self.findings, everywhere=everywhere, holds_secret=finds)

    findings: Sequence[Finding] | None = None


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
    """The added and removed lines of the diff."""
    assert acceptance.refused == []
    return [line for line in acceptance.diff().splitlines() if line[0] in "+-" and line[:3] not in ("+++", "---")]


@pytest.mark.parametrize("everywhere", [False, True])
def test_an_object_made_by_foreach_is_not_edited(case: Case, everywhere: bool):
    case.folder.write(
        document("group", "${each.team}", "name: ${each.team}\n") + "foreach: {csv: teams.csv}\n", "g.yaml"
    )
    case.folder.write("team\nads\nweb\n", "teams.csv")
    before = {path: path.read_bytes() for path in case.folder.path.rglob("*") if path.is_file()}
    made = case.prepare(
        ("trusted-origin", "console", live(origin="https://b.example.com")),
        ("group", "ads", {"name": "ads", "description": "By hand."}),
        everywhere=everywhere,
    )
    assert [(finding.name, finding.verdict, str(refusal), refusal.hint) for finding, refusal in made.refused] == [
        (
            name,
            verdict,
            f"group {name} is made by foreach at {case.folder.path}/g.yaml:2:1 "
            f"(for the item at {case.folder.path}/teams.csv:{line}:1): an edit would change the objects of all items",
            "edit the template or the item by hand, or restore the object with reconciler repair",
        )
        for name, verdict, line in (("ads", "changed", 2), ("web", "missing", 3))
    ]
    assert [path.name for path in made.texts] == ["a.yaml"]
    assert {path: path.read_bytes() for path in case.folder.path.rglob("*") if path.is_file()} == before


def test_a_declared_field_is_edited_in_its_document(case: Case):
    made = case.prepare(("trusted-origin", "console", live(origin="https://b.example.com")))
    assert changed(made) == [
        "-  origin: https://a.example.com # the console",
        "+  origin: https://b.example.com # the console",
    ]


def test_files_that_may_be_secrets_are_neither_read_nor_written(case: Case):
    secret = case.folder.path / "keys" / "app.pem"
    secret.parent.mkdir()
    secret.write_text("secret")
    made = case.prepare(("trusted-origin", "console", live(origin="https://b.example.com")))
    assert [path.name for path in made.texts] == ["a.yaml"]


def test_a_default_field_is_added_in_the_order_of_the_model(case: Case):
    made = case.prepare(("trusted-origin", "console", live(status="INACTIVE")))
    assert changed(made) == ["+  status: INACTIVE"]


def test_a_value_with_a_variable_is_changed_in_a_patch(case: Case):
    made = case.prepare(("trusted-origin", "console", live(name="Operators")))
    assert changed(made) == [
        "+patches:", "+  - kind: trusted-origin", "+    name: console", "+    spec:", "+      name: Operators"
    ]  # fmt: skip


def test_a_shared_document_is_changed_in_a_patch(case: Case):
    case.folder.write(STAGING, "environments/production.yaml")
    before = load(case.folder.path, "production").digest

    made = case.prepare(("trusted-origin", "console", live(origin="https://b.example.com")))

    assert changed(made)[-1] == "+      origin: https://b.example.com"
    assert [path.name for path in made.texts] == ["staging.yaml"]
    write(made)
    assert load(case.folder.path, "production").digest == before
    again = case.prepare(("trusted-origin", "console", live(origin="https://c.example.com")))
    assert changed(again) == ["-      origin: https://b.example.com", "+      origin: https://c.example.com"]


def test_everywhere_edits_the_shared_document(case: Case):
    case.folder.write(STAGING, "environments/production.yaml")
    made = case.prepare(("trusted-origin", "console", live(origin="https://b.example.com")), everywhere=True)
    assert [path.name for path in made.texts] == ["a.yaml"]


def test_the_document_of_a_deleted_object_is_removed(case: Case):
    case.folder.write(document("group", "one", "name: One") + document("group", "two", "name: Two"), "groups.yaml")
    made = case.prepare(("trusted-origin", "console", live()), ("group", "two", {"name": "Two"}))
    write(made)
    assert (case.folder.path / "groups.yaml").read_text() == document("group", "two", "name: Two")


def test_the_document_of_a_deleted_object_stays_for_other_environments(case: Case):
    case.folder.write(STAGING, "environments/production.yaml")
    made = case.prepare()
    assert changed(made) == ["+environments: [production]"]


def test_an_unmanaged_object_is_declared_for_this_environment_only(case: Case):
    case.folder.write(STAGING, "environments/production.yaml")
    made = case.prepare(("trusted-origin", "console", live()), ("group", "strange", {"name": "Strange ${suffix}"}))
    assert "+  name: Strange $${suffix}" in changed(made)
    write(made)
    assert {address.name for address in load(case.folder.path, "staging").declarations} == {"console", "strange-suffix"}
    assert {address.name for address in load(case.folder.path, "production").declarations} == {"console"}


def test_an_invalid_value_is_refused_and_the_rest_accepted(case: Case):
    made = case.prepare(("trusted-origin", "console", live(origin="nonsense", status="INACTIVE")))
    assert [finding.field for finding, _ in made.refused] == ["origin"]
    assert [finding.field for finding, _ in made.accepted] == ["status"]


def test_locations_are_those_in_the_original_files(case: Case):
    """`portal` is edited in a file in which `one`, further up, has gained a line."""
    portal = document("trusted-origin", "portal", ORIGIN.replace("Console", "Portal"))
    case.folder.write(document("group", "one", "name: One") + portal, "two.yaml")
    made = case.prepare(
        ("trusted-origin", "console", live()),
        ("group", "one", {"name": "One", "description": "By hand"}),
        ("trusted-origin", "portal", live(name="Portal (staging)", origin="nonsense")),
    )
    assert [finding.name for finding, _ in made.accepted] == ["one"]
    assert locations(case, made) == ["two.yaml:15:"]


def test_an_added_line_is_reported_without_a_number(case: Case):
    case.folder.write(STAGING, "environments/production.yaml")
    made = case.prepare(("trusted-origin", "console", live(origin="nonsense")))
    assert locations(case, made) == ["environments/staging.yaml:"]


def test_a_removed_document_is_reported_with_its_original_line(case: Case):
    case.folder.write("".join(document("group", name, f"name: {name}") for name in ("one", "two")), "groups.yaml")
    made = case.prepare(("trusted-origin", "console", live()))
    assert [sentence.removeprefix(f"{case.folder.path}/") for _, sentence in made.accepted] == [
        "groups.yaml:2: removed", "groups.yaml:9: removed"
    ]  # fmt: skip


def locations(case: Case, made: Acceptance) -> list[str]:
    """The locations of the errors for which findings are refused."""
    return [str(error).removeprefix(f"{case.folder.path}/").split()[0] for _, error in made.refused]


def write(made: Acceptance) -> None:
    for path, (_, after) in made.texts.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(after)


def test_a_value_with_a_secret_of_the_run_is_refused(case: Case):
    origin = "https://token-0123456789.example.com"
    made = case.prepare(
        ("trusted-origin", "console", live(origin=origin, scopes=["REDIRECT"])),
        ("group", "stray", {"name": "Stray", "description": "the token is token-0123456789"}),
        secret="token-0123456789",
    )
    assert {finding.subject for finding, _ in made.refused} == {"trusted-origin console.origin", "group Stray"}
    assert {finding.subject for finding, _ in made.accepted} == {"trusted-origin console.scopes"}
    assert "token-0123456789" not in made.diff()
    reasons = [f"{error.message} {error.hint}" for _, error in made.refused]
    assert all("contains a secret of this run" in one and "rotate the secret" in one for one in reasons)
    assert not any("token-0123456789" in one for one in reasons)


def test_a_link_out_of_the_definitions_is_not_followed(case: Case, tmp_path_factory: pytest.TempPathFactory):
    outside = tmp_path_factory.mktemp("outside") / "shared.yaml"
    outside.write_text(document("group", "shared", "name: Shared\n"))
    (case.folder.path / "shared.yaml").symlink_to(outside)
    with pytest.raises(
        DefinitionsError, match=f"shared.yaml:1:1: the link points outside the definitions, to {outside}"
    ):
        case.prepare()


def test_a_file_shared_by_two_environments_through_a_link_is_not_changed(case: Case):
    (case.folder.path / "environments" / "production.yaml").symlink_to("staging.yaml")
    made = case.prepare(("trusted-origin", "console", live(origin="https://b.example.com")))
    ((_, error),) = made.refused
    assert error.message == "environment production would change too"
    assert not made.texts
