"""`reconciler upgrade`: bring the generated files of a repository to the version of the tool."""

from __future__ import annotations

from pathlib import Path

import click

from reconciler.cli.console import show_warning
from reconciler.cli.messages import confirm, say, show
from reconciler.cli.repositories import (
    REPOSITORY_FOLDER,
    ReferredTo,
    action_of,
    action_option,
    schema_texts,
    secrets_referred_to,
)
from reconciler.cli.up import require_terminal
from reconciler.definitions import DefinitionsError
from reconciler.definitions.transaction import undo_interrupted_write
from reconciler.repository import ActionPin, Manifest, Treatment, Upgrade, generated, upgrade_of
from reconciler.repository.manifest import read_manifest, refuse_newer
from reconciler.version import tool_version

_WORTH_SAYING = (Treatment.BESIDE, Treatment.LEFT, Treatment.GONE)


@click.command()
@click.argument("directory", metavar="[DIR]", type=REPOSITORY_FOLDER, default=Path())
@action_option
@click.option("--yes", is_flag=True, help="Do not ask before writing the files.")
@click.option("--dry-run", is_flag=True, help="Print the changes as a diff. Change nothing.")
def upgrade(directory: Path, action: str | None, yes: bool, dry_run: bool) -> None:
    """Bring the workflows, schemas, settings and pins in DIR to the version of this tool, after showing a diff.

    DIR is a repository that `reconciler init` created; by default the current folder. Files that you edited keep your
    edits; a new version is written beside them, with a name that ends in .new. The workflows pass on the secrets that
    definitions refer to, and sign in to their stores.
    """
    undo_interrupted_write(directory)
    planned = planned_upgrade(directory, action)
    if not planned.texts:
        say(f"{directory} is up to date with version {tool_version()}")
    else:
        show(planned.diff())
        for path in planned.not_shown:
            say(f"{path} changes (not shown)")
        if not (yes or dry_run):
            require_terminal("write the files")
            confirm(f"Upgrade {directory} to version {tool_version()}?")
        if not dry_run:
            planned.write()
            say(f"upgraded {directory} to version {tool_version()}")
    for step in planned.steps:
        if step.treatment in _WORTH_SAYING:
            say(f"{step.path}: {step.treatment}", err=True)


def planned_upgrade(directory: Path, action: str | None) -> Upgrade:
    """The changes. Without an `action`, the one of the repository in the release of this version."""
    recorded = read_manifest(directory)
    refuse_newer(directory, recorded, tool_version())
    pin = action_of(action or _in_this_version(recorded))
    found = _secrets(directory, recorded)
    stores = found.stores.union(recorded.stores)
    texts = generated(pin, found.variables, schema_texts(), stores)
    return upgrade_of(directory, recorded, Manifest.of(pin, found.variables, texts, stores), texts)


def _in_this_version(recorded: Manifest) -> str:
    """The action, in the tag of this version. A commit of another version is kept, since its successor is not known."""
    earlier = ActionPin.parse(recorded.action, recorded.version)
    if earlier.by_tag:
        return earlier.repository
    if recorded.version != tool_version():
        show_warning(
            f"the workflows stay at the commit {earlier.ref}: pass the commit of v{tool_version()} with "
            f"--action {earlier.repository}@COMMIT"
        )
    return earlier.text


def _secrets(directory: Path, recorded: Manifest) -> ReferredTo:
    """The secrets that definitions refer to; those of the last upgrade if the definitions are not valid."""
    try:
        return secrets_referred_to(directory / "definitions")
    except DefinitionsError:
        show_warning("the definitions are not valid: the workflows pass on the same secrets as before")
        return ReferredTo(recorded.secrets, frozenset(recorded.stores))
