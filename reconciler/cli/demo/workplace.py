"""A copy of the definitions that points at local tenants: the checkout itself stays as it is."""

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
        """Copy the definitions, and let each environment's tenant be the one at this address."""
        shutil.copytree(definitions, folder / "definitions")
        shutil.copy(project_root(definitions) / PROJECT_FILE, folder)
        for name, url in urls.items():
            file = folder / "definitions" / "environments" / f"{name}.yaml"
            if not file.is_file():
                raise ReconcilerError(
                    f"the demo needs an environment {name}", hint="run it with the definitions of this repository"
                )
            file.write_text(_TENANT_URL.sub(rf"\g<1>{url}", file.read_text("utf-8"), count=1), "utf-8")
        return cls(folder)

    def secrets(self, tokens: Mapping[str, str]) -> dict[str, str]:
        """Environment variables for all secrets that the definitions refer to, made up for this run.

        None of the user's own is used, but for the folder with Pulumi's plugins; the state is kept in the folder of the
        demo, whatever the user's settings say.
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
