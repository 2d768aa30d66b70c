"""Commands that start the local tenant, where it is not installed."""

from __future__ import annotations

import sys

import pytest
from click.testing import CliRunner

from reconciler.cli import reconciler
from reconciler.errors import ReconcilerError


@pytest.mark.parametrize("words", [["sandbox", "serve"], ["demo"]])
def test_the_error_names_what_to_install(words: list[str], monkeypatch: pytest.MonkeyPatch):
    for name in [*sys.modules]:
        if name.partition(".")[0] == "okta_sandbox" or name == "reconciler.cli.sandbox":
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "okta_sandbox", None)

    result = CliRunner().invoke(reconciler, words)

    error = result.exception
    assert isinstance(error, ReconcilerError)
    assert (error.exit_code, error.message) == (1, "the local tenant is not installed")
    assert error.hint == "run `pip install 'okta-reconciler[sandbox]'`"
