"""The stores, by the scheme of their references. A store's module is imported when it is opened."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Final, cast

from reconciler.secret_stores.interface import SecretStore, Surroundings

MODULES: Final[Mapping[str, str]] = {
    "vault": "vault",
    "aws-sm": "aws_secrets_manager",
    "aws-ssm": "aws_parameter_store",
    "azure-kv": "azure_key_vault",
    "gcp-sm": "gcp_secret_manager",
    "op": "one_password",
    "esc": "pulumi_esc",
    "exec": "commands",
}
"""The module of each store. It has a function `open_store(surroundings)`."""


def open_store(scheme: str, surroundings: Surroundings) -> SecretStore:
    """Sign in to the store of a scheme. Raises `StoreFailure`."""
    module = import_module(f"{__package__}.{MODULES[scheme]}")
    return cast(Callable[[Surroundings], SecretStore], module.open_store)(surroundings)
