"""The definitions as commands load them: what they refer to is a secret of the run before anything is shown."""

from __future__ import annotations

import contextlib

from reconciler.cli.settings import Settings
from reconciler.definitions import Desired, load
from reconciler.definitions.secrets import known_secrets, known_secrets_in_text
from reconciler.errors import ReconcilerError


def loaded(settings: Settings, name: str) -> Desired:
    """The definitions as this environment sees them. From here on, the secrets that they refer to are known.

    Those of an environment whose definitions have problems are known as well: the messages may quote anything.
    """
    try:
        desired = load(settings.definitions, name)
    except ReconcilerError:
        know_referred(settings)
        raise
    settings.known.add(*known_secrets(desired))
    return desired


def know_referred(settings: Settings) -> None:
    """Know the secrets behind the references in the files of all environments, whatever else these say."""
    for path in sorted(settings.definitions.glob("environments/*.y*ml")):
        with contextlib.suppress(OSError, ValueError):
            settings.known.add(*known_secrets_in_text(path))
