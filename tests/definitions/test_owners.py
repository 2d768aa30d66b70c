"""`owners.yaml` and CODEOWNERS: the owners that documents may name."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.definitions.errors import Problem
from reconciler.definitions.owners import Owners, read_owners

LISTED = """\
payments: {github: "@acme/payments", mail: payments@acme.example, description: Money.}
identity: {mail: identity@acme.example}
"""


@pytest.fixture
def policy(tmp_path: Path) -> Path:
    (tmp_path / "Pulumi.yaml").touch()
    (tmp_path / "definitions").mkdir()
    return tmp_path / "definitions"


def read(policy: Path) -> Owners:
    problems: list[Problem] = []
    owners = read_owners(policy, problems)
    assert not problems
    return owners


def test_without_files_no_owner_is_known(policy: Path):
    assert not read(policy)


def test_listed_owners_are_known_with_their_team(policy: Path):
    (policy / "owners.yaml").write_text(LISTED)
    owners = read(policy)
    assert owners.knows("payments")
    assert not owners.knows("risk")
    assert owners.listed["payments"].github == "@acme/payments"
    assert owners.listed["identity"].mail == "identity@acme.example"


@pytest.mark.parametrize("place", [".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"])
def test_teams_of_the_repository_are_known_by_each_of_their_names(policy: Path, place: str):
    path = policy.parent / place
    path.parent.mkdir(exist_ok=True)
    path.write_text(
        "# everything @acme/nobody\n* @acme/identity ada@acme.example # @acme/comment\n/docs/ @grace\n\n/x\n"
    )
    names = {"@acme/identity", "acme/identity", "identity", "ada@acme.example", "@grace", "grace"}
    assert read(policy).names == names


def test_the_file_of_another_repository_does_not_count(policy: Path):
    (policy.parent / "CODEOWNERS").write_text("* @acme/identity\n")
    (policy / "Pulumi.yaml").touch()
    assert not read(policy)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("- payments\n", "owners.yaml:1:1: owners.yaml must be a mapping of owners, not a list"),
        ("payments: {}\n", "owners.yaml:1:1: owner payments: needs github or mail"),
        ("payments: {github: acme}\n", "owners.yaml:1:20: github: acme has an invalid format"),
        ("payments: {slack: x}\n", "owners.yaml:1:12: owner payments has no field slack"),
    ],
)
def test_problems_have_their_location(policy: Path, text: str, problem: str):
    (policy / "owners.yaml").write_text(text)
    problems: list[Problem] = []
    read_owners(policy, problems)
    (found,) = problems
    assert str(found).endswith(f"definitions/{problem}")
