"""Checks of a backend: what the engine gets to know for them."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from reconciler.engine import toolchain
from reconciler.engine.backend import check_passphrase, has_state
from reconciler.engine.stack import Stack
from reconciler.engine.state import Deployment

ENGINE = f"""#!{sys.executable}
import os, pathlib, sys
if "version" in sys.argv:
    print("v{toolchain.PINNED}")
else:
    pathlib.Path(__file__).with_name("seen").write_text("\\n".join(os.environ))
    print("[]")
"""


class Encrypted(Stack):
    """A stack whose state is encrypted with a passphrase."""

    def export(self) -> Deployment:
        """The state."""
        return {"secrets_providers": {"type": "passphrase", "state": {"salt": "v1:a:v1:b:c"}}}


@pytest.mark.parametrize("check", [has_state, check_passphrase])
def test_the_engine_gets_no_credentials_of_tenants(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, check):
    engine = tmp_path / "bin/pulumi"
    engine.parent.mkdir()
    engine.write_text(ENGINE)
    engine.chmod(0o755)
    (tmp_path / "Pulumi.yaml").write_text("name: okta\nruntime: python\n")
    monkeypatch.setattr(toolchain, "ensure", lambda *_: engine)
    for name in ("OKTA_CREDENTIAL", "GH_TOKEN", "PAYMENTS_SECRET", "AWS_OF_AN_APP", "AWS_REGION"):
        monkeypatch.setenv(name, "x")
    check(Encrypted("test", tmp_path, {"PULUMI_BACKEND_URL": "s3://states"}, withheld=frozenset({"AWS_OF_AN_APP"})))
    seen = set((engine.parent / "seen").read_text().splitlines())
    assert {"PULUMI_BACKEND_URL", "AWS_REGION"} <= seen
    assert not seen & {"OKTA_CREDENTIAL", "GH_TOKEN", "PAYMENTS_SECRET", "AWS_OF_AN_APP"}
