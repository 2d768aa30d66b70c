"""`guards.yaml`: limits, guards that are off, differences of environments; problems have their location."""

from __future__ import annotations

from pathlib import Path

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from reconciler.commit import Commit
from reconciler.definitions import DefinitionsError
from reconciler.guard import GUARDS, GuardSettings, guards_schema, read_guard_settings
from reconciler.guard.rules.too_many_deleted import TooManyDeletedLimits


def read(folder: Path, text: str | None, environment: str = "staging") -> GuardSettings:
    if text is not None:
        (folder / "guards.yaml").write_text(text)
    return read_guard_settings(folder, environment, ["staging", "production"], Path("definitions"), Commit("abc"))


def test_without_the_file_all_guards_are_on_with_their_defaults(tmp_path: Path):
    settings = read(tmp_path, None)
    assert not settings.off
    assert [settings.context(guard).limits for guard in GUARDS] == [guard.limits for guard in GUARDS]
    assert (settings.definitions, settings.commit.id) == ("definitions", "abc")
    assert settings.digest == read(tmp_path, "").digest == GuardSettings().digest


def test_an_environment_differs_only_in_what_it_states(tmp_path: Path):
    text = "too-many-deleted:\n  floor: 1\n  percent: 10\n  environments:\n    staging: {percent: 90}\n"
    assert read(tmp_path, text).limits == {"too-many-deleted": TooManyDeletedLimits(floor=1, percent=90)}
    assert read(tmp_path, text, "production").limits == {"too-many-deleted": TooManyDeletedLimits(floor=1, percent=10)}


def test_a_guard_can_be_off_in_one_environment(tmp_path: Path):
    text = "too-many-deleted: {environments: {staging: {off: true, reason: Made anew every night.}}}\n"
    assert read(tmp_path, text).off == {"too-many-deleted": "Made anew every night."}
    assert read(tmp_path, text, "production").off == {}


def test_a_guard_can_be_on_in_one_environment(tmp_path: Path):
    text = "too-many-deleted: {off: true, reason: We know., environments: {production: {off: false}}}\n"
    assert read(tmp_path, text).off == {"too-many-deleted": "We know."}
    assert read(tmp_path, text, "production").off == {}


@pytest.mark.parametrize(
    "text",
    ["too-many-deleted: {percent: 1}\n", "too-many-deleted: {off: true, reason: We know.}\n"],
)
def test_the_digest_changes_with_what_guards_decide(tmp_path: Path, text: str):
    assert read(tmp_path, text).digest != GuardSettings().digest


def test_the_digest_changes_with_the_owners(tmp_path: Path):
    (tmp_path / "owners.yaml").write_text('payments: {github: "@acme/payments"}\n')
    assert read(tmp_path, None).digest != GuardSettings().digest


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("- a\n", "1:1: guards.yaml must be a mapping of guards, not a list | "),
        ("too-many-delete: {}\n", "1:1: unknown guard too-many-delete | did you mean too-many-deleted?"),
        ("too-many-deleted: {off: true}\n", "1:1: too-many-deleted: off needs a reason | "),
        ("too-many-deleted: {percent: 101}\n", "1:29: percent must be at most 100, not 101 | "),
        ("too-many-deleted: {flor: 3}\n", "1:20: too-many-deleted has no field flor | did you mean floor?"),
        ("too-many-deleted: 3\n", "1:1: too-many-deleted must be a mapping, not 3 | "),
        (
            "too-many-deleted: {environments: {stagin: {floor: 3}}}\n",
            "1:35: unknown environment stagin | did you mean staging?",
        ),
        (
            "too-many-deleted: {environments: {production: {off: true}}}\n",
            "1:47: environments.production: off needs a reason | ",
        ),
        (
            "too-many-deleted: {reason: We know.}\n",
            "1:1: too-many-deleted: reason explains off: set off: true, or remove the reason | ",
        ),
    ],
)
def test_problems_have_their_location(tmp_path: Path, text: str, problem: str):
    with pytest.raises(DefinitionsError) as caught:
        read(tmp_path, text)
    assert [f"{message} | {hint}" for message, hint in caught.value.explanations()] == [
        f"{tmp_path.as_posix()}/guards.yaml:{problem}"
    ]


def test_the_schema_has_every_guard_with_its_limits():
    schema = guards_schema()
    Draft202012Validator.check_schema(schema)
    assert list(schema["properties"]) == [guard.id for guard in GUARDS]
    assert {"percent", "floor", "total_floor", "off", "reason"} <= schema["$defs"]["TooManyDeletedDifference"][
        "properties"
    ].keys()


@pytest.mark.parametrize(
    ("entry", "right"),
    [({"floor": 3}, True), ({"flor": 3}, False), ({"environments": {"test": {"floor": 3}}}, True), (None, False)],
)
def test_the_schema_says_what_is_valid(entry: object, right: bool):
    assert Draft202012Validator(guards_schema()).is_valid({"too-many-deleted": entry}) is right


@pytest.mark.parametrize(
    ("pattern", "valid"), [("*-app x", True), ("group *", True), ("nonsense", False), ("x y", False)]
)
def test_what_may_be_for_everyone_names_a_kind(tmp_path: Path, pattern: str, valid: bool):
    text = f"assigned-to-everyone: {{allowed: ['{pattern}']}}\n"
    if valid:
        assert read(tmp_path, text).limits
    else:
        with pytest.raises(DefinitionsError, match="must be a kind and a name"):
            read(tmp_path, text)
