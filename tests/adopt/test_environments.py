"""Several environments in one folder: adopting one never changes what is declared for another."""

from __future__ import annotations

import pytest

from reconciler.adopt.dry_run import BreaksDefinitions
from reconciler.adopt.files import FilesInTheWay
from reconciler.definitions import Address, load, load_all
from reconciler.definitions.documents import read_documents
from tests.adopt.tenant import adopted, assigned, bookmark, everyone, group, snapshot

HANDBOOK = bookmark("0oa1", "Wiki")
STAFF = group("00g1", "Staff")
PRODUCTION = snapshot(everyone(), STAFF, HANDBOOK, assigned(HANDBOOK, ["00g1"]))
WIKI_THERE = bookmark("0oa9", "Wiki")
STAFF_THERE = group("00g9", "Staff", "Everybody there.")
ONLY_THERE = bookmark("0oa8", "Status page")
STAGING = snapshot(everyone("00g8"), STAFF_THERE, WIKI_THERE, ONLY_THERE, assigned(WIKI_THERE, ["00g9"]))


@pytest.fixture
def folder(tmp_path):
    """A folder with two environments, and nothing declared."""
    for name in ("production", "staging"):
        add_environment(tmp_path, name)
    return tmp_path


def add_environment(folder, name):
    (folder / "environments").mkdir(exist_ok=True)
    text = f"tenant:\n  url: https://{name}.okta.com\n  credentials:\n    token: env:OKTA_TOKEN\n"
    (folder / "environments" / f"{name}.yaml").write_text(text)


def contents(folder):
    return {path.relative_to(folder).as_posix(): path.read_text() for path in folder.rglob("*") if path.is_file()}


def test_each_environment_gets_its_own_documents(folder):
    adopted(PRODUCTION, folder)
    before, wanted = contents(folder), load(folder, "production").digest
    adopted(STAGING, folder, environment="staging")

    assert before.items() <= contents(folder).items()
    assert sorted(contents(folder).keys() - before.keys()) == [
        "bookmark-apps/status-page.yaml",
        "bookmark-apps/wiki.staging.yaml",
        "groups/staff.staging.yaml",
        "imports/staging-not-adopted.md",
        "imports/staging.yaml",
    ]
    both = load_all(folder)
    assert both["production"].digest == wanted
    assert both["staging"].declarations[Address("group", "staff")].spec["description"] == "Everybody there."
    assert both["staging"].environment.imports[Address("bookmark-app", "wiki")] == "0oa9"


@pytest.mark.parametrize("first", ["production", "staging"])
def test_adopting_again_writes_the_same(folder, first):
    tenants = {"production": PRODUCTION, "staging": STAGING}
    order = sorted(tenants, key=lambda name: name != first)
    for name in order:
        adopted(tenants[name], folder, environment=name)
    before = contents(folder)
    for name in order:
        adopted(tenants[name], folder, environment=name)
    assert contents(folder) == before


def test_edited_files_of_another_environment_stay_even_with_force(folder):
    adopted(PRODUCTION, folder)
    edited = folder / "bookmark-apps" / "wiki.yaml"
    edited.write_text(edited.read_text().replace("owner: unassigned", "owner: docs"))
    before = contents(folder)
    adopted(STAGING, folder, environment="staging", force=True)
    assert before.items() <= contents(folder).items()


def test_documents_without_environments_are_shared_and_kept(tmp_path):
    """Documents adopted while there was one environment are not limited to it, so the next environment has them too."""
    adopted(PRODUCTION, tmp_path)
    add_environment(tmp_path, "staging")
    before, wanted = contents(tmp_path), load(tmp_path, "production").digest

    made = adopted(STAGING, tmp_path, environment="staging")
    adopted(PRODUCTION, tmp_path)

    assert [draft.name for draft in made.drafts] == ["status-page"]
    assert before.items() <= contents(tmp_path).items()
    assert load_all(tmp_path)["production"].digest == wanted
    (document,), _ = read_documents(tmp_path / "bookmark-apps" / "status-page.yaml", [])
    assert document.envelope.environments == ("staging",)


@pytest.mark.parametrize(
    ("imports", "problem"),
    [(True, "bookmark-app wiki is not declared"), (False, "would change what is declared for production")],
)
def test_nothing_that_breaks_another_environment_is_written_even_with_force(folder, imports, problem):
    adopted(PRODUCTION, folder)
    unsigned = folder / "bookmark-apps" / "wiki.yaml"
    unsigned.write_text(unsigned.read_text().partition("\n")[2])
    if not imports:
        (folder / "imports" / "production.yaml").unlink()
    before = contents(folder)
    with pytest.raises(FilesInTheWay, match=r"wiki\.yaml"):
        adopted(STAGING, folder, environment="staging")
    with pytest.raises(BreaksDefinitions, match=problem):
        adopted(STAGING, folder, environment="staging", force=True)
    assert contents(folder) == before


def test_an_invalid_environment_does_not_block_another(folder):
    adopted(STAGING, folder, environment="staging")
    (folder / "environments" / "staging.yaml").write_text("tenant: nowhere\n")
    adopted(PRODUCTION, folder)
    assert Address("bookmark-app", "wiki") in load(folder, "production").declarations
