"""The token with which a job of GitHub Actions proves what it is: GitHub issues one for each audience it is asked for.

Source: docs.github.com, "OpenID Connect reference". A job gets the address and the credential of the request if it has
the permission `id-token: write`.
"""

from __future__ import annotations

from typing import Final

import httpx

from reconciler.loopback import LOOPBACK
from reconciler.secret_stores.interface import REQUEST_SECONDS, StoreFailure, Surroundings

_ADDRESS: Final = "ACTIONS_ID_TOKEN_REQUEST_URL"
_CREDENTIAL: Final = "ACTIONS_ID_TOKEN_REQUEST_TOKEN"
_RUNNER: Final = "run the job on a runner of GitHub Actions"
_PERMISSION: Final = "give the job the permission `id-token: write`"


def issued_for(audience: str, surroundings: Surroundings) -> str:
    """A token of this job for an audience. Raises `StoreFailure`, which quotes neither token."""
    environ = surroundings.environ
    address, credential = environ.get(_ADDRESS, ""), environ.get(_CREDENTIAL, "")
    if not (address and credential):
        raise StoreFailure("this run cannot get a token of GitHub Actions", f"{_PERMISSION}, or set VAULT_JWT")
    surroundings.issued(credential)
    try:
        url = httpx.URL(address).copy_merge_params({"audience": audience})
    except httpx.InvalidURL:
        raise StoreFailure(f"{_ADDRESS} is not a URL", _RUNNER) from None
    here = url.host in LOOPBACK
    if not (here or url.scheme == "https"):
        raise StoreFailure(f"{_ADDRESS} does not begin with https://", _RUNNER)
    try:
        answer = httpx.get(
            url,
            headers={"Authorization": f"Bearer {credential}"},
            timeout=REQUEST_SECONDS,
            trust_env=not here,
        )
    except httpx.HTTPError as error:
        hint = "check the network and the proxy of the runner"
        raise StoreFailure(f"GitHub's token service cannot be reached ({type(error).__name__})", hint) from None
    if not answer.is_success:
        raise StoreFailure(f"GitHub's token service answered {answer.status_code}", _PERMISSION)
    try:
        token = answer.json()["value"]
    except (ValueError, KeyError, TypeError):
        token = None
    if not (isinstance(token, str) and token):
        raise StoreFailure("GitHub's token service answered without a token", "run the job again")
    return token
