"""The files that are kept up to date: workflows, settings of tools, schemas and pins."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from reconciler.repository.action import ActionPin
from reconciler.repository.rendering import rendered
from reconciler.repository.workflows import workflows
from reconciler.version import DISTRIBUTION

SCHEMAS: Final = "schemas/"
"""The folder of the JSON Schemas."""
_TEMPLATES: Final = {
    ".github/actionlint.yaml": "github/actionlint.yaml",
    ".github/dependabot.yml": "github/dependabot.yml",
    ".github/zizmor.yml": "github/zizmor.yml",
    ".gitignore": "gitignore",
    ".pre-commit-config.yaml": "pre-commit-config.yaml",
    ".vscode/extensions.json": "vscode/extensions.json",
    ".vscode/settings.json": "vscode/settings.json",
    "requirements.txt": "requirements.txt",
    "stacks/__main__.py": "stacks/main.py.txt",
}
"""The template of each file."""


def generated(
    action: ActionPin, secrets: Iterable[str], schemas: Mapping[str, str], stores: Iterable[str] = ()
) -> dict[str, str]:
    """The texts by path. `schemas` are the JSON Schemas of the files that people write, by file type."""
    values = {
        "action_by_tag": action.by_tag,
        "action_repository": action.repository,
        "requirement": f"{DISTRIBUTION}=={action.version}",
    }
    texts = {path: rendered(template, **values) for path, template in _TEMPLATES.items()}
    texts |= workflows(action.uses, secrets, stores=stores)
    texts |= {f"{SCHEMAS}{what}.schema.json": text for what, text in schemas.items()}
    return dict(sorted(texts.items()))
