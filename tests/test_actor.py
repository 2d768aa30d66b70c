"""Who makes a run."""

from __future__ import annotations

import getpass
import socket

import pytest

from reconciler.actor import Actor, actor

GITHUB = {
    "CI": "true",
    "GITHUB_ACTOR": "alice",
    "GITHUB_SERVER_URL": "https://github.com",
    "GITHUB_REPOSITORY": "acme/okta",
    "GITHUB_RUN_ID": "42",
}
RUN = "https://github.com/acme/okta/actions/runs/42"


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        (GITHUB, Actor("alice", True, RUN)),
        (GITHUB | {"GITHUB_TRIGGERING_ACTOR": "bob"}, Actor("bob", True, RUN)),  # who re-ran it
        (
            {"GITLAB_CI": "true", "GITLAB_USER_LOGIN": "carol", "CI_JOB_URL": "https://gitlab.com/jobs/7"},
            Actor("carol", True, "https://gitlab.com/jobs/7"),
        ),
        ({"TF_BUILD": "True", "BUILD_REQUESTEDFOR": "Dave"}, Actor("Dave", True)),
    ],
)
def test_a_ci_system_names_the_user(environ: dict[str, str], expected: Actor):
    assert actor(environ) == expected


@pytest.mark.parametrize(
    "environ", [{}, {"CI": "false"}, {"GITHUB_ACTOR": "alice"}], ids=["nothing", "not ci", "stale"]
)
def test_elsewhere_it_is_the_user_of_the_machine(environ: dict[str, str]):
    assert actor(environ) == Actor(f"{getpass.getuser()}@{socket.gethostname()}")


def test_a_ci_system_that_names_nobody():
    found = actor({"CI": "1"})
    assert found.ci
    assert found.name.endswith(f"@{socket.gethostname()}")


def test_a_user_without_a_name(monkeypatch: pytest.MonkeyPatch):
    """In a container, a process may run under a number that no user has."""

    def nobody() -> str:
        raise KeyError("getpwuid(): uid not found: 4711")

    monkeypatch.setattr(getpass, "getuser", nobody)
    assert actor({}).name.startswith("user ")
