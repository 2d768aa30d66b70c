"""The workflows sign in to a store of secrets: `up` does, with the identity of its job, and no other job."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
import yaml

from reconciler.repository.workflows import workflows
from tests.e2e.documents import document, group
from tests.github.company import environment_file
from tests.secret_stores.servers import Answer, serving

pytestmark = pytest.mark.e2e

SECRET = "a-client-secret-in-vault"
IDENTITY = "token-of-the-job"
PATHS = ("definitions/", ".github/workflows/")


def test_up_reads_a_secret_from_vault_with_the_identity_of_its_job(company):
    wiki = {"label": "Wiki", "type": "web", "redirect_uris": ["https://wiki.example.com/callback"]}
    definitions = [document("oidc-app", "wiki", **wiki, client_secret="vault:secret/wiki#client_secret"), group("all")]
    allowed = {"allow": "vault:secret/*", "owner": "tests"}
    with serving() as vault, serving() as github:
        vault.answer, github.answer = like_vault, like_github
        company.machine.identity = github.url
        up = company.hub.environments["staging-up"]
        up.variables = {
            **up.variables,
            "VAULT_ADDR": vault.url,
            "VAULT_AUTH_ROLE": "okta",
            "VAULT_JWT_AUDIENCE": "https://vault.example",
        }
        company.commit(
            {
                **workflows("./action", (), PATHS, stores=["vault"]),
                "action/scripts/install": "#!/bin/sh\n",  # the software of this checkout has every extra
                "definitions/owners.yaml": "tests: {mail: tests@example.com}\n",
                "definitions/environments/production.yaml": None,
                "definitions/environments/staging.yaml": environment_file(company.tenants["staging"], "staging"),
                "definitions/groups.yaml": yaml.safe_dump_all(definitions),
                "definitions/pins.yaml": yaml.safe_dump(
                    {"environments": {"staging": {"approval": False, "secrets": [allowed]}}}
                ),
            }
        )
        run = company.push()

    assert run.conclusion == "success", run.log
    (made,) = [one for one in company.tenants["staging"].read().objects["oidc-app"] if one.label == "Wiki"]
    sent = company.tenants["staging"].request("GET", f"{made.path}/credentials/secrets")
    assert [one["client_secret"] for one in sent] == [SECRET]

    asked = "GET /token?api-version=2.0&audience=https%3A%2F%2Fvault.example"
    assert github.asked == [asked, asked], "once for the check and once for `up`"
    assert vault.asked.count("POST /v1/auth/jwt/login") == 2
    may_ask = {(job.name, name) for job in run.all_jobs() for name, given in job.given if "identity-of" in str(given)}
    assert {job for job, _ in may_ask} == {"apply"}
    for secret in (SECRET, IDENTITY, "token-of-vault", "identity-of-token"):
        assert secret not in run.log


def like_github(path: str, headers: Mapping[str, str]) -> Answer:
    allowed = headers.get("Authorization", "").startswith("Bearer identity-of-token-")
    return Answer({"value": IDENTITY}) if allowed else Answer(status=401)


def like_vault(path: str, headers: Mapping[str, str]) -> Answer:
    if path == "/v1/auth/jwt/login":
        return Answer({"auth": {"client_token": "token-of-vault"}})
    if headers.get("X-Vault-Token") != "token-of-vault":
        return Answer({"errors": []}, 403)
    if path.startswith("/v1/sys/internal/ui/mounts/"):
        return Answer({"data": {"type": "kv", "path": "secret/", "options": {"version": "2"}}})
    return Answer({"data": {"data": {"client_secret": SECRET}, "metadata": {}}})
