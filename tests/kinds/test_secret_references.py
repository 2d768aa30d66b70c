"""References to secrets: one spelling for each secret, and which patterns may name the same entry."""

from __future__ import annotations

from fnmatch import fnmatchcase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.kinds.secret_references import (
    SCHEMES,
    checked_pattern,
    checked_reference,
    is_in_store,
    is_reference,
    may_name,
    parsed,
)


@pytest.mark.parametrize(
    ("text", "location", "key", "entry"),
    [
        ("env:NAME", "NAME", "", "env:NAME"),
        ("file:../keys/a-key.pem", "../keys/a-key.pem", "", "file:../keys/a-key.pem"),
        ("vault:secret/payments/console#client_secret", "secret/payments/console", "client_secret", "="),
        ("vault:secret/..odd/a.b#k.l", "secret/..odd/a.b", "k.l", "="),
        ("aws-sm:payments/console", "payments/console", "", "="),
        ("aws-sm:payments/console#secret", "payments/console", "secret", "="),
        ("aws-ssm:/payments/console", "/payments/console", "", "="),
        ("aws-ssm:console", "console", "", "="),
        ("azure-kv:acme-payments/Console-1", "acme-payments/Console-1", "", "="),
        ("gcp-sm:acme-payments/Console_1", "acme-payments/Console_1", "", "="),
        ("gcp-sm:acme-payments/console/12", "acme-payments/console/12", "", "gcp-sm:acme-payments/console"),
        ("op://Payments/Console/password", "//Payments/Console/password", "", "op://Payments/Console"),
        ("op://Payments/Console/login/password", "//Payments/Console/login/password", "", "op://Payments/Console"),
        ("esc:acme/okta/production#apps.console", "acme/okta/production", "apps.console", "="),
        ("exec:console", "console", "", "="),
    ],
)
def test_references_are_taken_apart(text: str, location: str, key: str, entry: str):
    found = parsed(text)
    expected = f"{found.scheme.name}:{location}" if entry == "=" else entry
    assert (found.location, found.key, found.entry) == (location, key, expected)
    assert checked_reference(text) == text


@pytest.mark.parametrize(
    "text",
    [
        # what a store would take for vault:secret/console#key
        "vault:secret//console#key", "vault:/secret/console#key", "vault:secret/console/#key", "vault://secret/console#key",
        "vault:secret/./console#key", "vault:secret/x/../console#key", "vault:../secret/console#key",
        "vault:secret/%63onsole#key", "vault:secret%2Fconsole#key", "vault:secret/console#%6bey", "VAULT:secret/a#key",
        "vault:secret/console?version=1#key", "vault:secret/console#key#other", "vault:secret\\console#key",
        "vault:secret/console", "vault:secret#key", "vault:secret/console#", "vault: secret/console#key", "vault:",
        # ids, ARNs, versions, stages and labels
        "aws-sm:arn:aws:secretsmanager:eu-central-1:123456789012:secret:console-AbCdEf", "aws-sm:/console",
        "aws-sm:a//b", "aws-sm:a/../b", "aws-sm:a#k#l", "aws-sm:a#", "aws-sm:",
        "aws-ssm:arn:aws:ssm:eu-central-1:123456789012:parameter/console", "aws-ssm:/console", "aws-ssm:a/b",
        "aws-ssm:/a//b", "aws-ssm:/a/../b", "aws-ssm:/a/b/", "aws-ssm:console:3", "aws-ssm:console:label",
        "aws-ssm:/aws/reference/secretsmanager/console",
        "azure-kv:acme/console/0123", "azure-kv:acme.vault.azure.net/console", "azure-kv:evil.example#/console",
        "azure-kv:acme/a_b", "azure-kv:acme", "azure-kv:a/b",
        "gcp-sm:123456789012/console", "gcp-sm:acme-payments/console/latest", "gcp-sm:acme-payments/console/01",
        "gcp-sm:acme-payments/../x", "gcp-sm:projects/acme/secrets/x",
        "op:Payments/Console/password", "op://Payments/Console", "op://Payments//password", "op://a/b/c/d/e",
        "op://Payments/Console/password?attribute=otp", "op://Payments/../Okta/token",
        "op://abcdefghijklmnopqrstuvwxyz/Console/password", "op://Payments/abcdefghijklm0123456789abc/password",
        "esc:acme/okta/production@3#k", "esc:acme/okta/production", "esc:okta/production#k", "esc:--help/a/b#k",
        "esc:acme/okta/production#", "exec:Console", "exec:../x", "exec:a b", "exec:-x", "exec:a;id",
        "env:A B", "env:1", "env:", "file:", "file:a b", "http://a", "hunter2", "", "env:A\n", "vault:a/b#k\n",
    ],
)  # fmt: skip
def test_other_spellings_are_refused_and_not_quoted(text: str):
    with pytest.raises(ValueError, match=r"^must be ") as caught:
        checked_reference(text)
    assert len(text) < 8 or text not in str(caught.value)


@given(st.sampled_from(sorted(SCHEMES)), st.text(st.sampled_from("ab/.#@:%~-_?*[]\\ \nA1"), max_size=12))
def test_a_reference_is_its_own_spelling(scheme: str, rest: str):
    """Whatever is accepted has no part that a store could take for another path."""
    text = f"{scheme}:{rest}"
    try:
        found = parsed(text)
    except ValueError:
        return
    assert is_reference(text) and is_in_store(text) == found.scheme.in_store
    if found.scheme.in_store:
        assert found.scheme.name + ":" + found.location + (f"#{found.key}" if found.key else "") == text
        parts = found.location.removeprefix("//" if scheme == "op" else "/" if scheme == "aws-ssm" else "").split("/")
        assert not {"", ".", ".."} & set(parts)
        assert not set("%?*[]\\ \n") & set(text)
        assert checked_pattern(text) == text
        assert may_name(text, found) and may_name(text.upper(), found)


LOCATIONS = {
    "vault": "ab/a#k",
    "aws-sm": "ab/a#k",
    "aws-ssm": "/ab/a",
    "azure-kv": "abc/ab",
    "gcp-sm": "abcabc/ab/1",
    "op": "//ab/ab/ab",
    "esc": "ab/a/a#k",
    "exec": "ab",
}


@given(st.sampled_from(sorted(LOCATIONS)), st.data())
def test_a_pattern_that_matches_a_reference_may_name_its_entry(scheme: str, data: st.DataObject):
    """Also if wildcards match the separators."""
    reference = f"{scheme}:{LOCATIONS[scheme]}"
    pattern = scheme + ":"
    for character in LOCATIONS[scheme]:
        pattern += data.draw(st.sampled_from([character, "?", "*", "*" + character, ""]))
    if fnmatchcase(reference, pattern):
        assert may_name(pattern, parsed(reference)), pattern


@pytest.mark.parametrize(
    ("pattern", "reference", "named"),
    [
        ("vault:okta/production#token", "vault:okta/production#token", True),
        ("vault:okta/production#token", "vault:okta/production#other", True),
        ("vault:okta/production#token", "vault:Okta/Production#TOKEN", True),
        ("vault:okta/production#token", "vault:okta/staging#token", False),
        ("vault:okta/*#token", "vault:okta/staging#other", True),
        ("vault:okta/*", "vault:okta/staging#other", True),
        ("vault:okta/*", "vault:payments/okta#other", False),
        ("vault:okta/prod*token", "vault:okta/production#other", True),
        ("vault:okta/*/token", "vault:okta/production#other", False),
        ("aws-sm:okta", "aws-sm:okta#token", True),
        ("aws-sm:okta#token", "aws-sm:okta", True),
        ("aws-sm:okta/token", "aws-sm:okta", False),
        ("aws-sm:okta?token", "aws-sm:okta#token", True),
        ("gcp-sm:acme-okta/token", "gcp-sm:acme-okta/token/3", True),
        ("gcp-sm:acme-okta/token/3", "gcp-sm:acme-okta/token", True),
        ("gcp-sm:acme-okta/token/*", "gcp-sm:acme-okta/token/7", True),
        ("gcp-sm:acme-okta/token", "gcp-sm:acme-okta/other", False),
        ("op://Okta/Production/token", "op://okta/production/login/password", True),
        ("op://*/token", "op://okta/production/password", True),
        ("op://Okta/Production/token", "op://Okta/Staging/token", False),
        ("azure-kv:acme/token", "azure-kv:ACME/Token", True),
        ("azure-kv:acme/token", "azure-kv:acme/other", False),
        ("esc:acme/okta/production#token", "esc:acme/okta/production#okta.token", True),
        ("exec:token", "exec:token", True),
        ("env:*", "vault:a/b#k", False),
    ],
)
def test_which_patterns_may_name_an_entry(pattern: str, reference: str, named: bool):
    assert may_name(pattern, parsed(reference)) is named


@pytest.mark.parametrize(
    "pattern",
    ["vault:*", "vault:secret/payments/*", "vault:secret/*#client_secret", "aws-ssm:/payments/*", "op://Payments/*",
     "gcp-sm:acme-payments/*", "exec:payments-?", "env:A_*", "file:../x"],
)  # fmt: skip
def test_patterns(pattern: str):
    assert checked_pattern(pattern) == pattern


@pytest.mark.parametrize(
    "pattern",
    ["vault:secret//payments/*", "vault:secret/../*", "vault:/secret/*", "vault:[a-z]*", "vault:a%2f*", "op://a//b",
     "aws-sm:arn:aws:*"],
)  # fmt: skip
def test_patterns_that_match_nothing_are_refused(pattern: str):
    with pytest.raises(ValueError, match=r"^must be .*, with \* and \? as wildcards"):
        checked_pattern(pattern)
