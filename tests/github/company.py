"""A company's repository on the stand-in for GitHub, with two local tenants, for the tests of the workflows."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from tests.e2e.workspace import SandboxTenant
from tests.github.hub import Environment, Hub
from tests.github.runner import Machine, Run, clean_environment
from tests.github.workflows import ROOT

CODE = (
    ".github", "action", "reconciler", "Pulumi.yaml", "README.md", "pyproject.toml", "requirements-uv.txt", "stacks",
    *sorted(path.name for path in ROOT.glob("requirements-*.lock")),
)  # fmt: skip
"""What the company's repository has of this one."""


@dataclass(repr=False)
class Company:
    """The repository, the machine that runs its workflows, and a clone to work in."""

    machine: Machine
    clone: Path
    tenants: Mapping[str, SandboxTenant]
    files: dict[str, str] = field(default_factory=dict)

    @property
    def hub(self) -> Hub:
        """The repository on GitHub."""
        return self.machine.hub

    def git(self, *arguments: str) -> str:
        """The output of git in the clone."""
        identity = ["-c", "user.name=Someone", "-c", "user.email=someone@example.com"]
        return subprocess.run(
            ["git", *identity, *arguments], cwd=self.clone, check=True, capture_output=True, text=True
        ).stdout.strip()

    def commit(self, files: Mapping[str, str | None], *, branch: str = "main", message: str = "Change") -> str:
        """Commit files (None: deleted) to a branch, which begins at `main`, and push it. Returns the commit."""
        exists = subprocess.run(["git", "rev-parse", "--verify", "-q", branch], cwd=self.clone, capture_output=True)
        self.git("checkout", "--quiet", *([branch] if exists.returncode == 0 else ["-b", branch, "main"]))
        for name, text in files.items():
            file = self.clone / name
            if text is None:
                file.unlink()
            else:
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(text)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", message)
        self.git("push", "--quiet", "origin", branch)
        return self.git("rev-parse", "HEAD")

    def merge(self, number: int, branch: str) -> str:
        """Merge a pull request into `main`. Returns the merge commit."""
        self.git("checkout", "--quiet", "main")
        self.git("merge", "--quiet", "--no-ff", "--message", f"Merge #{number}", branch)
        self.git("push", "--quiet", "origin", "main")
        commit = self.git("rev-parse", "HEAD")
        self.hub.issues[number]["state"] = "closed"
        self.hub.merged[commit] = [number]
        return commit

    def pull_request(self, branch: str, number: int = 0, *, fork: bool = False) -> tuple[int, Run]:
        """Open or synchronize a pull request for a branch, and run `preview` for it."""
        number = number or self.hub.add_issue(f"Change {branch}", pull=True)
        head = self.git("rev-parse", branch)
        self.git("checkout", "--quiet", "--detach", "main")
        self.git("merge", "--quiet", "--no-ff", "--message", "Merge", head)
        self.git("push", "--quiet", "--force", "origin", f"HEAD:refs/pull/{number}/merge")
        self.git("checkout", "--quiet", "main")
        owner = "somebody/okta" if fork else self.hub.repository
        payload = {
            "number": number,
            "pull_request": {
                "number": number,
                "body": self.hub.issues[number]["body"],
                "head": {"sha": head, "repo": {"full_name": owner}},
            },
        }
        return number, self.machine.start("preview", "pull_request_target", payload)

    def comment(self, number: int) -> str:
        """The only comment on an issue or pull request."""
        (comment,) = self.hub.comments[number]
        return str(comment["body"])

    def push(self, workflow: str = "up") -> Run:
        """Run `up` for the newest commit of `main`."""
        return self.machine.start(workflow, "push")

    def names(self, environment: str, kind: str = "group") -> set[str]:
        """The names of the tenant's objects of a kind."""
        objects = self.tenants[environment].read().objects[kind]
        return {each.label for each in objects if not each.built_in}


def environment_file(tenant: SandboxTenant, name: str, after: str = "") -> str:
    """An environment for a local tenant, and the environment before it."""
    credentials = {"token": f"env:OKTA_{name.upper()}_TOKEN"}
    promotion = {"promotion": {"after": after}} if after else {}
    return yaml.safe_dump({"tenant": {"url": tenant.url, "credentials": credentials}, **promotion})


def groups(*names: str, owner: str = "@acme/identity") -> str:
    """Definitions of groups."""
    about = {"owner": owner, "purpose": "For a test."}
    documents = [{"kind": "group", "name": name, **about, "spec": {"name": name}} for name in names]
    return yaml.safe_dump_all(documents)


def home(folder: Path) -> Path:
    """The home of a runner that has the software of this checkout, as if it came from the cache."""
    cache = folder / ".cache/okta-reconciler"
    software = cache / "python"
    software.mkdir(parents=True)
    for name in ("bin", "lib", "pyvenv.cfg"):
        (software / name).symlink_to(ROOT / ".venv" / name)
    output = folder / "output"
    given = {"PATH": os.environ["PATH"], "GITHUB_ACTION_PATH": str(ROOT / "action"), "GITHUB_OUTPUT": str(output)}
    subprocess.run([ROOT / "action/scripts/software"], env=given, check=True)
    (software / "version").write_text(output.read_text().partition("=")[2])
    for engine in (Path.home() / ".cache/okta-reconciler").glob("pulumi-*"):
        (cache / engine.name).symlink_to(engine)
    return folder


def founded(folder: Path, tenants: Mapping[str, SandboxTenant], socket: Path, runner_home: Path) -> Company:
    """A new repository with two environments, and the settings that docs/ci.md asks for."""
    origin = folder / "server/acme/okta"
    subprocess.run(["git", "init", "--quiet", "--bare", "--initial-branch=main", str(origin)], check=True)
    subprocess.run(["git", "-C", str(origin), "config", "uploadpack.allowAnySHA1InWant", "true"], check=True)
    clone = folder / "clone"
    subprocess.run(["git", "clone", "--quiet", str(origin), str(clone)], check=True, capture_output=True)
    bin_folder = folder / "bin"
    bin_folder.mkdir()
    (bin_folder / "gh").symlink_to(ROOT / ".venv/bin/gh")
    (bin_folder / "python3").symlink_to(Path(sys.executable).resolve())
    gh = folder / "gh"
    gh.mkdir()
    (gh / "config.yml").write_text(f"http_unix_socket: {socket}\n")
    environment = clean_environment(runner_home, bin_folder, GH_CONFIG_DIR=str(gh))
    company = Company(Machine(Hub(), origin, folder / "runs", environment), clone, tenants)
    state = (folder / "state").as_uri()
    (folder / "state").mkdir()
    for name, tenant in tenants.items():
        secrets, variables = {"OKTA_CREDENTIAL": tenant.token}, {"PULUMI_BACKEND_URL": state}
        company.hub.environments[f"{name}-read"] = Environment(branches=("main",), secrets=secrets, variables=variables)
        company.hub.environments[f"{name}-up"] = Environment(branches=("main",), secrets=secrets, variables=variables)
    company.hub.environments["staging"] = Environment(branches=("main",))
    company.hub.environments["production"] = Environment(reviewers=("olga",), branches=("main",))
    for name in CODE:
        source, target = ROOT / name, clone / name
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, target)
    company.git("commit", "--quiet", "--allow-empty", "--message", "Start")
    company.commit(
        {
            "definitions/environments/staging.yaml": environment_file(tenants["staging"], "staging"),
            "definitions/environments/production.yaml": environment_file(
                tenants["production"], "production", after="staging"
            ),
            "definitions/groups.yaml": groups("engineering", "sales"),
            ".github/CODEOWNERS": "* @acme/everyone\n/definitions/ @acme/identity\n",
        },
        message="Begin",
    )
    return company
