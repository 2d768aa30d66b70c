"""The options `--allow` and `--reason`, and the settings of guards, as commands use them."""

from __future__ import annotations

import functools
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeVar

import click

from reconciler.actor import actor
from reconciler.cli.settings import Settings
from reconciler.commit import Commit
from reconciler.definitions.files import environment_files
from reconciler.guard import GuardSettings, InvalidOverride, read_guard_settings, read_override
from reconciler.plan import Override

F = TypeVar("F", bound=Callable[..., Any])


def overrides_option(command: F) -> F:
    """Adds `--allow` and `--reason`, and passes `overrides`: what they allow, with who allows it and when."""

    @click.option(
        "--allow",
        "allowed",
        multiple=True,
        metavar="RULE:OBJECT",
        help="Allow what a guard refuses, for this run; needs --reason. OBJECT is as the guard shows it.",
    )
    @click.option("--reason", default="", help="Why the guards are overridden; it is recorded.")
    @click.option(
        "--allow-older",
        is_flag=True,
        help="Allow a commit that is older than the applied one: short for --allow older-commit:ENVIRONMENT.",
    )
    @functools.wraps(command)
    def with_overrides(
        *arguments: Any, allowed: tuple[str, ...], reason: str, allow_older: bool, **options: Any
    ) -> Any:
        if allow_older:
            allowed = (*allowed, f"older-commit:{options['environment']}")
        return command(*arguments, overrides=_overrides(allowed, reason.strip()), **options)

    return with_overrides  # type: ignore[return-value]


def _overrides(allowed: tuple[str, ...], reason: str) -> tuple[Override, ...]:
    if allowed and not reason:
        raise click.UsageError('--allow needs --reason "...": it is recorded with the change')
    if reason and not allowed:
        raise click.UsageError("--reason explains --allow RULE:OBJECT: state both or neither")
    now, who = datetime.now(UTC), actor().name
    try:
        return tuple(read_override(text, reason, who, now) for text in dict.fromkeys(allowed))
    except InvalidOverride as error:
        raise click.UsageError(f"--allow: {error.message}") from error


def guard_settings(settings: Settings, environment: str, commit: Commit) -> GuardSettings:
    """The guards of an environment. Raises `DefinitionsError` if `guards.yaml` or `owners.yaml` are invalid."""
    known = {**environment_files(settings.policy), **environment_files(settings.definitions)}
    return read_guard_settings(settings.policy, environment, list(known), settings.definitions, commit)
