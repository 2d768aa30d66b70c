"""Who runs the reconciler: the user that a CI system names, or the user of this machine.

CI systems set these variables themselves. Whoever controls the environment of a process can set them too, so they say
who made a run, but do not prove it.
"""

from __future__ import annotations

import getpass
import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass

_USERS = (
    "GITHUB_TRIGGERING_ACTOR",  # who re-ran the run; GITHUB_ACTOR is who started it at first
    "GITHUB_ACTOR",
    "GITLAB_USER_LOGIN",
    "BUILDKITE_BUILD_CREATOR",
    "CIRCLE_USERNAME",
    "BUILD_REQUESTEDFOR",  # Azure Pipelines
    "BITBUCKET_STEP_TRIGGERER_UUID",
    "BUILD_USER_ID",  # Jenkins, with its build-user-vars plugin
)
_RUNS = (
    "CI_JOB_URL",  # GitLab
    "BUILDKITE_BUILD_URL",
    "CIRCLE_BUILD_URL",
    "BUILD_URL",  # Jenkins
)
_CI = ("CI", "GITHUB_ACTIONS", "GITLAB_CI", "TF_BUILD", "JENKINS_URL", "BUILDKITE")
_FALSE = ("", "0", "false", "no")


@dataclass(frozen=True, slots=True)
class Actor:
    """Who makes a run."""

    name: str
    """The login in the CI system, or `user@machine`."""
    ci: bool = False
    """Whether the run is one of a CI system."""
    run: str = ""
    """The address of the run in the CI system, if it has one."""


def actor(environ: Mapping[str, str] = os.environ) -> Actor:
    """Who makes this run."""
    named = next((environ[name] for name in _USERS if environ.get(name)), "")
    ci = any(environ.get(name, "").lower() not in _FALSE for name in _CI)
    return Actor(named if ci and named else _local_user(), ci, _run(environ) if ci else "")


def _run(environ: Mapping[str, str]) -> str:
    server, repository, number = (environ.get(f"GITHUB_{name}") for name in ("SERVER_URL", "REPOSITORY", "RUN_ID"))
    if server and repository and number:
        return f"{server}/{repository}/actions/runs/{number}"
    return next((environ[name] for name in _RUNS if environ.get(name)), "")


def _local_user() -> str:
    try:
        user = getpass.getuser()
    except (KeyError, OSError):  # a container whose user has no name
        user = f"user {os.getuid()}" if hasattr(os, "getuid") else "unknown"
    return f"{user}@{socket.gethostname()}"
