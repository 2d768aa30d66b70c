"""Commands that need an extra which is not installed."""

from __future__ import annotations

import sys
from collections.abc import Callable

import pytest
from click.testing import CliRunner

from reconciler.cli import history, reconciler
from reconciler.errors import ReconcilerError


@pytest.fixture
def without(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], None]:
    """Makes a package, and a module that imports it, look as if they were not installed or imported."""

    def remove(package: str, importer: str) -> None:
        for name in [*sys.modules]:
            if name.partition(".")[0] == package or name == importer:
                monkeypatch.delitem(sys.modules, name)
        monkeypatch.setitem(sys.modules, package, None)

    return remove


@pytest.mark.parametrize("words", [["sandbox", "serve"], ["demo"]])
def test_commands_that_start_the_local_tenant_name_its_extra(words: list[str], without: Callable[[str, str], None]):
    without("okta_sandbox", "reconciler.cli.sandbox")

    result = CliRunner().invoke(reconciler, words)

    error = result.exception
    assert isinstance(error, ReconcilerError)
    assert (error.exit_code, error.message) == (1, "the local tenant is not installed")
    assert error.hint == "run `pip install 'okta-reconciler[sandbox]'`"


def test_history_names_its_extra_and_drift_keeps_none(
    without: Callable[[str, str], None], monkeypatch: pytest.MonkeyPatch
):
    assert history.keeps_history()
    without("sqlalchemy", "reconciler.history.store")
    monkeypatch.delenv("RECONCILER_HISTORY", raising=False)
    assert not history.keeps_history()
    with pytest.raises(ReconcilerError, match="the database of the history is not installed") as caught:
        history.history_at("anywhere.sqlite")
    assert caught.value.hint == "run `pip install 'okta-reconciler[history]'`"
    monkeypatch.setenv("RECONCILER_HISTORY", "")
    assert not history.keeps_history(), "a workflow passes an empty value if the secret is not set"
    monkeypatch.setenv("RECONCILER_HISTORY", "postgresql://db")
    assert history.keeps_history(), "what was asked for fails instead of being left out"
