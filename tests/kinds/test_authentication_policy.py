"""What is special about the rules of authentication policies."""

import pytest
from pydantic import ValidationError

from reconciler.kinds.authentication_policy import AuthenticationRules


@pytest.mark.parametrize("constraint", [{}, {"possession": {}}, {"knowledge": {"types": []}}])
def test_a_constraint_that_says_nothing_is_refused_because_okta_forgets_it(constraint):
    with pytest.raises(ValidationError, match="this is empty"):
        AuthenticationRules.model_validate({"rules": [{"name": "R", "constraints": [constraint]}]})


def test_a_constraint_that_says_anything_is_taken():
    rule = {"name": "R", "constraints": [{"knowledge": {"required": False}}]}
    assert len(AuthenticationRules.model_validate({"rules": [rule]}).rules) == 1
