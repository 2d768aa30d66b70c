"""The provider's rules for apps of every kind, for bookmarks, and for group assignments."""

from __future__ import annotations

from reconciler.kinds import Spec
from tests.official.provider_rules import (
    FROM_THE_TENANT,
    MECHANISMS,
    NOTHING,
    Converges,
    NotDeclarable,
    Refused,
    RefusedByValidate,
    Requests,
    ShownBy,
    Undecidable,
    rule,
)

_BOOKMARK, _OIDC, _SAML, _GROUPS = "bookmark-app", "oidc-app", "saml-app", "app-group-assignments"
_WITH_POLICY = (_BOOKMARK, _OIDC, _SAML)
_PASSWORD = (
    "swa-app",
    "auto-login-app",
    "shared-credentials-app",
    "three-field-app",
    "basic-auth-app",
    "secure-password-store-app",
)
_APPS = (*_WITH_POLICY, *_PASSWORD)
_ALL = " ".join(_APPS)
_WITH_USER_NAMES = (_OIDC, _SAML, *_PASSWORD)
_POLICY = " ".join(_WITH_POLICY)
_INACTIVE: Spec = {"status": "INACTIVE"}
_NOTES: Spec = {"admin_note": "Ask Ann.", "enduser_note": "Ask Ben."}
_NO_LOGO = NotDeclarable("there is no field for the logo", ("logo",))
_NO_SKIP = NotDeclarable("apps always have a policy", ("skip_authentication_policy",))
_POLICY_GIVEN = ShownBy(
    "every app that can have a policy names one, at least the default",
    MECHANISMS + "test_every_app_that_can_have_a_policy_names_one",
)
_NO_DEFAULT_POLICY = Undecidable(
    "a tenant without the default policy is an error before any change",
    "matching/test_look_up.py::test_a_missing_system_object_is_an_error",
)

TABLE = (
    # All apps
    *(
        rule(_ALL, phase, when, _NO_LOGO)
        for phase, when in (
            ("preview", "logo set and (no readable file"),
            ("preview", "old.logo set and logo unset"),
            ("read", "logo set"),
            ("create", "logo set"),
            ("update", "logo changed"),
        )
    ),
    rule(
        _ALL,
        "preview",
        "len(admin_note) > 250 or len(enduser_note) > 250",
        *(
            Refused(kind, note, "at most 250", {note: "n" * 251}, {note: "n" * 250})
            for kind in _APPS
            for note in ("admin_note", "enduser_note")
        ),
    ),
    rule(
        f"{_BOOKMARK} {_SAML} {' '.join(_PASSWORD)}",
        "create update",
        "admin_note unset or enduser_note unset",
        *(Converges(kind, before=_NOTES) for kind in _APPS if kind != _OIDC),
    ),
    rule(
        _OIDC,
        "create update",
        "admin_note unset or enduser_note unset",
        Converges(_OIDC, before=_NOTES),
        Converges(_OIDC, {"admin_note": "Ask Ann."}, before=_NOTES, sends={"settings.notes.enduser": NOTHING}),
    ),
    rule(
        _ALL,
        "preview",
        "app_links_json set and not JSON",
        ShownBy(
            "definitions contain structures, which are encoded as JSON text",
            MECHANISMS + "test_json_texts_are_objects",
        ),
        ShownBy(
            "the stand-in refuses what other programs may send", MECHANISMS + "test_text_that_is_not_json_is_refused"
        ),
        *(
            RefusedByValidate(
                kind, "app_links", "must be a mapping", {"app_links": "login"}, {"app_links": {"login": True}}
            )
            for kind in _APPS
        ),
    ),
    rule(_ALL, "create", 'status != "ACTIVE"', *(Converges(kind, _INACTIVE) for kind in _APPS)),
    rule(
        _ALL,
        "update",
        "status changed",
        *(Converges(kind, {"label": "Renamed", **_INACTIVE}) for kind in _APPS),
        *(Converges(kind, before=_INACTIVE) for kind in _APPS),
    ),
    rule(
        _ALL,
        "delete",
        'old.status == "ACTIVE"',
        Requests(
            "ACTIVE objects are deactivated first", "stand_in/test_objects.py::test_delete_deactivates_where_required"
        ),
    ),
    rule(
        _POLICY, "preview", "skip_authentication_policy given (true or false) and authentication_policy given", _NO_SKIP
    ),
    rule(_POLICY, "read", "skip_authentication_policy", _NO_SKIP),
    rule(
        _POLICY,
        "create update",
        "not skip_authentication_policy and authentication_policy unset and org is Identity Engine",
        _POLICY_GIVEN,
    ),
    rule(
        _POLICY,
        "create update",
        "not skip_authentication_policy and authentication_policy unset and org has not exactly one system",
        _POLICY_GIVEN,
        _NO_DEFAULT_POLICY,
    ),
    rule(
        _POLICY,
        "create update",
        "not skip_authentication_policy and authentication_policy set",
        *(Converges(kind, {"authentication_policy": "strict"}) for kind in _WITH_POLICY),
    ),
    rule(
        _POLICY,
        "preview",
        "old.authentication_policy set and authentication_policy unset",
        _POLICY_GIVEN,
        *(Converges(kind, before={"authentication_policy": "strict"}) for kind in _WITH_POLICY),
    ),
    rule(
        " ".join(_WITH_USER_NAMES),
        "preview",
        "user_name_template_push_status unset",
        *(
            Converges(kind, before={"user_name_template_push_status": "PUSH"}, no_change=True)
            for kind in _WITH_USER_NAMES
        ),
    ),
    rule(
        f"{_SAML} {' '.join(_PASSWORD)}",
        "create update",
        "user_name_template_suffix set",
        NotDeclarable("Okta's API has no such member", ("user_name_template_suffix",)),
    ),
    rule(
        "swa-app auto-login-app",
        "preview",
        "app_settings_json set and not JSON",
        ShownBy(
            "definitions contain structures, which are encoded as JSON text",
            MECHANISMS + "test_json_texts_are_objects",
        ),
    ),
    rule(
        "swa-app auto-login-app",
        "update",
        "preconfigured_app changed",
        ShownBy(
            "the object is replaced",
            "of_kinds/test_password_apps.py::test_an_app_of_another_integration_is_another_app",
        ),
    ),
    # Bookmarks
    rule(
        _BOOKMARK,
        "create update",
        "request_integration unset",
        Converges(_BOOKMARK, before={"request_integration": True}, sends={"settings.app.requestIntegration": False}),
    ),
    # Groups of apps
    rule(
        _GROUPS,
        "preview",
        "group.profile set and not JSON",
        ShownBy(
            "definitions contain structures, which are encoded as JSON text",
            MECHANISMS + "test_json_texts_are_objects",
        ),
        RefusedByValidate(
            _GROUPS,
            "groups[0].profile",
            "must be a mapping",
            {"groups": [{"group": "people", "profile": "admin"}]},
            {"groups": [{"group": "people", "profile": {"role": "admin"}}]},
        ),
    ),
    rule(
        _GROUPS,
        "create",
        "always",
        Converges(_GROUPS, {"groups": [{"group": "others"}, {"group": "people"}]}),
        Undecidable(
            "the next `up` recognises objects that exist and are not in the state",
            "matching/test_look_up.py::test_a_whole_list_with_items_is_imported",
        ),
    ),
    rule(
        _GROUPS,
        "read",
        "the app has groups that are not declared",
        ShownBy(
            "so they are here: a change of the list",
            "e2e/test_verdicts.py::test_a_member_added_to_a_list_is_a_change_of_the_list",
        ),
    ),
    rule(_GROUPS, "read", "profile keys at Okta that are not in the declared profile", FROM_THE_TENANT),
    rule(
        _GROUPS,
        "update",
        "any change",
        Converges(_GROUPS, {"groups": [{"group": "others"}]}),
        Converges(_GROUPS, {"groups": [{"group": "others"}, {"group": "people"}]}),
        Converges(_GROUPS, {"groups": [{"group": "people", "profile": {"role": "admin"}}]}),
        Converges(_GROUPS, before={"groups": [{"group": "people", "profile": {"role": "admin"}}]}),
    ),
    rule(
        _GROUPS,
        "delete",
        "always",
        Requests(
            "a missing object is no error",
            "stand_in/test_objects.py::test_missing_object_is_deleted_and_reads_as_none",
        ),
    ),
)
