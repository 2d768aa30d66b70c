"""Plans as files: `preview --save-plan` and `up --plan`."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

import click
from click.core import ParameterSource

from reconciler.cli.duration import DURATION
from reconciler.cli.messages import say
from reconciler.cli.output import redactor_of
from reconciler.cli.settings import Settings
from reconciler.definitions.files import POLICY
from reconciler.engine.toolchain.location import PINNED, find, found_version
from reconciler.engine.toolchain.plugin import PLUGIN_VERSION
from reconciler.plan import Override, Plan
from reconciler.plan.compare import check_same
from reconciler.plan.file import KEY, PlanRefused, SavedPlan, ToolDocument, check_age, read, save, sealed
from reconciler.plan.saving import content_of
from reconciler.reconciler import Reconciler
from reconciler.version import tool_version

F = TypeVar("F", bound=Callable[..., Any])

save_plan_option = click.option(
    "--save-plan",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Save the plan to this file, for `up --plan`. The file has no secrets.",
)


def plan_options(command: F) -> F:
    """The options `--plan` and `--max-age`."""
    command = click.option(
        "--max-age",
        type=DURATION,
        default="24h",
        show_default=True,
        help="Refuse a saved plan that is older.",
    )(command)
    return click.option(
        "--plan",
        "plan_file",
        type=click.Path(dir_okay=False, path_type=Path),
        help="Apply exactly the plan in this file, without asking. Exits with 4 if anything changed since.",
    )(command)


def is_stated(option: str) -> bool:
    """Whether the command line states an option of the current command."""
    return click.get_current_context().get_parameter_source(option) is ParameterSource.COMMANDLINE


def check_separate(plan: Path | None, outputs: Sequence[Path]) -> None:
    """Raise `click.UsageError` if a report would overwrite the saved plan."""
    if plan and plan.resolve() in {one.resolve() for one in outputs}:
        raise click.UsageError(f"--save-plan and --output both name {plan}: the report would overwrite the plan")


def save_plan(
    path: Path, settings: Settings, reconciler: Reconciler, plan: Plan, overrides: Sequence[Override]
) -> None:
    """Save a plan, with the overrides of guards that it was made with. Raises `FileNotWritten`."""
    save(path, _document(settings, reconciler, plan, overrides))
    say(f"written: {path}", err=True)


def read_plan(path: Path, settings: Settings, max_age: timedelta) -> SavedPlan:
    """Read a saved plan. Raises `InvalidPlan` and `PlanRefused`."""
    saved = read(path, _key(settings))
    check_age(path, saved, max_age)
    return saved


def check_target(path: Path, saved: SavedPlan, reconciler: Reconciler) -> None:
    """Raise `PlanRefused` if a plan is for another environment, tenant or stack."""
    environment = reconciler.desired.environment
    for what, planned, here in (
        ("environment", saved.environment, environment.name),
        ("tenant", saved.url, environment.url),
        ("stack", saved.stack, _stack(reconciler)),
    ):
        if planned != here:
            raise PlanRefused(f"{path} is a plan for the {what} {planned}, not {here}", hint="nothing was changed")


def check_saved(saved: SavedPlan, settings: Settings, reconciler: Reconciler, plan: Plan) -> None:
    """Raise `PlanDiffers` if the plan that was made now is not the saved one."""
    check_same(saved, _document(settings, reconciler, plan), plan.desired)


def _document(settings: Settings, reconciler: Reconciler, plan: Plan, overrides: Sequence[Override] = ()) -> SavedPlan:
    content = content_of(plan, _stack(reconciler), _tool(reconciler), _policy(settings.policy), overrides)
    return sealed(redactor_of(reconciler).redact(sealed(content).content), _key(settings))


def _stack(reconciler: Reconciler) -> str:
    return f"{reconciler.stack.project}/{reconciler.stack.name}"


def _tool(reconciler: Reconciler) -> ToolDocument:
    binary = find()
    provider = "stand-in" if "PULUMI_DEBUG_PROVIDERS" in reconciler.stack.environment else PLUGIN_VERSION
    return ToolDocument(
        reconciler=tool_version(), engine=str(found_version(binary) if binary else PINNED), provider=provider
    )


def _policy(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in POLICY if (folder / name).is_file()}


def _key(settings: Settings) -> str:
    key = os.environ.get(KEY, "")
    if key:
        settings.known.add(key)
    return key
