"""What a company installs: the wheel, in an environment and a folder without this checkout."""

from __future__ import annotations

import os
import re
import select
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.e2e.workspace import PROJECT

pytestmark = pytest.mark.e2e


@dataclass(frozen=True)
class Installation:
    """The command of an installed wheel, run in one folder."""

    command: Path
    folder: Path

    def run(self, *arguments: str, code: int = 0) -> str:
        """Run a command that ends with this exit code. Returns its output."""
        ran = subprocess.run(
            [self.command, *arguments],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert ran.returncode == code, ran.stdout + ran.stderr
        return ran.stdout

    @property
    def environment(self) -> dict[str, str]:
        """The variables of this process, without those that lead to the checkout."""
        kept = {name: value for name, value in os.environ.items() if name not in {"PYTHONPATH", "VIRTUAL_ENV"}}
        return kept | {"OKTA_LOCAL_TOKEN": "local"}


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """The wheels in a new environment, which takes the dependencies from this one, but no checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    bin_folder = Path(sys.executable).parent
    build = "import sys; from hatchling.build import build_wheel; build_wheel(sys.argv[1])"
    for source in (PROJECT, PROJECT / "sandbox"):
        subprocess.run([sys.executable, "-c", build, folder], cwd=source, check=True)
    wheels = sorted(folder.glob("okta_*.whl"))
    environment = folder / "environment"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", environment], check=True)
    python = environment / "bin/python"
    install: list[str | Path] = ["pip", "install", "--quiet", "--offline", "--no-deps", "--python", python, *wheels]
    subprocess.run([bin_folder / "uv", *install], check=True)
    # A path in a .pth file is searched for modules only: the .pth file of the checkout in it is not read.
    dependencies = sysconfig.get_path("purelib")
    (site,) = environment.glob("lib/python*/site-packages")
    (site / "dependencies.pth").write_text(f"{dependencies}\n")
    empty = folder / "empty"
    empty.mkdir()
    return Installation(environment / "bin/reconciler", empty)


@pytest.fixture
def url(installation: Installation) -> Iterator[str]:
    """A local tenant that the wheel serves."""
    line: list[str | Path] = [installation.command, "sandbox", "serve", "--port", "0"]
    with subprocess.Popen(
        line, cwd=installation.folder, env=installation.environment, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert select.select([process.stdout], [], [], 60)[0], "the tenant did not start"
        announced = re.search(r"http://\S+", process.stdout.readline())
        assert announced
        yield announced[0]
        process.terminate()


def test_from_init_to_drift_without_the_checkout(installation: Installation, url: str):
    python = installation.command.with_name("python")
    where = "import reconciler, sys; print(reconciler.__file__); print(*sys.path)"
    shown = subprocess.run([python, "-P", "-c", where], cwd=installation.folder, capture_output=True, text=True).stdout
    assert str(PROJECT / "reconciler") not in shown
    assert str(PROJECT) not in shown.split()

    installation.run("init", "okta", "--environment", f"local={url}")
    company = Installation(installation.command, installation.folder / "okta")
    assert "group      1" in company.run("validate")
    assert "1 to create" in company.run("preview", "local")
    assert "1 created" in company.run("up", "local", "--yes")
    assert "No drift in 1 declared object" in company.run("drift", "local")
    company.run("preview", "local", "--expect-no-changes")
    assert "is up to date" in company.run("upgrade")
    assert "reconciler, version" in company.run("--version")
    assert not list(company.folder.rglob("*.new"))
