"""`ignore.yaml`: every entry has a reason, an owner and an expiry date. Problems have their location."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.definitions.folder import Folder, group

SOON = date.today() + timedelta(days=30)


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    folder = Folder(tmp_path)
    folder.write(group("one"))
    return folder


def entry(**changes: object) -> str:
    said = {"kind": "group", "name": "one", "reason": "It is moved.", "owner": "identity", "expires": SOON, **changes}
    lines = [f"{key}: {value}" for key, value in said.items() if value is not None]
    return "- " + "\n  ".join(lines) + "\n"


def test_entry_applies_to_its_environments(folder: Folder):
    folder.environment(name="production")
    folder.write(entry(field="desc*") + entry(name=None, label="Legacy*", environments="[production]"), "ignore.yaml")
    (one,) = folder.load().environment.ignores
    assert (one.kind, one.name, one.field, one.expires, one.owner) == ("group", "one", "desc*", SOON, "identity")
    assert (one.source.line, one.source.column) == (1, 3)
    assert [each.label for each in folder.load("production").environment.ignores] == [None, "Legacy*"]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (entry(reason=None), "ignore.yaml:1:3: the entry needs reason | "),
        (entry(owner=None), "ignore.yaml:1:3: the entry needs owner | "),
        (entry(expires=None), "ignore.yaml:1:3: the entry needs expires | "),
        (entry(kind="gruop"), "ignore.yaml:1:9: unknown kind gruop | did you mean group, group-rule?"),
        (entry(name="on"), "ignore.yaml:1:3: group on is not declared | did you mean one?"),
        (entry(field="descripton"), "ignore.yaml:3:10: group has no field descripton | did you mean description?"),
        (entry(environments="[stagin]"), "unknown environment stagin | did you mean staging?"),
        (entry(expires=SOON + timedelta(days=365)), "is more than one year ahead | choose a date within one year"),
        (entry(expires="tomorrow"), "expires must be a day, such as 2026-12-31, not tomorrow | "),
        (entry(expires="20991231"), "expires must be a day, such as 2026-12-31, not 20991231 | "),
        (entry(label="One"), "set either name, for a declared object, or label, for unmanaged objects"),
        ("kind: group\n", "ignore.yaml:1:1: ignore.yaml must be a list, not a mapping | "),
    ],
)
def test_problems_have_their_location(folder: Folder, text: str, problem: str):
    lines = text.splitlines(keepends=True)
    if "descripton" in text:
        lines.insert(2, lines.pop(-1))
    folder.write("".join(lines), "ignore.yaml")
    (said,) = folder.problems()
    assert problem.replace("group, group-rule", "group") in said.replace("group or group-rule", "group")
