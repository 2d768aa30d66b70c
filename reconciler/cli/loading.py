"""Loading definitions: the secrets they refer to become known before anything is printed."""

from __future__ import annotations

import contextlib
from functools import partial

from reconciler.cli.settings import Settings
from reconciler.definitions import Desired, load
from reconciler.definitions.pins import read_pins
from reconciler.definitions.secrets import known_secrets, known_secrets_in_text
from reconciler.errors import ReconcilerError


def loaded(settings: Settings, name: str) -> Desired:
    """Load the definitions of this environment, and add their secrets to the known ones.

    If the definitions have problems, the secrets of all environments are added: messages may quote any file.
    """
    try:
        desired = load(settings.definitions, name, settings.policy)
    except ReconcilerError:
        know_referred(settings)
        raise
    settings.known.add(*known_secrets(desired))
    return desired


def know_referred(settings: Settings) -> None:
    """Add the secrets referred to in the files of all environments, even invalid ones: those that may be read."""
    pins = read_pins(settings.definitions, settings.policy, [])
    for path in sorted(settings.definitions.glob("environments/*.y*ml")):
        may_read = partial(pins.may_read, path.stem, folder=path.parent)
        with contextlib.suppress(OSError, ValueError):
            settings.known.add(*known_secrets_in_text(path, may_read))
