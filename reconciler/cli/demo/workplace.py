"""A copy of the definitions that points at local tenants, so that the checkout does not change."""

from __future__ import annotations

import os
import re
import secrets
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from reconciler.cli.environment import project_root
from reconciler.definitions import load
from reconciler.definitions.secrets import secrets_of
from reconciler.engine.project import PROJECT_FILE
from reconciler.errors import ReconcilerError

ENVIRONMENTS = ("staging", "production")

_TENANT_URL = re.compile(r"^(\s+url:\s*)\S+", re.MULTILINE)


@dataclass(frozen=True)
class Workplace:
    """A folder with a copy of the definitions and of the Pulumi project."""

    folder: Path

    @classmethod
    def prepare(cls, folder: Path, definitions: Path, urls: Mapping[str, str]) -> Workplace:
        """Copy the definitions, and point each environment at the tenant at this address."""
        shutil.copytree(definitions, folder / "definitions")
        shutil.copy(project_root(definitions) / PROJECT_FILE, folder)
        for name, url in urls.items():
            file = folder / "definitions" / "environments" / f"{name}.yaml"
            if not file.is_file():
                raise ReconcilerError(
                    f"the demo needs the environment {name}", hint="run it with the definitions of this repository"
                )
            file.write_text(_TENANT_URL.sub(rf"\g<1>{url}", file.read_text("utf-8"), count=1), "utf-8")
        return cls(folder)

    def secrets(self, tokens: Mapping[str, str]) -> dict[str, str]:
        """Environment variables for all secrets that the definitions refer to, generated for this run.

        The user's own settings are not used, except the folder with Pulumi's plugins; the state is kept in the folder
        of the demo.
        """
        made_up: dict[str, str] = {}
        for name, token in tokens.items():
            desired = load(self.folder / "definitions", name)
            for declaration in desired.declarations.values():
                for _, reference, _ in secrets_of(declaration):
                    made_up.setdefault(reference.removeprefix("env:"), secrets.token_urlsafe(24))
            made_up |= {reference.removeprefix("env:"): token for reference, _ in desired.environment.secrets}
        foreign = {name for name in os.environ if name.startswith(("PULUMI_", "OKTA_")) and name != "PULUMI_HOME"}
        kept = {name: value for name, value in os.environ.items() if name not in foreign}
        return kept | made_up
