"""The files that a company writes on from the first day. No upgrade touches them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from reconciler.repository.action import ActionPin
from reconciler.repository.environments import NewEnvironment
from reconciler.repository.rendering import rendered

_TEMPLATES: Final = {
    ".github/CODEOWNERS": "github/CODEOWNERS",
    "Pulumi.yaml": "Pulumi.yaml",
    "README.md": "README.md",
    "definitions/guards.yaml": "definitions/guards.yaml",
    "definitions/owners.yaml": "definitions/owners.yaml",
    "definitions/pins.yaml": "definitions/pins.yaml",
}
"""The template of each file that every repository has."""
_TEAM: Final = re.compile(r"@[A-Za-z0-9-]+/(?P<name>[A-Za-z0-9._-]+)")
_OWNER: Final = "identity"
"""The owner of the example, if no team is known."""
_NOT_IN_NAMES: Final = re.compile(r"[^A-Za-z0-9_.-]+")


@dataclass(frozen=True, slots=True)
class Choices:
    """What the company decides about its repository."""

    project: str
    """The name of the Pulumi project."""
    environments: Sequence[NewEnvironment]
    team: str = ""
    """The GitHub team that owns the definitions at first, such as `@acme/identity`."""
    example: bool = True
    """Whether a local tenant gets an example of a definition."""

    def __post_init__(self) -> None:
        if self.team and not _TEAM.fullmatch(self.team):
            raise ValueError(f"{self.team!r} is not a GitHub team, such as @acme/identity")

    @property
    def owner(self) -> str:
        """The name of the owner in definitions."""
        match = _TEAM.fullmatch(self.team)
        return match["name"] if match else _OWNER


def project_name_for(folder: str) -> str:
    """The name of a Pulumi project, from the name of a folder."""
    return _NOT_IN_NAMES.sub("-", folder).strip("-.")[:100] or "okta"


def starting(choices: Choices, action: ActionPin) -> dict[str, str]:
    """The texts by path."""
    values: dict[str, Any] = {
        "documentation": action.documentation,
        "environments": choices.environments,
        "owner": choices.owner,
        "project": choices.project,
        "team": choices.team,
    }
    texts = {path: rendered(template, **values) for path, template in _TEMPLATES.items()}
    for one in choices.environments:
        path = f"definitions/environments/{one.name}.yaml"
        texts[path] = rendered("definitions/environment.yaml", environment=one)
    if choices.example and (local := next((one.name for one in choices.environments if one.local), "")):
        texts["definitions/example.yaml"] = rendered("definitions/example.yaml", example_for=local, owner=choices.owner)
    return dict(sorted(texts.items()))
