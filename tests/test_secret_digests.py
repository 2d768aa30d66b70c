"""What an `up` records of secrets: enough to compare, and nothing to read or to guess quickly."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest
from pydantic import SecretStr

from reconciler.definitions import Address, Source
from reconciler.definitions.secrets import SecretMissing
from reconciler.secret_digests import OUTPUT, SecretDigests, SecretRecord
from tests.settled import desired_of, document

CONSOLE = Address("oidc-app", "console")
FIELD = "client_secret"


def desired(reference: str = "env:CONSOLE_SECRET", **envelope):
    spec = {"label": "Console", "type": "web", "redirect_uris": ["https://a.example/cb"], FIELD: reference}
    return desired_of([document("oidc-app", "console", **spec) | envelope])


def holds(**values: str):
    """Resolves `env:NAME`."""

    def resolve(reference: str, source: Source) -> SecretStr:
        name = reference.partition(":")[2]
        if name not in values:
            raise SecretMissing(f"{source}: the environment variable {name} is not set")
        return SecretStr(values[name])

    return resolve


def record(secret: str = "hunter2", before: SecretRecord | None = None) -> SecretRecord:
    digests = SecretDigests(before or SecretRecord(), holds(CONSOLE_SECRET=secret))
    return digests.updated(desired(), [CONSOLE], whole=True)


def compared(known: SecretRecord, wanted, **values: str):
    return SecretDigests(known, holds(**values)).compare(CONSOLE, wanted.declarations[CONSOLE], FIELD)


def test_the_record_survives_the_state():
    before = record()
    assert SecretRecord.of({OUTPUT: json.loads(json.dumps(before.output))}) == before
    assert before.references == {("oidc-app console", FIELD, "env:CONSOLE_SECRET")}


@pytest.mark.parametrize(
    "outputs", [{}, {OUTPUT: 1}, {OUTPUT: {"salt": "xy", "objects": {}}}, {OUTPUT: {"salt": "00"}}]
)
def test_a_record_that_cannot_be_read_is_none(outputs):
    assert SecretRecord.of(outputs).fields == {}


def test_the_same_secret_is_the_same_and_another_one_has_changed():
    known = record()
    assert compared(known, desired(), CONSOLE_SECRET="hunter2") == ("same", "")
    assert compared(known, desired(), CONSOLE_SECRET="hunter3") == ("changed", "")


def test_the_value_counts_and_not_the_name_of_the_reference():
    assert compared(record(), desired("env:RENAMED"), RENAMED="hunter2") == ("same", "")


def test_without_the_secret_the_reference_is_compared():
    known = record()
    assert compared(known, desired()) == ("not compared", "the environment variable CONSOLE_SECRET is not set")
    assert compared(known, desired("env:RENAMED")) == ("changed", "")
    assert compared(SecretRecord(), desired()) == ("not compared", "the last `up` did not record it")


def test_equal_secrets_have_different_digests_in_other_objects_and_stacks():
    both = desired_of(
        [
            document(
                "oidc-app", name, label=name, type="web", redirect_uris=["https://a.example/cb"], client_secret="env:S"
            )
            for name in ("one", "two")
        ]
    )
    digests = {
        inner[FIELD].digest
        for _ in range(2)
        for inner in SecretDigests(SecretRecord(), holds(S="hunter2"))
        .updated(both, list(both.managed), whole=True)
        .fields.values()
    }
    assert len(digests) == 4


def test_the_record_does_not_contain_the_secret_and_a_guess_is_slow(monkeypatch: pytest.MonkeyPatch):
    known = record("hunter2")
    assert "hunter2" not in json.dumps(known.output)
    costs: list[int] = []
    real = hashlib.scrypt

    def counted(password: bytes, **options: Any) -> bytes:
        costs.append(options["n"] * options["r"])
        return real(password, **options)

    monkeypatch.setattr(hashlib, "scrypt", counted)
    compared(known, desired(), CONSOLE_SECRET="a guess")
    assert costs == [cost for cost in costs if cost >= 2**17]
    assert costs


def test_a_skipped_field_keeps_its_record():
    """A repair of other fields does not send the secret."""
    before = record("hunter2")
    digests = SecretDigests(before, holds(CONSOLE_SECRET="hunter3"))
    after = digests.updated(desired(), [CONSOLE], {CONSOLE: ["client_secret"]}, whole=False)
    assert after == before


def test_a_run_records_what_it_sent_and_keeps_the_rest():
    before = record("hunter2")
    digests = SecretDigests(before, holds(CONSOLE_SECRET="hunter3"))
    assert digests.updated(desired(), [], whole=True) == before, "it failed, or was not selected"
    assert compared(digests.updated(desired(), [CONSOLE], whole=True), desired(), CONSOLE_SECRET="hunter3")[0] == "same"
    nothing = desired_of([document("group", "people", name="People")])
    assert digests.updated(nothing, [], whole=False) == before
    assert digests.updated(nothing, [], whole=True).fields == {}


def test_a_renamed_object_keeps_its_record_until_it_is_sent():
    renamed = desired(name="cockpit", previously="console")
    digests = SecretDigests(record(), holds(CONSOLE_SECRET="hunter2"))
    assert digests.compare(CONSOLE, renamed.declarations[Address("oidc-app", "cockpit")], FIELD) == ("same", "")
    assert digests.updated(renamed, [], whole=True).fields.keys() == {"oidc-app console"}
    sent = digests.updated(renamed, [Address("oidc-app", "cockpit")], whole=True)
    assert sent.fields.keys() == {"oidc-app cockpit"}
