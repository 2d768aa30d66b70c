"""Baselines: stored and read back, and refused if they are not valid."""

from __future__ import annotations

import gzip
from dataclasses import replace
from pathlib import Path

import orjson
import pytest

from reconciler.baseline import Baselines
from reconciler.drift.baseline_values import baseline
from reconciler.errors import ReconcilerError
from reconciler.file_formats import BASELINE
from reconciler.kinds import kind_named, kinds
from reconciler.okta.snapshot import LiveObject, Snapshot, Unreadable, whole_list
from tests.drift import live


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "state/baselines"


@pytest.fixture
def baselines(folder):
    return Baselines(str(folder))


def kept(baselines, environment="production"):
    """The stored baseline without empty kinds."""
    return {kind: items for kind, items in baselines.load(environment).items() if items}


def test_a_saved_baseline_is_read_back(baselines):
    baselines.save("production", live.snapshot(live.APP), declared={"0oa1"})
    assert kept(baselines) == baseline(live.snapshot(live.APP))


def test_an_unreadable_kind_is_not_an_empty_kind(baselines):
    gap = Unreadable(live.KIND, None, "403")
    baselines.save("production", replace(live.snapshot(live.APP), unreadable=[gap]), declared={"0oa1"})
    assert {kind.name for kind in kinds()} - baselines.load("production").keys() == {"oidc-app"}
    renew(baselines, replace(live.snapshot(), unreadable=[gap]), set())
    assert "oidc-app" not in baselines.load("production")
    renew(baselines, live.snapshot(live.APP), set())
    assert kept(baselines) == baseline(live.snapshot(live.APP))
    renew(baselines, replace(live.snapshot(), unreadable=[gap]), set())
    assert kept(baselines) == baseline(live.snapshot(live.APP)), "what is known is not forgotten for a gap"


def test_each_environment_has_its_own_baseline(baselines):
    baselines.save("staging", live.snapshot())
    baselines.save("production", live.snapshot(live.APP), declared={"0oa1"})
    assert kept(baselines, "staging") == {}


def test_the_same_tenant_gives_the_same_bytes(baselines, folder):
    baselines.save("production", live.snapshot(live.APP), declared={"0oa1"})
    first = (folder / "production.json.gz").read_bytes()
    baselines.save("production", live.snapshot(live.APP), declared={"0oa1"})
    assert (folder / "production.json.gz").read_bytes() == first


def test_no_secret_is_stored(baselines, folder):
    baselines.save("production", live.snapshot(live.APP), declared={"0oa1"})
    content = gzip.decompress((folder / "production.json.gz").read_bytes())
    assert b"futureFeature" in content
    assert b"CANARY" not in content


CHANGED = live.changed("settings.futureFeature", "on")
OTHER = {**live.APP, "id": "0oa2"}


def renew(baselines, after, made):
    baselines.renew("production", baselines.load("production"), after, made, declared={"0oa1"})


def feature(baselines, app):
    return baselines.load("production")["oidc-app"][app]["settings.futureFeature"]


def test_renewing_for_a_new_object_does_not_accept_changes_to_others(baselines):
    baselines.save("production", live.snapshot(live.APP), declared={"0oa1"})
    renew(baselines, live.snapshot(CHANGED, OTHER), {("oidc-app", "0oa2")})
    assert (feature(baselines, "0oa1"), feature(baselines, "0oa2")) == ("off", "off")


def test_a_new_object_is_recorded_as_it_is(baselines):
    baselines.save("production", live.snapshot(live.APP), declared={"0oa1"})
    renew(baselines, live.snapshot(CHANGED), {("oidc-app", "0oa1")})
    assert feature(baselines, "0oa1") == "on"


def test_of_an_updated_object_only_the_written_paths_are_renewed(baselines):
    baselines.save("production", live.snapshot(live.APP), declared={"0oa1"})
    after = live.snapshot(live.changed("visibility.appLinks", {"link": False}, CHANGED))
    wrote = {("oidc-app", "0oa1"): ["visibility.appLinks"]}
    baselines.renew("production", baselines.load("production"), after, set(), wrote)
    assert feature(baselines, "0oa1") == "off"
    assert baselines.load("production")["oidc-app"]["0oa1"]["visibility.appLinks.link"] is False


def test_objects_that_were_not_read_keep_their_values(baselines):
    baselines.save("production", live.snapshot(live.APP, OTHER))
    renew(baselines, live.snapshot(live.APP), set())
    renew(baselines, Snapshot({}), set())
    assert sorted(baselines.load("production")["oidc-app"]) == ["0oa1", "0oa2"]


def test_new_items_of_a_list_are_recorded_and_others_keep_their_values(baselines):
    kind = kind_named("app-group-assignments")
    app = LiveObject(live.KIND, "0oa1", live.APP)

    def snapshot(**extra):
        items = [{"id": one, "extra": value} for one, value in extra.items()]
        return Snapshot({kind.name: [whole_list(kind, items, app)]})

    baselines.save("production", snapshot(stays=1, goes=1))
    renew(baselines, snapshot(stays=2, comes=2), set())
    values = {"groups[stays].extra": 1, "groups[comes].extra": 2}
    items = {"groups[stays]": True, "groups[comes]": True}
    assert baselines.load("production")[kind.name]["0oa1"] == values | items


def test_a_baseline_can_be_stored_at_any_url_that_fsspec_supports():
    remote = Baselines("memory://baselines/deep/")
    remote.save("production", live.snapshot(live.APP), declared={"0oa1"})
    assert kept(remote) == baseline(live.snapshot(live.APP))


def packed(document):
    return gzip.compress(orjson.dumps(document))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not compressed",
        gzip.compress(b"not JSON"),
        packed({"version": BASELINE.version, "objects": {}})[:-12],
        packed([]),
        packed({"objects": {"oidc-app": {}}}),
        packed({"version": BASELINE.version - 1, "objects": {"oidc-app": {}}}),
        packed({"version": BASELINE.version}),
        packed({"version": BASELINE.version, "objects": []}),
        packed({"version": BASELINE.version, "objects": {"oidc-app": ["0oa1"]}}),
        packed({"version": BASELINE.version, "objects": {"oidc-app": {"0oa1": None}}}),
        packed({"version": BASELINE.version, "objects": {"oidc-app": {"0oa1": {"settings": {"futureFeature": "on"}}}}}),
    ],
    ids=[
        *("empty", "plain", "no-json", "cut", "a-list", "no-version", "older"),
        *("no-objects", "no-kinds", "no-ids", "no-paths", "nested"),
    ],
)
def test_invalid_content_is_refused(baselines, folder, content):
    folder.mkdir(parents=True)
    (folder / "production.json.gz").write_bytes(content)
    with pytest.raises(ReconcilerError, match="production"):
        baselines.load("production")


def test_a_run_killed_while_writing_leaves_the_earlier_baseline(baselines, folder, monkeypatch):
    baselines.save("production", live.snapshot(live.APP), declared={"0oa1"})

    def dies(self, *args):
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "replace", dies)
    with pytest.raises(KeyboardInterrupt):
        baselines.save("production", live.snapshot())
    assert kept(baselines) == baseline(live.snapshot(live.APP))


def test_a_missing_file_gives_no_baseline(tmp_path):
    assert Baselines(str(tmp_path / "nothing/here")).load("production") is None


def test_an_unknown_url_scheme_is_refused():
    with pytest.raises(ReconcilerError, match="nonsense"):
        Baselines("nonsense://bucket").load("production")


def test_an_error_while_writing_names_the_file(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(ReconcilerError, match=r"baseline cannot be written to .*file/production\.json\.gz") as caught:
        Baselines(str(tmp_path / "file")).save("production", live.snapshot(live.APP))
    assert "as declared" in caught.value.hint
