"""The workflows: the same ones in a company's repository and in that of the reconciler."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from reconciler.repository.rendering import rendered

NAMES: Final = ("preview", "up", "apply", "drift")
PATHS: Final = ("definitions/", ".github/workflows/", "Pulumi.yaml")
"""What `up` depends on, in a repository that has only definitions. Folders end in a slash."""


def workflows(
    action: str, secrets: Iterable[str], paths: Iterable[str] = PATHS, stores: Iterable[str] = ()
) -> dict[str, str]:
    """The texts by path. `action` is what their steps use; `secrets` are the variables that definitions refer to.

    The job that runs `up` signs in to the `stores`; no other job reads secrets of apps.
    """
    values = {
        "action": action,
        "secrets": sorted(secrets),
        "stores": sorted(stores),
        "paths": [path.rstrip("/") for path in paths],
        "patterns": [f"{path}**" if path.endswith("/") else path for path in paths],
    }
    return {f".github/workflows/{name}.yml": rendered(f"workflows/{name}.yml", **values) for name in NAMES}
