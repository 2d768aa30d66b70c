"""Authenticators: some that every tenant has, some that can be created, none that can be deleted."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from reconciler.definitions.errors import DefinitionsError
from reconciler.drift.baseline_values import baseline
from reconciler.drift.beyond import beyond
from reconciler.drift.compare import compare
from reconciler.drift.findings import Verdict
from reconciler.drift.undeclared import undeclared
from reconciler.kinds import kind_named
from reconciler.kinds.mapping import canonical
from reconciler.kinds.refusals import Phase, SpecAttributes, refused
from reconciler.okta.snapshot import LiveObject
from tests.drift.ratings import beyond_of, changed, whole
from tests.of_kinds import OMIT, about
from tests.official.provider_rules import (
    Converges,
    NotDeclarable,
    RefusedByValidate,
    Requests,
    ShownBy,
    Undecidable,
    WorkedAround,
    rule,
)
from tests.settled import desired_of, document, settled
from tests.stand_in.test_objects import Okta, do

KIND = "authenticator"
AAGUID = "cb69481e-8ff7-4039-93ec-0a2729a154a8"
_MODULE = "of_kinds/test_authenticator.py::"
_OTHERS = "its arguments are not declared: `provider` has all members"
_NO_KEYS = {"custom_aaguids": OMIT}
_PLAIN = {"agree_to_terms": OMIT, "provider": OMIT, "status": "ACTIVE", **_NO_KEYS}
_PASSWORD = {"key": "okta_password", "name": "Password", "settings": OMIT}
_CLASSIC = Undecidable(
    "it depends on the tenant", "okta/test_snapshot.py::test_a_classic_tenant_is_refused_and_not_a_gap"
)
_CANNOT_CHANGE = ShownBy(
    "the tenant knows what it has: the stand-in refuses it, too",
    f"{_MODULE}test_the_provider_does_not_change_what_it_cannot",
)
_UNUSED = NotDeclarable(
    _OTHERS,
    (
        "provider_auth_port",
        "provider_host",
        "provider_hostname",
        "provider_integration_key",
        "provider_secret_key",
        "provider_shared_secret",
        "provider_user_name_template",
    ),
)

about(
    kind=KIND,
    usual={"key": "okta_email", "name": "Email", "settings": {"allowed_for": "any", "token_lifetime_minutes": 5}},
    harmless=frozenset({"key", "name"}),
    variants={
        "": {
            "idp": {
                "key": "external_idp",
                "agree_to_terms": OMIT,
                "provider": {"type": "CLAIMS", "identity_provider": "idp-oidc idp-oidc-one"},
                "settings": OMIT,
                **_NO_KEYS,
            },
            "email": {
                "key": "okta_email",
                **_PLAIN,
                "settings": {"allowed_for": "sso", "token_lifetime_minutes": 7},
            },
            "verify": {
                "key": "okta_verify",
                **_PLAIN,
                "settings": {
                    "channel_binding": "ALWAYS",
                    "channel_binding_style": "NUMBER_CHALLENGE",
                    "fips": "REQUIRED",
                    "enrollment_security_level": "HIGH",
                    "user_verification": "REQUIRED",
                    "user_verification_methods": ["BIOMETRICS"],
                },
            },
            "app": {
                "key": "custom_app",
                "provider": {
                    "type": "PUSH",
                    "fcm": "push-provider-google",
                    "apns": "push-provider-apple",
                    "app_bundle_id": "com.example.app",
                    "debug_app_bundle_id": "com.example.app.debug",
                },
                "settings": {"app": "oidc-app-web", "user_verification": "REQUIRED"},
                "status": "ACTIVE",
                **_NO_KEYS,
            },
            "keys": {
                "key": "webauthn",
                "agree_to_terms": OMIT,
                "provider": OMIT,
                "settings": OMIT,
                "status": "INACTIVE",
            },
        }
    },
    needed={"idp": ("provider",), "app": ("provider", "settings", "agree_to_terms"), "keys": ("status",)},
    unset=dict.fromkeys(
        (
            "provider.host",
            "provider.integration_key",
            "provider.secret_key",
            "provider.host_name",
            "provider.auth_port",
            "provider.shared_secret",
            "provider.user_name_template",
        ),
        "the provider cannot change the authenticators that have it",
    ),
    fixed={
        "key": "Okta does not change the key of an authenticator",
        "status": "an enrolment policy keeps its authenticators active: see `e2e/test_authenticators.py`",
        "settings.channel_binding_style": "Okta has only one style",
        **dict.fromkeys(
            ("provider.host", "provider.host_name", "provider.auth_port", "provider.user_name_template"),
            "the provider cannot change the authenticators that have it",
        ),
    },
    another={"status": "INACTIVE"},  # Okta adds an active one to the default enrolment policy
    rules=(
        rule(KIND, "preview", "provider_json given and any of", _UNUSED),
        rule(KIND, "preview", "(provider_auth_port or", _UNUSED),
        rule(
            KIND,
            "preview",
            "settings or provider_json set and not JSON",
            NotDeclarable("the program writes the text"),
            RefusedByValidate(
                KIND, "settings", "has other settings", {"settings": {"fips": "REQUIRED"}}, {"settings": OMIT}
            ),
            RefusedByValidate(
                KIND,
                "custom_aaguids",
                "only `webauthn` has models of security keys",
                {"custom_aaguids": [{"aaguid": AAGUID, "name": "Key"}]},
            ),
        ),
        rule(
            KIND,
            "preview",
            "settings differ only in the order of lists",
            ShownBy("the lists are sets", f"{_MODULE}test_the_methods_of_okta_verify_have_no_order"),
        ),
        rule(
            KIND,
            "preview",
            "legacy_ignore_name",
            ShownBy("`up` sends the name", "e2e/test_authenticators.py::test_it_is_imported_and_changed"),
        ),
        rule(KIND, "preview", "provider_json set and provider_auth_port changed", _UNUSED),
        rule(
            KIND,
            "create",
            'key == "custom_app" and legacy_ignore_name',
            NotDeclarable("the program always sends that the name counts"),
        ),
        rule(KIND, "create", "an authenticator with that name", Converges(KIND)),
        rule(
            KIND,
            "create",
            'key == "custom_otp"',
            NotDeclarable("there is no key `custom_otp`: the provider cannot change one, nor read its settings"),
        ),
        rule(KIND, "create", "any provider_* argument", _UNUSED),
        rule(KIND, "create update", 'key == "duo"', _UNUSED),
        rule(KIND, "update", 'type == "security_key" and key not in', _CANNOT_CHANGE),
        rule(KIND, "update", 'key == "custom_otp"', _CANNOT_CHANGE),
        rule(
            KIND,
            "update",
            'provider_type == "DUO"',
            _CANNOT_CHANGE,
            WorkedAround(KIND, "key", {"key": "duo", "name": "Duo", "settings": OMIT}),
        ),
        rule(KIND, "update", 'type == "security_key" and key != "webauthn"', _CANNOT_CHANGE),
        rule(
            KIND,
            "create update",
            'key == "custom_app"',
            ShownBy("declare that you agree", f"{_MODULE}test_only_a_custom_app_has_terms"),
        ),
        rule(
            KIND,
            "update",
            "status changed",
            Requests("the lifecycle call follows", "case authenticators.standard"),
            RefusedByValidate(
                KIND,
                "status",
                "Okta does not deactivate the password",
                {**_PASSWORD, "status": "INACTIVE"},
                {**_PASSWORD, "status": "ACTIVE"},
            ),
        ),
        rule(
            KIND,
            "create",
            'key is new and status == "INACTIVE"',
            ShownBy("so does the stand-in", f"{_MODULE}test_a_new_authenticator_can_be_inactive"),
        ),
        rule(
            KIND,
            "delete",
            "always",
            ShownBy(
                "`up` releases an authenticator instead",
                "e2e/test_authenticators.py::test_it_is_left_as_it_is_afterwards",
            ),
        ),
        rule(KIND, "create read update delete", "org:", _CLASSIC),
    ),
    attacks={
        "authenticator-weakened": (
            changed(KIND, "settings", {"user_verification": "REQUIRED"}, {"user_verification": "PREFERRED"}),
            changed(KIND, "settings", {"user_verification": "PREFERRED"}, {"user_verification": "DISCOURAGED"}),
            changed(KIND, "settings", {"channel_binding": "ALWAYS"}, {"channel_binding": "NEVER"}),
            changed(KIND, "settings", {"fips": "REQUIRED"}, {"fips": "OPTIONAL"}),
            changed(KIND, "settings", {"enrollment_security_level": "HIGH"}, {"enrollment_security_level": "ANY"}),
            changed(KIND, "settings", {"allowed_for": "recovery"}, {"allowed_for": "any"}),
            changed(KIND, "settings", {"allowed_for": "sso"}, {"allowed_for": "recovery"}),
            changed(KIND, "settings", {"token_lifetime_minutes": 5}, {"token_lifetime_minutes": 30}),
            changed(
                KIND,
                "settings",
                {"user_verification_methods": ["BIOMETRICS"]},
                {"user_verification_methods": ["BIOMETRICS", "PIN"]},
            ),
            beyond_of(KIND, "settings.allowedFor", "recovery", "any"),
            beyond_of(KIND, "settings.channelBinding.required", "ALWAYS", "NEVER"),
        ),
        "authenticator-enabled": (
            changed(KIND, "status", "INACTIVE", "ACTIVE"),
            beyond_of(KIND, "status", "INACTIVE", "ACTIVE"),
            whole(Verdict.UNMANAGED, KIND),
            beyond_of(KIND, "", None, "Google Authenticator"),
        ),
        "authenticator-redirected": (
            changed(
                KIND, "provider", {"type": "DUO", "host": "api.duo.example"}, {"type": "DUO", "host": "evil.example"}
            ),
            changed(KIND, "settings", {"app": "ours"}, {"app": "theirs"}),
            beyond_of(KIND, "provider.configuration.host", "api.duo.example", "evil.example"),
        ),
        "authenticator-disabled": (
            changed(KIND, "status", "ACTIVE", "INACTIVE"),
            whole(Verdict.MISSING, KIND),
        ),
    },
    innocent={
        "authenticator-weakened": (
            changed(KIND, "settings", {"user_verification": "PREFERRED"}, {"user_verification": "REQUIRED"}),
            changed(KIND, "settings", {"allowed_for": "any"}, {"allowed_for": "sso"}),
            changed(KIND, "settings", {"token_lifetime_minutes": 30}, {"token_lifetime_minutes": 5}),
        ),
        "authenticator-enabled": (changed(KIND, "status", "ACTIVE", "INACTIVE"),),
        "authenticator-redirected": (changed(KIND, "name", "a", "b"),),
        "authenticator-disabled": (changed(KIND, "status", "INACTIVE", "ACTIVE"),),
    },
)

EMAIL = document(KIND, "email", key="okta_email", name="Email")


def _kind():
    return kind_named(KIND)


def _declared(**spec):
    return _kind().fields.model_validate({"name": "Tested", **spec})


def test_the_methods_of_okta_verify_have_no_order():
    methods = ["PIN", "BIOMETRICS"]
    specs = [
        canonical(_declared(key="okta_verify", settings={"user_verification_methods": one}))
        for one in (methods, methods[::-1])
    ]
    assert specs[0] == specs[1]


def test_only_a_custom_app_has_terms():
    assert canonical(_declared(key="custom_app", agree_to_terms=True))["agree_to_terms"] is True
    with pytest.raises(ValidationError, match="only a `custom_app` has terms"):
        _declared(key="okta_email", agree_to_terms=True)


def test_settings_fit_the_key():
    with pytest.raises(ValidationError, match="has other settings"):
        _declared(key="phone_number", settings={"token_lifetime_minutes": 5})
    with pytest.raises(ValidationError, match="only `webauthn` has models of security keys"):
        _declared(key="phone_number", custom_aaguids=[{"aaguid": AAGUID, "name": "Key"}])
    with pytest.raises(ValidationError, match="does not deactivate the password"):
        _declared(key="okta_password", status="INACTIVE")


@pytest.mark.parametrize("key", ["duo", "onprem_mfa", "rsa_token", "yubikey_token"])
def test_the_provider_does_not_change_what_it_cannot(key):
    spec = SpecAttributes(canonical(_declared(key=key)))
    refusals = _kind().fields.refusals
    assert [one.field for one in refused(refusals, spec, Phase.UPDATE)] == ["key"]
    assert not list(refused(refusals, spec, Phase.CREATE))


def test_a_new_authenticator_can_be_inactive():
    tenant = Okta({_kind().shape.path: []}, born="INACTIVE")
    spec = canonical(_declared(key="google_otp", status="INACTIVE"))
    do(tenant, lambda it: it.create(_kind(), (), spec))
    assert tenant.changes == ["POST /api/v1/authenticators?activate=false"]


def test_an_authenticator_that_is_there_is_taken_over_by_its_key():
    there = {"id": "aut1", "key": "okta_email", "name": "Letters", "status": "INACTIVE"}
    tenant = Okta({_kind().shape.path: [there]})
    assert do(tenant, lambda it: it.create(_kind(), (), canonical(_declared(key="okta_email")))) == ("aut1",)
    assert tenant.changes == ["POST /api/v1/authenticators/aut1/lifecycle/activate"]


def test_an_authenticator_is_recognised_by_its_key_and_others_by_their_names():
    item = LiveObject(_kind(), "aut1", {"id": "aut1", "key": "okta_email", "name": "Letters"})
    assert item.in_every_tenant
    assert item.natural_key == ("okta_email", "")
    other = LiveObject(_kind(), "aut2", {"id": "aut2", "key": "external_idp", "name": "Partners"})
    assert not other.in_every_tenant
    assert other.natural_key == ("Partners", "")


def test_two_documents_cannot_declare_one_authenticator():
    letters = {**EMAIL, "name": "letters", "spec": {**EMAIL["spec"], "name": "Letters"}}
    with pytest.raises(DefinitionsError, match="the authenticator okta_email is declared twice"):
        desired_of([EMAIL, letters])


def test_one_that_comes_or_goes_undeclared_is_a_finding():
    world = settled(desired_of([EMAIL]))
    for key in ("phone_number", "google_otp"):
        world.add(KIND, key, key=key)
    before = baseline(world.live)
    assert not list(beyond(before, world.match))

    world.add(KIND, "security_question", key="security_question")
    del world.items[KIND, "added-google_otp"]

    found = {one.label: (one.expected, one.actual) for one in beyond(before, world.match)}
    assert found == {"security_question": (None, "security_question"), "google_otp": ("google_otp", None)}
    assert not [one for one in undeclared(world.match) if one.kind == KIND]


def test_an_added_one_that_not_every_tenant_has_is_undeclared():
    world = settled(desired_of([EMAIL]))
    world.add(KIND, "Partners", key="external_idp")
    found = [(one.verdict, one.label) for one in undeclared(world.match) if one.kind == KIND]
    assert found == [(Verdict.UNMANAGED, "Partners")]


def test_settings_that_stated_ones_leave_out_are_compared_with_the_baseline():
    stated = document(KIND, "email", key="okta_email", name="Email", settings={"allowed_for": "sso"})
    world = settled(desired_of([stated]))
    settings = world.items[KIND, f"{KIND}:email"].json["settings"]
    settings["tokenLifetimeInMinutes"] = 5
    before = baseline(world.live)

    settings |= {"tokenLifetimeInMinutes": 1440, "allowedFor": "any", "unheardOf": "x"}

    found = {one.field: one.detail.partition(";")[0] for one in beyond(before, world.match)}
    assert found == {
        "settings.tokenLifetimeInMinutes": "its definition omits settings.token_lifetime_minutes",
        "settings.unheardOf": "definitions do not cover it",
    }
    assert [one.field for one in compare(world.match)] == ["settings"]
