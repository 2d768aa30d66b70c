"""Several runs write the same files as one run, in any order and even if some of them fail."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count, permutations
from pathlib import Path

import pytest

from reconciler.adopt import Selection
from reconciler.definitions import environment_names, load
from reconciler.errors import ReconcilerError
from tests.adopt.tenant import (
    adopted,
    assigned,
    authentication_policy,
    bookmark,
    claim,
    everyone,
    group,
    server,
    session_policy,
    session_rule,
    snapshot,
    trusted_origin,
)
from tests.faults import Full, Killed, contents, fault


def tenant():
    wiki, twins = bookmark("0oa1", "Wiki"), (bookmark("0oa2", "Twice"), bookmark("0oa3", "Twice"))
    first, second = session_policy("00p1", "First", 1, ["00g1"]), session_policy("00p2", "Second", 2)
    api = server("aus1", "API")
    return snapshot(
        everyone(),
        group("00g1", "Day shift"),
        group("00g2", "Night shift", "Somebody's"),
        group("00g3", "Äöü"),
        wiki,
        *twins,
        bookmark("0oa4", "With a policy", "rst1"),
        assigned(wiki, ["00g1", "00g2"]),
        authentication_policy("rst1", "Strict", "Strict"),
        authentication_policy("rst2", "Without a description", ""),
        first,
        second,
        session_rule(first, "Rule", 1),
        api,
        claim(api, "role", "RESOURCE"),
        trusted_origin("tos1", "Day page"),
        trusted_origin("tos2", "Night page"),
    )


PARTS = {
    "kinds": [Selection(kinds=[kind]) for kind in ("group", "bookmark-app", "authentication-policy")],
    "names": [Selection(names=[glob]) for glob in ("*[sd]*", "*[TWF]*", "*")],
    "mixed": [Selection(kinds=["group"], names=["Day*"]), Selection(kinds=["bookmark-app"]), Selection()],
}
TOGETHER = {
    "kinds": Selection(kinds=["group", "bookmark-app", "authentication-policy"]),
    "names": Selection(),
    "mixed": Selection(),
}


@pytest.mark.parametrize("parts", PARTS)
@pytest.mark.parametrize("order", list(permutations(range(3))), ids=lambda order: "".join(map(str, order)))
def test_several_runs_write_the_files_of_one_run(tmp_path: Path, parts: str, order: tuple[int, ...]) -> None:
    live = tenant()
    adopted(live, tmp_path / "fresh", selection=TOGETHER[parts])
    for part in order:
        adopted(live, tmp_path / "several", selection=PARTS[parts][part])
    assert contents(tmp_path / "several") == contents(tmp_path / "fresh")
    load(tmp_path / "several", "production")


def test_an_edited_file_is_not_written_again(tmp_path: Path) -> None:
    live = tenant()
    adopted(live, tmp_path, selection=Selection(names=["Day*"]))
    origins = tmp_path / "trusted-origins" / "adopted.yaml"
    origins.write_text(edited := origins.read_text().replace("unassigned", "operations"))
    adopted(live, tmp_path, selection=Selection(names=["Night*"]))
    assert origins.read_text() == edited
    assert (tmp_path / "trusted-origins" / "night-page.yaml").exists()


SMALL = snapshot(group("00g1", "Day shift"), bookmark("0oa1", "Wiki"))


def interrupted(folder: Path, error: type[BaseException], *, lasting: bool = True) -> Iterator[BaseException]:
    """Adoptions that fail at the first file operation, the second, and so on, until one succeeds.

    Each starts with the folder that the previous one left behind; the last one is complete.
    """
    for number in count(1):
        try:
            with fault(number, error, folder, lasting=lasting):
                adopted(SMALL, folder)
        except (ReconcilerError, Killed) as raised:
            yield raised
        else:
            return


@pytest.mark.parametrize("first", [Selection(kinds=["group"]), None], ids=["in-a-folder-with-some", "in-a-new-folder"])
@pytest.mark.parametrize(("error", "lasting"), [(Killed, True), (Full, True), (Full, False)])
def test_an_adoption_that_failed_can_be_repeated(
    tmp_path: Path, first: Selection | None, error: type[BaseException], lasting: bool
) -> None:
    adopted(SMALL, tmp_path / "fresh")
    folder = tmp_path / "definitions"
    if first:
        adopted(SMALL, folder, selection=first)
    before = contents(folder)
    failed = 0
    for raised in interrupted(folder, error, lasting=lasting):
        failed += 1
        if isinstance(raised, ReconcilerError):
            assert "No space left on device" in raised.message
            assert str(folder) in raised.message
        if not lasting:
            assert contents(folder) == before
        environment_names(folder)
        assert contents(folder) == before, "partly written files remain"
    assert failed > 15
    assert contents(folder) == contents(tmp_path / "fresh")
