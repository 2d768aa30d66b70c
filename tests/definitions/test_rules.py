"""Rules over several fields are checked while other fields are invalid, without guessing their values."""

import pytest

from tests.definitions.folder import document

ZONE = "name: Z\ntype: DYNAMIC\nlocations: [NO]\n"


def messages(folder, kind, spec):
    folder.write(document(kind, "a", spec))
    return [problem.partition(": ")[2].partition(" | ")[0] for problem in folder.problems()]


def test_an_invalid_field_hides_no_rule_about_others(folder):
    spec = "label: A\ntype: web\nstatus: off\ntoken_endpoint_auth_method: private_key_jwt\nlogin_mode: SPEC"
    assert messages(folder, "oidc-app", spec) == [
        "oidc-app a: grant types authorization_code and implicit need redirect_uris",
        "status cannot be off",
        "token_endpoint_auth_method: private_key_jwt: needs jwks or jwks_uri",
        "login_mode: SPEC: set login_uri, or login_mode: DISABLED",
    ]


def test_one_broken_rule_hides_no_other(folder):
    spec = "label: A\ntype: service\nauthentication_policy: default-x\nredirect_uris: [https://a.example.com/cb]"
    found = messages(folder, "oidc-app", spec)
    assert any("users do not sign in to a service app, and the provider assigns" in message for message in found)
    assert any("a service app has no redirect_uris" in message for message in found)


@pytest.mark.parametrize(
    ("wrong", "hidden"),
    [
        ("type: DYNAMI\ngateways: [192.0.2.1]", "type cannot be DYNAMI"),
        ("type: IP\ngateways: [nowhere]", "gateways[0]: nowhere: must be an address"),
        ("type: IP\ngatways: [192.0.2.1]", "network-zone a has no field gatways"),
        ("type: IP\nusage: [BLOCKLIST]\ngateways: [192.0.2.1]\nproxies: [192.0.2.2]", "usage cannot be a list"),
    ],
)
def test_a_rule_about_an_invalid_field_is_not_checked(folder, wrong, hidden):
    (message,) = messages(folder, "network-zone", f"name: Z\n{wrong}")
    assert message.startswith(hidden)


def test_a_field_without_effect_is_reported_beside_an_invalid_one(folder):
    assert messages(folder, "network-zone", f"{ZONE}usage: NONE\ngateways: [192.0.2.1]") == [
        "usage cannot be NONE",
        "gateways: only a zone of type IP has this: leave it out",
    ]


def test_rules_of_nested_structures_are_checked_too(folder):
    spec = """\
        name: P
        priority: one
        groups_included: [everyone]
        rules:
          - {name: R, mfa_required: true, status: off}
          - {name: S, network_connection: ZONE, access: DENY, session_idle: 0.5}
        """
    found = messages(folder, "global-session-policy", spec)
    assert any(message.startswith("rules[0]: mfa_required: true and mfa_prompt need each other") for message in found)
    assert any(
        message.startswith("rules[1]: network_connection: ZONE needs either network_includes") for message in found
    )
