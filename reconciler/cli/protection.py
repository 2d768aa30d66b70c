"""Whether GitHub protects the environment of a job: with reviewers, and for branches that not everybody can push to.

GitHub creates an environment that a workflow names and nobody has set up. Such an environment protects nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

import httpx

from reconciler.cli.checks import Check

_PERMISSION = "give the job `actions: read` and the step GH_TOKEN: ${{ github.token }}"
_SECONDS = 30.0


def protection(name: str, *, approval: bool, environ: Mapping[str, str]) -> Iterator[Check]:
    """The checks of the GitHub environment `name`; with `approval`, it needs reviewers."""
    repository = environ.get("GITHUB_REPOSITORY", "")
    token = environ.get("GH_TOKEN") or environ.get("GITHUB_TOKEN") or ""
    what = f"{name}: the GitHub environment {name}"
    if not repository or not token:
        lacking = " and ".join(n for n, value in (("GITHUB_REPOSITORY", repository), ("GH_TOKEN", token)) if not value)
        yield Check(False, f"{what} cannot be checked: {lacking} not set", f"run this in a GitHub job; {_PERMISSION}")
        return
    settings = f"{environ.get('GITHUB_SERVER_URL') or 'https://github.com'}/{repository}/settings/environments"
    api = (
        f"{environ.get('GITHUB_API_URL') or 'https://api.github.com'}/repos/{repository}/environments/{quote(name, '')}"
    )
    headers = {"Authorization": f"Bearer {token}", "Accept": "application/vnd.github+json"}
    try:
        with httpx.Client(headers=headers, timeout=_SECONDS) as client:
            found = _get(client, api)
            policies = _get(client, f"{api}/deployment-branch-policies") if _is_custom(found) else {}
    except httpx.HTTPStatusError as error:
        if error.response.status_code == httpx.codes.NOT_FOUND:
            yield Check(False, f"{what} does not exist", f"create it with reviewers and branches: {settings}")
        else:
            yield Check(False, f"{what} cannot be checked: GitHub answered {error.response.status_code}", _PERMISSION)
        return
    except (httpx.HTTPError, ValueError) as error:
        yield Check(False, f"{what} cannot be checked: {str(error) or type(error).__name__}", "check GITHUB_API_URL")
        return
    yield _reviewers(what, found, settings, approval)
    yield _branches(what, found, policies, settings)
    if found.get("can_admins_bypass"):
        hint = f"switch off 'Allow administrators to bypass configured protection rules': {settings}"
        yield Check(False, f"{what}: administrators of the repository can bypass its rules", hint, needed=False)


def _get(client: httpx.Client, url: str) -> Mapping[str, Any]:
    answer = client.get(url).raise_for_status().json()
    if not isinstance(answer, dict):
        raise ValueError("the answer is not an object")
    return answer


def _is_custom(environment: Mapping[str, Any]) -> bool:
    return bool((environment.get("deployment_branch_policy") or {}).get("custom_branch_policies"))


def _reviewers(what: str, environment: Mapping[str, Any], settings: str, approval: bool) -> Check:
    rules = [rule for rule in environment.get("protection_rules") or () if rule.get("type") == "required_reviewers"]
    count = sum(len(rule.get("reviewers") or ()) for rule in rules)
    if count:
        return Check(True, f"{what}: each run needs an approval ({count} reviewers or teams)")
    hint = f"add required reviewers: {settings}. If it needs none, state `approval: false` in pins.yaml"
    return Check(not approval, f"{what}: no run needs an approval", hint)


def _branches(what: str, environment: Mapping[str, Any], policies: Mapping[str, Any], settings: str) -> Check:
    policy = environment.get("deployment_branch_policy") or {}
    if policy.get("protected_branches"):
        return Check(True, f"{what}: only protected branches may use it")
    names = [str(one.get("name", "")) for one in policies.get("branch_policies") or ()]
    loose = [name for name in names if "*" in name]
    if names and not loose:
        return Check(True, f"{what}: only {', '.join(sorted(names))} may use it")
    which = f"any branch that matches {', '.join(loose)}" if loose else "any branch"
    hint = f"limit it to the branch whose definitions are applied, such as main: {settings}"
    return Check(False, f"{what}: {which} may use it, and with it the secrets of the tenant", hint)
