"""`reconciler --version`: the versions of the reconciler, of the engine and of the provider plugin."""

from __future__ import annotations

import click

from reconciler.cli.messages import say


def show_version(context: click.Context, parameter: click.Parameter, wanted: bool) -> None:
    """Print the versions and end the command."""
    if not wanted or context.resilient_parsing:
        return
    from reconciler.engine.toolchain import find
    from reconciler.engine.toolchain.location import found_version
    from reconciler.engine.toolchain.plugin import PLUGIN_VERSION, official_plugin
    from reconciler.version import tool_version

    engine, plugin = find(), official_plugin()
    say(f"reconciler, version {tool_version() or 'unknown'}")
    say(f"Pulumi, version {found_version(engine)}: {engine}" if engine else "Pulumi: not installed")
    say(f"Okta provider plugin, version {PLUGIN_VERSION}: {plugin or 'not installed'}")
    context.exit()


version_option = click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=show_version,
    help="Show the versions of the reconciler, of Pulumi and of the provider plugin, and exit.",
)
