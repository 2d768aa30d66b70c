"""How the official plugin is found, started and configured, tested with a fake plugin.

The fake is the stand-in as a program in the plugin's folder: what it is not told, it does not know.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from reconciler.engine.toolchain.plugin import PLUGIN_VERSION
from reconciler.kinds import scopes
from tests import official_plugin
from tests.e2e import fake_plugin
from tests.e2e.documents import document, group
from tests.e2e.workspace import PROJECT, Workspace

pytestmark = pytest.mark.e2e

WIKI = document("bookmark-app", "wiki", label="Wiki", url="https://wiki.example.com", groups=[{"group": "people"}])


@pytest.fixture
def plugin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The fake plugin, installed in its own Pulumi home."""
    home = tmp_path / "home-with-plugin"
    monkeypatch.setenv("PULUMI_HOME", str(home))
    return fake_plugin.install(home)


@pytest.mark.both_sign_ins
def test_the_engine_starts_the_installed_plugin(workspace: Workspace, plugin: Path, sign_in: str):
    """The reconciler starts no stand-in: everything goes through the plugin."""
    workspace.declare([group("people"), WIKI])
    workspace.expect(0, "preview")
    looking = len(fake_plugin.notes(plugin))
    workspace.up()
    workspace.expect_settled()
    workspace.declare([group("people", description="Everybody.")])
    workspace.up()
    assert workspace.tenant.labels() == ["group  People"]

    found = fake_plugin.notes(plugin)
    starts = [one for one in found if "started" in one]
    assert len(starts) >= 4
    for one in starts:
        assert one["started"][0].startswith("127.0.0.1:"), "the address of the engine"
        assert "PULUMI_DEBUG_PROVIDERS" not in one["variables"]
        assert one["variables"]["OKTA_HTTP_PROXY"] == workspace.tenant.url
    if sign_in == "service-app":
        asked = [set(one["variables"]["OKTA_API_SCOPES"].split(",")) for one in starts]
        assert asked[0] == scopes.to_read(), "a preview needs to read, and no more"
        assert scopes.to_change() in asked
        assert all(one["variables"]["OKTA_API_TOKEN"] == "" for one in starts)
    assert looking >= 1


def test_retry_settings_of_the_project_reach_the_plugin(workspace: Workspace, plugin: Path):
    """By default it waits between half a minute and five minutes before a retry."""
    (workspace.root / "Pulumi.yaml").write_text((PROJECT / "Pulumi.yaml").read_text())
    workspace.declare([group("people")])
    workspace.up()

    (configured, *_) = [one["configured"] for one in fake_plugin.notes(plugin) if "configured" in one]

    assert {name: int(value) for name, value in configured.items() if name != "version"} == {
        "okta:config:maxRetries": 5,
        "okta:config:minWaitSeconds": 5,
        "okta:config:maxWaitSeconds": 60,
    }


def test_other_okta_variables_do_not_reach_the_plugin(
    workspace: Workspace, plugin: Path, monkeypatch: pytest.MonkeyPatch
):
    """A token in the environment would take precedence over the private key in the definitions."""
    monkeypatch.setenv("OKTA_API_TOKEN", "of-the-user")
    monkeypatch.setenv("OKTA_ACCESS_TOKEN", "of-the-user")
    workspace.declare([group("people")])
    workspace.up()

    said = [one["variables"] for one in fake_plugin.notes(plugin) if "variables" in one]
    assert said and not any("of-the-user" in one.values() for one in said)


def test_a_plugin_is_found_in_a_home_into_which_it_was_put_by_links(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """Which is how the tests keep the rest of the user's home out of sight."""
    original = fake_plugin.install(tmp_path / "home-of-the-user")
    official_plugin.install(original, tmp_path / "home-of-the-tests")
    monkeypatch.setenv("PULUMI_HOME", str(tmp_path / "home-of-the-tests"))
    workspace.declare([group("people")])
    workspace.up()
    assert fake_plugin.notes(original)


def run_tests(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run tests as `make test PROVIDER=official` does, on a machine where this is the home of Pulumi."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-n", "0", "-p", "no:cacheprovider", "--provider", "official", *arguments],
        cwd=PROJECT,
        env=kept | {"PULUMI_HOME": str(home)},
        capture_output=True,
        text=True,
        timeout=300,
    )


def test_without_the_plugin_its_tests_are_an_error_and_not_skipped(tmp_path: Path):
    ran = run_tests(tmp_path, "tests/e2e/test_providers.py")
    assert ran.returncode == pytest.ExitCode.USAGE_ERROR
    assert f"the Okta provider plugin {PLUGIN_VERSION} is not installed in {tmp_path}/plugins" in ran.stderr
    assert "reconciler doctor --install" in ran.stderr


def test_with_the_plugin_they_go_through_it(tmp_path: Path):
    folder = fake_plugin.install(tmp_path)
    ran = run_tests(tmp_path, "tests/e2e/test_providers.py")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "skipped" not in ran.stdout
    assert [one for one in fake_plugin.notes(folder) if "started" in one]
