"""References of session rules to identity providers of several types."""

from reconciler.kinds.global_session_policy import GlobalSessionRule
from reconciler.kinds.mapping import Vocabulary, encode, references_in, with_references

RULE = {"name": "R", "identity_provider": "SPECIFIC_IDP", "identity_providers": ["idp-oidc partner", "idp-saml agency"]}
IDS = {("idp-oidc", "partner"): "0oa1", ("idp-saml", "agency"): "0oa2"}
NAMES = {(kind, identity): name for (kind, name), identity in IDS.items()}


def test_okta_gets_the_ids_alone_and_definitions_the_kinds_too():
    with_ids = with_references(GlobalSessionRule, RULE, lambda kind, name: IDS.get((kind, name), name))
    sent = encode(GlobalSessionRule, with_ids, Vocabulary.API)
    assert sent["conditions"]["identityProvider"]["idpIds"] == ["0oa1", "0oa2"]
    assert encode(GlobalSessionRule, with_ids, Vocabulary.INPUTS)["identityProviderIds"] == ["0oa1", "0oa2"]
    assert with_references(GlobalSessionRule, with_ids, lambda kind, token: NAMES.get((kind, token), token)) == RULE


def test_an_unknown_id_stays_and_may_be_of_any_type():
    spec = RULE | {"identity_providers": ["0oa9"]}
    assert with_references(GlobalSessionRule, spec, lambda kind, token: NAMES.get((kind, token), token)) == spec
    assert references_in(GlobalSessionRule, spec) >= {("idp-oidc", "0oa9"), ("idp-social", "0oa9")}


def test_a_name_of_nothing_stays():
    assert with_references(GlobalSessionRule, RULE, lambda kind, token: token) == RULE
