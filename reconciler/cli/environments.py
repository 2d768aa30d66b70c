"""`reconciler environments`: list the environments that the definitions name."""

from __future__ import annotations

from typing import Any

import click

from reconciler.cli.formats import format_option
from reconciler.cli.loading import loaded
from reconciler.cli.messages import say, show
from reconciler.cli.settings import Settings, pass_settings
from reconciler.definitions import DefinitionsError, Environment, Problem, environment_names
from reconciler.definitions.environments import read_environment
from reconciler.definitions.files import environment_files
from reconciler.definitions.pins import read_pins
from reconciler.definitions.secrets import secrets_of, variable_of
from reconciler.printable import printable_json


@click.command()
@format_option("text", "json")
@click.option("--secrets", is_flag=True, help="With JSON: add the variables with secrets that documents refer to.")
@pass_settings
def environments(settings: Settings, form: str, secrets: bool) -> None:
    """List the environments, for pipelines that have a job for each of them.

    The JSON format adds the address of each tenant, the variables that its credentials refer to, whether an
    `up` in CI needs an approval, and the environment that takes definitions first.
    """
    if secrets and form == "text":
        raise click.UsageError("--secrets needs --format json")
    names = environment_names(settings.definitions)
    if form == "text":
        for name in names:
            say(name)
        return
    problems: list[Problem] = []
    files = environment_files(settings.definitions)
    found = [read_environment(name, path, problems) for name, path in files.items()]
    pins = read_pins(settings.definitions, settings.policy, problems)
    checked = [pins.checked(each.environment, problems) for each in found if each]
    if problems:
        raise DefinitionsError(problems)
    found_secrets = {each.name: {"secrets": _secrets(settings, each.name)} for each in checked} if secrets else {}
    show(printable_json([_document(each) | found_secrets.get(each.name, {}) for each in checked]))


def _document(environment: Environment) -> dict[str, Any]:
    credentials = environment.credentials
    return {
        "name": environment.name,
        "url": environment.url,
        "credential": variable_of(credentials.token or credentials.private_key),
        "client_id": variable_of(credentials.client_id),
        "private_key_id": variable_of(credentials.private_key_id),
        "approval": environment.pins.approval,
        "after": environment.promotion.after if environment.promotion else None,
    }


def _secrets(settings: Settings, name: str) -> list[dict[str, Any]]:
    """The environment variables that an `up` of the environment needs for its documents, and where they are named."""
    return [
        {"variable": variable, "object": str(declaration.address), "file": source.file, "line": source.line}
        for declaration in loaded(settings, name).managed.values()
        for _, reference, source in secrets_of(declaration)
        if (variable := variable_of(reference))
    ]
