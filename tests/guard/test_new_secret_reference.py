"""Who may use which secret, and what counts as new."""

from __future__ import annotations

from dataclasses import replace

from pydantic import SecretStr

from reconciler.definitions.model import Address
from reconciler.definitions.trust import Pins
from reconciler.guard import GuardSettings
from reconciler.guard.rules import new_secret_reference
from reconciler.plan import Plan
from reconciler.plan.new_secrets import new_secrets
from reconciler.secret_digests import OUTPUT, SecretDigests, SecretRecord
from tests.guard.cases.new_secret_reference import CONSOLE, plan
from tests.matches import with_outputs


def details(plan: Plan) -> list[str]:
    context = GuardSettings().context(new_secret_reference.GUARD)
    return [one.detail for one in new_secret_reference.GUARD.check(plan, context)]


def recorded(made: Plan) -> Plan:
    """The same plan, after an `up` that sent the secrets."""
    digests = SecretDigests(SecretRecord(), lambda *_: SecretStr("hunter2"))
    output = digests.updated(made.desired, [CONSOLE], whole=True).output
    return with_outputs(made, {OUTPUT: output})


def test_a_secret_belongs_to_one_owner():
    assert details(plan("env:PAYMENTS_SECRET")) == [
        "client_secret is env:PAYMENTS_SECRET, which belongs to payments; the owner of the document is tests"
    ]
    assert details(plan("env:OLD_SECRET")) == [
        "client_secret is env:OLD_SECRET, which has no owner in pins.yaml; the owner of the document is tests"
    ]


def test_a_reference_that_the_last_up_used_is_not_new():
    made = recorded(plan("env:PAYMENTS_SECRET"))
    assert details(made) == [] and list(new_secrets(made.desired, made.state)) == []
    changed = plan("env:PAYMENTS_OTHER")
    changed = replace(changed, match=changed.match.with_state(made.state))
    assert len(details(changed)) == 1


def test_a_renamed_object_keeps_its_secrets():
    made = recorded(plan("env:PAYMENTS_SECRET"))
    old = made.desired.declarations[CONSOLE]
    renamed = replace(old, name="cockpit", previously=("console",))
    desired = replace(made.desired, declarations={Address("oidc-app", "cockpit"): renamed})
    assert list(new_secrets(desired, made.state)) == []


def test_it_is_silent_if_no_pins_list_secrets():
    assert details(plan("env:PAYMENTS_SECRET", Pins())) == []


def test_a_new_secret_is_described_with_its_place_and_owner():
    (new,) = new_secrets((made := plan("env:TESTS_SECRET")).desired, made.state)
    assert str(new) == f"new secret: client_secret of oidc-app console is env:TESTS_SECRET ({new.source}), owner tests"
