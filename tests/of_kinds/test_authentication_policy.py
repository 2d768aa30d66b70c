"""Chains of authentication methods, and Okta's Catch-all Rule."""

import httpx
import pytest
from pydantic import ValidationError

from reconciler.kinds.authentication_policy import AUTHENTICATION_POLICY, AuthenticationRules
from reconciler.kinds.mapping import Vocabulary, canonical, decode, encode
from reconciler.kinds.sign_in_strength import weaker, weakest_way_in, withstands_phishing
from reconciler.stand_in.objects import Objects
from tests.okta.tenants import Shelf, client_of
from tests.okta.virtual_time import run

PASSWORD = {"key": "okta_password", "method": "password"}
EMAIL = {"key": "okta_email", "method": "email"}
WEBAUTHN = {"key": "webauthn", "method": "webauthn", "phishing_resistant": "REQUIRED"}
FASTPASS = {"key": "okta_verify", "method": "signed_nonce", "user_verification": "REQUIRED"}


def chain(*steps):
    return {"steps": [{"authentication_methods": methods} for methods in steps]}


def chained(*chains, **fields):
    """A rule with these chains, in canonical form."""
    rule = {"name": "R", "type": "AUTH_METHOD_CHAIN", "chains": list(chains), **fields}
    return canonical(AuthenticationRules.model_validate({"rules": [rule]}))["rules"][0]


def test_a_chain_is_nested_in_compact_text_with_sorted_keys():
    spec = {"rules": [chained(chain([PASSWORD], [WEBAUTHN, EMAIL]))]}
    (rule,) = encode(AuthenticationRules, spec, Vocabulary.INPUTS)["rules"]
    assert rule["chains"] == [
        '{"authenticationMethods":[{"key":"okta_password","method":"password"}],'
        '"next":[{"authenticationMethods":['
        '{"key":"webauthn","method":"webauthn","phishingResistant":"REQUIRED"},'
        '{"key":"okta_email","method":"email"}]}]}'
    ]
    assert "factorMode" not in rule


def test_a_chain_of_three_steps_is_read_as_it_was_written():
    spec = {"rules": [chained(chain([PASSWORD], [WEBAUTHN], [EMAIL]))]}
    for vocabulary in (Vocabulary.API, Vocabulary.INPUTS):
        wire = encode(AuthenticationRules, spec, vocabulary)
        assert decode(AuthenticationRules, wire, vocabulary) == spec


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ({"type": "AUTH_METHOD_CHAIN"}, "needs chains"),
        ({"chains": [chain([EMAIL])]}, "only type: AUTH_METHOD_CHAIN has chains"),
        ({"type": "AUTH_METHOD_CHAIN", "chains": [chain([EMAIL])], "factor_mode": "1FA"}, "leave it out"),
        ({"type": "AUTH_METHOD_CHAIN", "chains": [chain([EMAIL])] * 6}, "at most 5"),
        ({"type": "AUTH_METHOD_CHAIN", "chains": [chain(*([[EMAIL]] * 4))]}, "at most 3"),
        ({"type": "AUTH_METHOD_CHAIN", "chains": [{"steps": []}]}, "at least 1"),
    ],
)
def test_what_no_rule_can_have_is_refused(rule, message):
    with pytest.raises(ValidationError, match=message):
        AuthenticationRules.model_validate({"rules": [{"name": "R", **rule}]})


@pytest.mark.parametrize(
    ("chains", "count"),
    [
        ([chain([PASSWORD], [EMAIL])], 2),
        ([chain([PASSWORD])], 1),
        ([chain([EMAIL], [WEBAUTHN])], 1),
        ([chain([PASSWORD], [EMAIL, PASSWORD])], 1),
        ([chain([PASSWORD], [EMAIL]), chain([EMAIL])], 1),
        ([chain([FASTPASS])], 2),
    ],
)
def test_a_chain_requires_factors_of_as_many_classes_as_its_weakest_path(chains, count):
    assert weakest_way_in([chained(*chains)])[0] == count


def test_a_chain_withstands_phishing_if_some_step_does():
    assert withstands_phishing([chained(chain([PASSWORD], [WEBAUTHN]))])
    assert not withstands_phishing([chained(chain([PASSWORD], [WEBAUTHN, EMAIL]))])
    assert not withstands_phishing([chained(chain([PASSWORD], [WEBAUTHN]), chain([PASSWORD], [EMAIL]))])


@pytest.mark.parametrize(
    "live",
    [
        chained(chain([WEBAUTHN], [PASSWORD])),
        chained(chain([PASSWORD], [WEBAUTHN], [EMAIL])),
        chained(chain([PASSWORD], [WEBAUTHN | {"user_verification": "REQUIRED"}])),
    ],
)
def test_a_chain_with_the_same_steps_or_more_is_not_weaker(live):
    declared = chained(chain([PASSWORD], [WEBAUTHN]))
    assert not weaker([declared], [live])
    assert weaker([declared], [chained(chain([PASSWORD], [EMAIL]))])


def test_a_chain_of_two_classes_is_not_weaker_than_any_two_factors():
    (two_factors,) = canonical(AuthenticationRules.model_validate({"rules": [{"name": "R"}]}))["rules"]
    assert not weaker([two_factors], [chained(chain([PASSWORD], [EMAIL]))])
    assert weaker([two_factors], [chained(chain([EMAIL], [WEBAUTHN]))])


class _NewPolicy(Shelf):
    """A tenant in which a new policy has a Catch-all Rule."""

    def answer(self, method, path, request):
        if method == "POST":
            self.lists[f"{path}/rst1/rules"] = [_CATCH_ALL]
            return httpx.Response(200, json={"id": "rst1", **self.bodies[-1]})
        return httpx.Response(200, json=_CATCH_ALL) if method == "PUT" else super().answer(method, path, request)


_CATCH_ALL = {
    "id": "rul1",
    "name": "Catch-all Rule",
    "system": True,
    "actions": {"appSignOn": {"access": "ALLOW", "verificationMethod": {"factorMode": "2FA"}}},
}


@pytest.mark.parametrize("catch_all", [True, False])
def test_the_catch_all_rule_of_a_new_policy_denies_access(catch_all):
    tenant = _NewPolicy({"/api/v1/policies": []})

    async def create():
        async with client_of(tenant) as client:
            await Objects(client).create(AUTHENTICATION_POLICY, (), {"name": "P", "catch_all": catch_all})

    run(create())
    written = [line for line in tenant.asked if line.startswith("PUT")]
    assert written == ([] if catch_all else ["PUT /api/v1/policies/rst1/rules/rul1"])
    if not catch_all:
        sign_on = tenant.bodies[-1]["actions"]["appSignOn"]
        assert sign_on == {"access": "DENY", "verificationMethod": {"factorMode": "2FA"}}
