"""What the actions of others do, as far as the workflows rely on it."""

from __future__ import annotations

import glob
import json
import os
import shutil
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.github.runner import JobRunner


class ActionFailed(Exception):
    """The step fails."""


def run(uses: str, given: Mapping[str, str], job: JobRunner) -> dict[str, str]:
    """The outputs of an action. Raises `ActionFailed`."""
    name = uses.partition("@")[0]
    return KNOWN[name](given, job) or {}


def checkout(given: Mapping[str, str], job: JobRunner) -> None:
    """Check out the run's commit, or another one, into the workspace."""
    assert set(given) <= {"persist-credentials", "ref", "path", "fetch-depth"}, given
    if job.granted.get("contents") not in {"read", "write"}:
        raise ActionFailed("this job has no permission to read the contents")
    machine = job.run_of.machine
    target = job.workspace / given.get("path", ".")
    wanted = given.get("ref") or job.run_of.github["sha"]
    depth = given.get("fetch-depth", "1")
    history = [] if depth == "0" else ["--depth", depth]
    for command in (
        ["init", "--quiet", str(target)],
        ["-C", str(target), "remote", "add", "origin", f"{machine.server}/{machine.hub.repository}"],
        ["-C", str(target), "fetch", "--quiet", *history, "origin", wanted],
        ["-C", str(target), "checkout", "--quiet", "--detach", "FETCH_HEAD"],
    ):
        ran = subprocess.run(["git", *command], capture_output=True, text=True, check=False)
        if ran.returncode:
            raise ActionFailed(ran.stderr)


def upload(given: Mapping[str, str], job: JobRunner) -> None:
    """Keep files. Their paths begin at the deepest folder that contains all of them."""
    files = [
        Path(found)
        for line in given["path"].splitlines()
        for match in glob.glob(str(job.workspace / line.strip()), recursive=True)
        for found in ([match] if os.path.isfile(match) else glob.glob(f"{match}/**", recursive=True))
        if os.path.isfile(found)
    ]
    if not files:
        if given.get("if-no-files-found") == "error":
            raise ActionFailed("no files were found")
        return
    common = Path(os.path.commonpath([str(file.parent) for file in files]))
    folder = job.kept(given["name"])
    for file in files:
        target = folder / file.relative_to(common)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, target)


def download(given: Mapping[str, str], job: JobRunner) -> None:
    """Get one artifact into a folder, or each that matches into a folder of its own."""
    target = job.workspace / given.get("path", ".")
    if name := given.get("name"):
        if name not in job.run_of.artifacts:
            raise ActionFailed(f"there is no artifact {name}")
        shutil.copytree(job.run_of.artifacts[name], target, dirs_exist_ok=True)
        return
    for name, folder in job.run_of.artifacts.items():
        if Path(name).match(given["pattern"]):
            shutil.copytree(folder, target / name, dirs_exist_ok=True)


def cache(given: Mapping[str, str], job: JobRunner) -> dict[str, str]:
    """The runner's software is there already, as after a hit."""
    assert given["key"]
    return {"cache-hit": "true"}


def upload_sarif(given: Mapping[str, str], job: JobRunner) -> None:
    """Show results of code scanning."""
    if job.granted.get("security-events") != "write":
        raise ActionFailed("Resource not accessible by integration")
    file = job.workspace / given["sarif_file"]
    job.run_of.machine.hub.sarif.append(json.loads(file.read_text()) | {"category": given.get("category", "")})


def aws_credentials(given: Mapping[str, str], job: JobRunner) -> None:
    """Exchange the job's OpenID Connect token for credentials of the cloud."""
    if job.granted.get("id-token") != "write":
        raise ActionFailed("Credentials could not be loaded: this job cannot get an OpenID Connect token")
    assert given["role-to-assume"]
    assert given["aws-region"]


KNOWN: Mapping[str, Callable[[Mapping[str, str], JobRunner], dict[str, str] | None]] = {
    "actions/checkout": checkout,
    "actions/upload-artifact": upload,
    "actions/download-artifact": download,
    "actions/cache": cache,
    "github/codeql-action/upload-sarif": upload_sarif,
    "aws-actions/configure-aws-credentials": aws_credentials,
}
