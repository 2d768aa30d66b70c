"""Identifiers of the service app, stated in the environment's file or in an environment variable.

They are no secrets: output shows them. A variable lets two jobs of one environment sign in as different apps. Its name
ends in `_ID`, so that definitions cannot name a variable with a secret, and have it shown.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping

from reconciler.definitions.model import Environment
from reconciler.errors import ReconcilerError
from reconciler.kinds.secret_references import is_reference

_VARIABLE = re.compile(r"env:([A-Za-z_][A-Za-z0-9_]*_ID)")


class IdentifierMissing(ReconcilerError):
    """Raised when the variable that an identifier refers to has no value."""


def checked_identifier(value: str) -> str:
    """A value as it is stated: the identifier, or `env:NAME`. Raises `ValueError`."""
    if is_reference(value) and not is_variable(value):
        raise ValueError("must be an identifier, or env:NAME with a name that ends in _ID: output shows its value")
    return value


def is_variable(value: str) -> bool:
    """Whether a stated value refers to an environment variable."""
    return _VARIABLE.fullmatch(value) is not None


def client_id(environment: Environment, environ: Mapping[str, str] = os.environ) -> str | None:
    """The client id of the environment's service app; None if it signs in with a token. Raises `IdentifierMissing`."""
    return _identifier(environment, "client_id", environ)


def private_key_id(environment: Environment, environ: Mapping[str, str] = os.environ) -> str | None:
    """The id that the environment states for the service app's key; None without one. Raises `IdentifierMissing`."""
    return _identifier(environment, "private_key_id", environ)


def _identifier(environment: Environment, name: str, environ: Mapping[str, str]) -> str | None:
    stated: str | None = getattr(environment.credentials, name)
    variable = _VARIABLE.fullmatch(stated or "")
    if variable is None:
        return stated
    found = environ.get(variable[1], "").strip()
    if not found:
        what = f"the environment variable {variable[1]} is " + ("empty" if variable[1] in environ else "not set")
        hint = f"set it to the {name} of the service app that this run signs in with"
        raise IdentifierMissing(f"{environment.where(f'tenant.credentials.{name}')}: {what}", hint)
    return found
