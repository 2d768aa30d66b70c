"""`reconciler init`: create a repository for a company's definitions."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import click

from reconciler.cli.adopt import adopted_into, exit_code
from reconciler.cli.messages import ask, say
from reconciler.cli.repositories import (
    REPOSITORY_FOLDER,
    action_of,
    action_option,
    schema_texts,
    secrets_referred_to,
)
from reconciler.cli.settings import Settings, pass_settings
from reconciler.repository import (
    MANIFEST,
    NO_OWNER,
    ActionPin,
    Choices,
    Manifest,
    NewEnvironment,
    create,
    generated,
    in_order,
    starting,
)
from reconciler.repository.creation import refuse_existing
from reconciler.repository.environments import LOCAL_ENVIRONMENT
from reconciler.repository.starting import project_name_for
from reconciler.repository.stores import STORES


class EnvironmentType(click.ParamType[NewEnvironment]):
    """`NAME=URL`."""

    name = "NAME=URL"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> NewEnvironment:
        """The environment; fails if the name or the URL is not valid."""
        if isinstance(value, NewEnvironment):
            return value
        try:
            return NewEnvironment.parse(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)


@click.command()
@click.argument("directory", metavar="DIR", type=REPOSITORY_FOLDER)
@click.option(
    "--environment",
    "environments",
    type=EnvironmentType(),
    multiple=True,
    help="An environment and the URL of its tenant. May be repeated, in the order of promotion.",
)
@click.option("--local", is_flag=True, help=f"Add an environment for a local tenant at {LOCAL_ENVIRONMENT.url}.")
@click.option("--team", default="", metavar="@ORG/TEAM", help="The GitHub team that owns the definitions at first.")
@action_option
@click.option(
    "--adopt",
    "adopt",
    multiple=True,
    metavar="ENVIRONMENT",
    help="Write definitions for the objects in the tenant of this environment. May be repeated.",
)
@click.option(
    "--store",
    "stores",
    type=click.Choice(sorted(STORES)),
    multiple=True,
    help="A store of secrets that the workflows sign in to for `up`. May be repeated.",
)
@pass_settings
@click.pass_context
def init(
    context: click.Context,
    settings: Settings,
    directory: Path,
    environments: tuple[NewEnvironment, ...],
    local: bool,
    team: str,
    action: str | None,
    adopt: tuple[str, ...],
    stores: tuple[str, ...],
) -> None:
    """Create a repository for definitions in DIR: settings, workflows, schemas, and a file for each environment.

    Asks for the environments if none are given. DIR may exist and have other files; no file is overwritten. Either all
    files are written or none. With --adopt, exits with 3 if something could not be read; everything else is written.
    """
    if not (environments or local):
        environments, team, action = asked(team, action)
    try:
        ordered = in_order([*([LOCAL_ENVIRONMENT] if local else []), *environments])
        choices = Choices(project_name_for(directory.resolve().name), ordered, team, example=not adopt)
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    if unknown := [name for name in adopt if name not in {one.name for one in ordered}]:
        raise click.BadParameter(f"{unknown[0]} is none of the environments", param_hint="--adopt")
    pin = action_of(action)
    texts = starting(choices, pin)
    refuse_existing(directory, [*texts, *generated(pin, (), {}), MANIFEST])
    secrets: tuple[str, ...] = ()
    code = 0
    if adopt:
        texts, secrets, code = with_adopted(settings, texts, adopt)
    kept = generated(pin, secrets, schema_texts(), set(stores))
    create(directory, {**texts, **kept, MANIFEST: Manifest.of(pin, secrets, kept, set(stores)).text})
    say(f"created {directory}: {len(texts) + len(kept) + 1} files")
    for line in next_steps(directory, ordered, pin, adopted=bool(adopt)):
        say(line)
    context.exit(code)


def asked(team: str, action: str | None) -> tuple[tuple[NewEnvironment, ...], str, str | None]:
    """The environments, the team and the action, as somebody at a terminal answers. Raises `click.UsageError`."""
    if not sys.stdin.isatty():
        raise click.UsageError("no terminal to ask on: pass --environment NAME=URL or --local")
    environments: list[NewEnvironment] = []
    while name := ask(
        "Name of the environment that takes definitions next (empty: no more)"
        if environments
        else "Name of the environment that takes definitions first, such as staging (empty: a local tenant)"
    ):
        url = ask(f"URL of the tenant of {name}, such as https://acme.okta.com")
        try:
            environments.append(NewEnvironment.parse(f"{name}={url}"))
        except ValueError as error:
            say(str(error), err=True)
    team = team or ask("GitHub team that owns the definitions, such as @acme/identity (empty: none yet)")
    action = action or ask("GitHub repository with the reconciler's action, as OWNER/REPOSITORY (empty: not known yet)")
    return tuple(environments) or (LOCAL_ENVIRONMENT,), team, action or None


def with_adopted(
    settings: Settings, texts: dict[str, str], names: Sequence[str]
) -> tuple[dict[str, str], tuple[str, ...], int]:
    """The files with the definitions of these environments' objects, the variables with secrets that they name, and
    the exit code.

    The adoption works on a copy, so a tenant that cannot be read leaves nothing behind.
    """
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary).resolve()
        create(folder, texts)
        definitions = folder / "definitions"
        copy = Settings(definitions, settings.known, definitions)
        adopted = [adopted_into(copy, name, definitions, shown_as=Path("definitions")) for name in names]
        found = {
            path.relative_to(folder).as_posix(): path.read_text("utf-8")
            for path in definitions.rglob("*")
            if path.is_file()
        }
        return texts | found, secrets_referred_to(definitions).variables, max(map(exit_code, adopted))


def next_steps(
    directory: Path, environments: Sequence[NewEnvironment], action: ActionPin, *, adopted: bool
) -> Iterator[str]:
    """What to do with the new repository."""
    yield "next:"
    if directory.resolve() != Path.cwd():
        yield f"  cd {directory}"
    first = environments[0]
    if first.local:
        yield f"  reconciler sandbox serve --port {first.port}   # in another terminal"
        yield f"  export {first.prefix}TOKEN=local"
    else:
        credentials = " ".join(f"{first.prefix}{name}" for name in ("CLIENT_ID", "PRIVATE_KEY", "PRIVATE_KEY_ID"))
        yield f"  export {credentials}   # the service app of {first.name}; README.md says more"
    yield "  reconciler validate"
    if adopted:
        yield "  set the owners of the adopted definitions: replace `owner: unassigned`"
    yield f"  reconciler preview {first.name}"
    yield f"  reconciler up {first.name}"
    yield "  git init && git add --all && git commit"
    if action.repository == NO_OWNER:
        yield "before you use the workflows: reconciler upgrade --action OWNER/REPOSITORY"
