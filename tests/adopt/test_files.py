"""Files: where documents go, and which files are never overwritten."""

from __future__ import annotations

import pytest

from reconciler.adopt.files import FilesInTheWay, adopted_from, folder_of, is_own, write
from reconciler.kinds import kind_named
from tests.adopt.tenant import adopted, bookmark, group, snapshot, trusted_origin


def test_a_file_is_own_until_it_is_edited(tmp_path):
    write(tmp_path, {"a/b.yaml": "x: 1\n", "c.md": "# C\n"}, (), "production")
    assert is_own(tmp_path / "a" / "b.yaml", "production")
    assert is_own(tmp_path / "c.md", "production")
    assert not is_own(tmp_path / "c.md", "staging")
    (tmp_path / "a" / "b.yaml").write_text((tmp_path / "a" / "b.yaml").read_text() + "y: 2\n")
    assert not is_own(tmp_path / "a" / "b.yaml", "production")
    assert not is_own(tmp_path / "missing.yaml", "production")


def test_the_environment_of_a_file_is_known_even_after_an_edit(tmp_path):
    write(tmp_path, {"a.yaml": "x: 1\n"}, (), "eu.production")
    (tmp_path / "b.yaml").write_text((tmp_path / "a.yaml").read_text() + "y: 2\n")
    (tmp_path / "c.yaml").write_text("x: 1\n")
    assert [adopted_from(tmp_path / name) for name in ("a.yaml", "b.yaml", "c.yaml", "d.yaml")] == [
        "eu.production",
        "eu.production",
        "",
        "",
    ]


def test_nothing_is_written_if_a_file_would_be_overwritten(tmp_path):
    existing = tmp_path / "imports" / "production.yaml"
    existing.parent.mkdir()
    existing.write_text("# mine\n")
    with pytest.raises(
        FilesInTheWay, match=r"1 existing file was not written by adopt, or edited since: .*/imports/production\.yaml"
    ):
        adopted(snapshot(group("00g1", "A")), tmp_path)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [existing]
    assert existing.read_text() == "# mine\n"
    adopted(snapshot(group("00g1", "A")), tmp_path, force=True)
    assert existing.read_text().endswith("group:\n  a: 00g1\n")


def test_obsolete_files_are_deleted_unless_they_are_written_again(tmp_path):
    write(tmp_path, {"a.yaml": "x: 1\n", "b.yaml": "x: 1\n"}, (), "production")
    write(tmp_path, {"b.yaml": "x: 2\n"}, ["a.yaml", "b.yaml"], "production")
    assert [path.name for path in tmp_path.iterdir()] == ["b.yaml"]


@pytest.mark.parametrize(
    ("kind", "folder"),
    [("group", "groups"), ("password-policy", "password-policies"), ("saml-app", "saml-apps")],
)
def test_a_kind_has_a_folder(kind, folder):
    assert folder_of(kind_named(kind)) == folder


def test_objects_that_can_own_others_have_a_file_each(tmp_path):
    origins = [trusted_origin("tos1", "A"), trusted_origin("tos2", "B")]
    live = snapshot(*origins, group("00g1", "A"), group("00g2", "B"), bookmark("0oa1", "A"), bookmark("0oa2", "B"))
    adopted(live, tmp_path)
    assert sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.yaml")) == [
        "bookmark-apps/a.yaml",
        "bookmark-apps/b.yaml",
        "environments/production.yaml",
        "groups/a.yaml",
        "groups/b.yaml",
        "imports/production.yaml",
        "trusted-origins/adopted.yaml",
    ]
