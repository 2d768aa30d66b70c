"""Files: where documents go, and what is never overwritten."""

from __future__ import annotations

import pytest

from reconciler.adopt.files import NotOurs, folder_of, is_own, write
from reconciler.kinds import kind_named
from tests.adopt.tenant import adopted, bookmark, group, snapshot


def test_what_was_written_is_known_until_it_is_edited(tmp_path):
    write(tmp_path, {"a/b.yaml": "x: 1\n", "c.md": "# C\n"}, (), "production")
    assert is_own(tmp_path / "a" / "b.yaml")
    assert is_own(tmp_path / "c.md")
    (tmp_path / "a" / "b.yaml").write_text((tmp_path / "a" / "b.yaml").read_text() + "y: 2\n")
    assert not is_own(tmp_path / "a" / "b.yaml")
    assert not is_own(tmp_path / "missing.yaml")


def test_what_somebody_wrote_is_not_overwritten_and_nothing_else_written(tmp_path):
    foreign = tmp_path / "b.yaml"
    foreign.write_text("mine: true\n")
    with pytest.raises(NotOurs, match=r"1 files .*/b\.yaml"):
        write(tmp_path, {"a.yaml": "x: 1\n", "b.yaml": "x: 2\n"}, (), "production")
    assert [path.name for path in tmp_path.iterdir()] == ["b.yaml"]
    assert foreign.read_text() == "mine: true\n"
    write(tmp_path, {"b.yaml": "x: 2\n"}, (), "production", force=True)
    assert foreign.read_text().endswith("x: 2\n")


def test_withdrawn_files_go_unless_they_are_written_again(tmp_path):
    write(tmp_path, {"a.yaml": "x: 1\n", "b.yaml": "x: 1\n"}, (), "production")
    write(tmp_path, {"b.yaml": "x: 2\n"}, ["a.yaml", "b.yaml"], "production")
    assert [path.name for path in tmp_path.iterdir()] == ["b.yaml"]


@pytest.mark.parametrize(
    ("kind", "folder"),
    [("group", "groups"), ("password-policy", "password-policies"), ("saml-app", "saml-apps")],
)
def test_a_kind_has_a_folder(kind, folder):
    assert folder_of(kind_named(kind)) == folder


def test_what_owns_something_has_a_file_of_its_own(tmp_path):
    live = snapshot(group("00g1", "A"), group("00g2", "B"), bookmark("0oa1", "A"), bookmark("0oa2", "B"))
    adopted(live, tmp_path)
    assert sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.yaml")) == [
        "bookmark-apps/a.yaml",
        "bookmark-apps/b.yaml",
        "environments/production.yaml",
        "groups/adopted.yaml",
        "imports/production.yaml",
    ]
