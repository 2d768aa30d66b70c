"""Stores of secrets: one module for each, behind one interface, and the secrets that one run reads."""

from reconciler.secret_stores.secrets import Secrets, without_stores

__all__ = ["Secrets", "without_stores"]
