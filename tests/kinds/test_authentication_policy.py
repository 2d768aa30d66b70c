"""Rules of authentication policies."""

import pytest
from pydantic import ValidationError

from reconciler.kinds import kind_named
from reconciler.kinds.authentication_policy import AuthenticationRules
from reconciler.kinds.mapping import Vocabulary, canonical, encode


@pytest.mark.parametrize("constraint", [{}, {"possession": {}}, {"knowledge": {"types": []}}])
def test_empty_constraint_is_refused(constraint):
    with pytest.raises(ValidationError, match="at least one requirement"):
        AuthenticationRules.model_validate({"rules": [{"name": "R", "constraints": [constraint]}]})


def test_constraint_with_any_requirement_is_accepted():
    rule = {"name": "R", "constraints": [{"knowledge": {"required": False}}]}
    assert len(AuthenticationRules.model_validate({"rules": [rule]}).rules) == 1


@pytest.mark.parametrize(
    ("knowledge", "sent"),
    [
        ({"types": ["password"]}, '{"knowledge":{"required":true,"types":["password"]}}'),
        ({"types": ["password"], "required": False}, '{"knowledge":{"required":false,"types":["password"]}}'),
        (
            {"excluded_authentication_methods": [{"key": "phone_number", "method": "sms"}]},
            '{"knowledge":{"excludedAuthenticationMethods":[{"key":"phone_number","method":"sms"}],"required":false}}',
        ),
    ],
)
def test_default_of_required_knowledge_is_that_of_okta(knowledge, sent):
    spec = canonical(
        AuthenticationRules.model_validate({"rules": [{"name": "R", "constraints": [{"knowledge": knowledge}]}]})
    )
    (rule,) = encode(AuthenticationRules, spec, Vocabulary.INPUTS)["rules"]
    assert rule["constraints"] == [sent]


@pytest.mark.parametrize("kind", ["authentication-policy-rules", "global-session-policy-rule", "password-policy-rule"])
def test_the_name_of_a_rule_has_at_most_100_characters(kind):
    def rule(name):
        return {"rules": [{"name": name}]} if kind == "authentication-policy-rules" else {"name": name}

    kind_named(kind).fields.model_validate(rule("R" * 100))
    with pytest.raises(ValidationError, match="at most 100"):
        kind_named(kind).fields.model_validate(rule("R" * 101))
