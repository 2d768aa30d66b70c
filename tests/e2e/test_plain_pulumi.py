"""The same program without the reconciler around it: `pulumi up` in the checkout, and in a company's repository."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from reconciler.cli import run
from reconciler.definitions import load
from reconciler.engine import toolchain
from reconciler.provider import provider_of
from reconciler.tenant import Tenant
from tests.e2e.documents import document, group, server
from tests.e2e.workspace import ENVIRONMENT, PROJECT, Workspace

pytestmark = pytest.mark.e2e

HOST = Path(__file__).with_name("language_host.py")


@pytest.fixture(params=["this repository", "a created repository"])
def checkout(workspace: Workspace, request: pytest.FixtureRequest, tmp_path: Path) -> Workspace:
    """A workspace with a repository's `Pulumi.yaml` and program, and a language host on its PATH."""
    source = PROJECT
    if request.param != "this repository":
        source = tmp_path / "created"
        assert run(["init", str(source), "--environment", f"{ENVIRONMENT}={workspace.tenant.url}"]) == 0
    shutil.copy(source / "Pulumi.yaml", workspace.root)
    shutil.copytree(source / "stacks", workspace.root / "stacks", ignore=shutil.ignore_patterns("__pycache__"))
    (workspace.root / ".venv").symlink_to(sys.prefix)
    host = workspace.root / "bin" / "pulumi-language-python"
    host.parent.mkdir()
    host.write_text(f'#!/bin/sh\nPYTHONPATH="{PROJECT}" exec "{sys.executable}" "{HOST}" "$@"\n')
    host.chmod(0o755)
    return workspace


def pulumi(checkout: Workspace, *command: str) -> str:
    backend = checkout.root / ".state"
    backend.mkdir(exist_ok=True)
    tenant = Tenant(load(checkout.definitions, ENVIRONMENT).environment)
    with checkout.environment(), provider_of(tenant) as provider:
        answer = subprocess.run(
            [toolchain.ensure(), "--non-interactive", *command],
            cwd=checkout.root,
            env=os.environ
            | {
                "PATH": f"{checkout.root / 'bin'}:{os.environ['PATH']}",
                "PULUMI_BACKEND_URL": backend.as_uri(),
                "PULUMI_CONFIG_PASSPHRASE": "sandbox",
                "PULUMI_SKIP_UPDATE_CHECK": "true",
                **provider,
            },
            capture_output=True,
            text=True,
            timeout=120,
        )
    assert answer.returncode == 0, answer.stdout + answer.stderr
    return answer.stdout


def test_a_plain_pulumi_up_is_taken_over_by_the_reconciler_and_the_other_way_round(checkout: Workspace):
    app = document("bookmark-app", "wiki", label="Wiki", url="https://wiki.example.com", groups=[{"group": "people"}])
    checkout.declare([group("people"), server(), app])

    pulumi(checkout, "stack", "init", ENVIRONMENT)
    pulumi(checkout, "up", "--yes", "--skip-preview")

    assert "bookmark-app  Wiki" in checkout.tenant.labels()
    outputs = json.loads(pulumi(checkout, "stack", "output", "--json"))
    assert outputs["definitions"] == load(checkout.definitions, ENVIRONMENT).digest
    checkout.expect_settled()

    checkout.declare([group("people", description="Everybody."), server(), app])
    checkout.up()
    pulumi(checkout, "preview", "--expect-no-changes")
