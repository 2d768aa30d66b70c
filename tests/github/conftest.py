"""A company's repository with two local tenants, shared by the tests of a module."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from reconciler.sandbox import process
from tests.e2e.workspace import SandboxTenant
from tests.github.company import Company, founded
from tests.github.hub import serve


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    """A new repository and two fresh tenants. Nothing is applied yet."""
    folder = tmp_path_factory.mktemp("company")
    socket = Path(tempfile.mkdtemp()) / "gh.sock"  # a socket's path has at most 107 characters
    with process.start_tenants("staging", "production") as running:
        tenants = {name: SandboxTenant(each.url, each.token) for name, each in running.items()}
        for tenant in tenants.values():
            tenant.reset()
        company = founded(folder, tenants, socket)
        with serve(company.hub, socket) as address:
            company.machine.api = address
            yield company
    shutil.rmtree(socket.parent)
