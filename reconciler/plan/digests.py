"""Digests of what a plan was made from: equal digests mean that the plan still fits."""

from __future__ import annotations

import hashlib
from typing import Any

from reconciler.drift.leaves import as_text
from reconciler.engine.state import Deployment, without_secrets


def state_digest(deployment: Deployment) -> str:
    """A digest of all resources and pending operations. Secrets do not count: their ciphertext changes by itself."""
    return digest([deployment.get("resources") or [], deployment.get("pending_operations") or []])


def digest(value: Any) -> str:
    """SHA-256 of the canonical JSON of a value without secrets."""
    return hashlib.sha256(as_text(without_secrets(value)).encode()).hexdigest()
