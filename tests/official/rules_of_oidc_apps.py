"""The provider's rules for apps that sign users in with OpenID Connect."""

from __future__ import annotations

from reconciler.kinds import Spec
from tests.of_kinds import OMIT
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
    rule,
)

_OIDC = "oidc-app"
_INACTIVE: Spec = {"status": "INACTIVE"}
_CLAIM: Spec = {"name": "groups", "type": "EXPRESSION", "value": "user.login"}
_FILTER: Spec = {"name": "groups", "type": "FILTER", "filter_type": "REGEX", "value": ".*"}
_SERVICE: Spec = {
    "type": "service",
    "redirect_uris": OMIT,
    "token_endpoint_auth_method": "client_secret_basic",
    "grant_types": ["client_credentials"],
    "response_types": ["token"],
    "authentication_policy": OMIT,
}
_TYPES: dict[str, Spec] = {
    "web": {},
    "native": {"type": "native", "token_endpoint_auth_method": "none"},
    "browser": {"type": "browser", "token_endpoint_auth_method": "none"},
    "service": _SERVICE,
}
_RIGHT_GRANTS = {
    "web": ["authorization_code", "client_credentials"],
    "native": ["authorization_code", "password"],
    "browser": ["authorization_code", "refresh_token"],
    "service": ["client_credentials", "urn:ietf:params:oauth:grant-type:token-exchange"],
}
_OTHER_GRANTS = {
    "web": ["authorization_code", "password"],
    "native": ["authorization_code", "client_credentials"],
    "browser": ["authorization_code", "client_credentials"],
    "service": ["client_credentials", "password"],
}
_WITHOUT_COMPULSORY = {"web": ["client_credentials"], "native": ["password"], "service": ["implicit"]}


def _grants(kind: str) -> list[Refused]:
    base = _TYPES[kind]
    right = base | {"grant_types": _RIGHT_GRANTS[kind]}
    return [
        Refused(
            _OIDC,
            "grant_types",
            f"type: {kind} allows only",
            base | {"grant_types": _OTHER_GRANTS[kind]},
            right,
        ),
        *(
            Refused(
                _OIDC,
                "grant_types",
                f"type: {kind} needs",
                base | {"grant_types": grants, "response_types": ["token"]},
                right,
            )
            for grants in [_WITHOUT_COMPULSORY.get(kind)]
            if grants
        ),
    ]


_REFRESHING: Spec = {"grant_types": ["authorization_code", "refresh_token"]}
_ROTATING: Spec = {"refresh_token_rotation": "ROTATE"}
_JWK: Spec = {"kid": "one", "kty": "RSA", "e": "AQAB", "n": "x" * 342}
_CURVE: Spec = {"kid": "two", "kty": "EC", "x": "x" * 43, "y": "y" * 43}
_WITH_KEYS: Spec = _SERVICE | {"token_endpoint_auth_method": "private_key_jwt"}


TABLE = (
    *(
        rule(_OIDC, "create update", f'type == "{kind}" and grant_types given', *_grants(kind))
        for kind in ("web", "native", "browser", "service")
    ),
    rule(
        _OIDC,
        "create",
        "grant_types unset",
        *(
            Converges(
                _OIDC, base | {"grant_types": OMIT}, before=base, sends={"settings.oauthClient.grant_types": [grant]}
            )
            for base, grant in (
                (_TYPES["web"], "authorization_code"),
                (_TYPES["native"], "authorization_code"),
                (_TYPES["browser"], "authorization_code"),
                (_SERVICE, "client_credentials"),
            )
        ),
    ),
    rule(
        _OIDC,
        "create",
        "response_types unset",
        Converges(_OIDC, sends={"settings.oauthClient.response_types": ["code"]}),
        Converges(
            _OIDC,
            _SERVICE | {"response_types": OMIT},
            before=_SERVICE,
            sends={"settings.oauthClient.response_types": ["token"]},
        ),
    ),
    rule(
        _OIDC,
        "create update",
        '"implicit" in grant_types and response_types has neither',
        Refused(
            _OIDC,
            "response_types",
            "needs token or id_token",
            {"grant_types": ["authorization_code", "implicit"], "response_types": ["code"]},
            {"grant_types": ["authorization_code", "implicit"], "response_types": ["code", "id_token"]},
        ),
        Refused(
            _OIDC,
            "response_types",
            "needs token or id_token",
            {"grant_types": ["authorization_code", "implicit"], "response_types": OMIT},
            {"grant_types": ["authorization_code", "implicit"], "response_types": ["token"]},
        ),
    ),
    rule(
        _OIDC,
        "create update",
        'token_endpoint_auth_method == "private_key_jwt" and jwks unset and jwks_uri unset',
        Refused(
            _OIDC, "token_endpoint_auth_method", "needs jwks or jwks_uri", _WITH_KEYS, _WITH_KEYS | {"jwks": [_JWK]}
        ),
        Refused(
            _OIDC,
            "token_endpoint_auth_method",
            "needs jwks or jwks_uri",
            _WITH_KEYS,
            _WITH_KEYS | {"jwks_uri": "https://app.example.com/keys"},
        ),
    ),
    rule(
        _OIDC,
        "create update",
        'login_mode != "DISABLED" and login_uri unset',
        Refused(
            _OIDC,
            "login_mode",
            "set login_uri",
            {"login_mode": "SPEC"},
            {"login_mode": "SPEC", "login_uri": "https://app.example.com"},
        ),
    ),
    rule(
        _OIDC,
        "create update",
        'login_mode == "OKTA" and login_scopes empty',
        Refused(
            _OIDC,
            "login_scopes",
            "must not be empty with login_mode: OKTA",
            {"login_mode": "OKTA", "login_uri": "https://app.example.com"},
            {"login_mode": "OKTA", "login_uri": "https://app.example.com", "login_scopes": ["openid"]},
        ),
    ),
    rule(
        _OIDC,
        "preview",
        "len(groups_claim) > 1",
        RefusedByValidate(
            _OIDC, "groups_claim", "must be a mapping", {"groups_claim": [_CLAIM]}, {"groups_claim": _CLAIM}
        ),
    ),
    rule(
        _OIDC,
        "preview",
        "groups_claim set and preconfigured_app set",
        NotDeclarable("there are no apps from the catalog", ("preconfigured_app",)),
    ),
    rule(
        _OIDC,
        "create update",
        'credentials are an API token and groups_claim.type == "EXPRESSION"',
        Refused(
            _OIDC,
            "groups_claim.filter_type",
            "needs type: FILTER",
            {"groups_claim": _CLAIM | {"filter_type": "REGEX"}},
            {"groups_claim": _CLAIM},
        ),
    ),
    rule(
        _OIDC,
        "create update",
        'credentials are an API token and groups_claim.type == "FILTER"',
        Refused(
            _OIDC,
            "groups_claim.filter_type",
            "required with FILTER",
            {"groups_claim": {name: value for name, value in _FILTER.items() if name != "filter_type"}},
            {"groups_claim": _FILTER},
        ),
    ),
    rule(
        _OIDC,
        "create update",
        "credentials are an API token and (groups_claim.name",
        RefusedByValidate(
            _OIDC,
            "groups_claim.value",
            "must not be empty",
            {"groups_claim": _CLAIM | {"value": ""}},
            {"groups_claim": _CLAIM},
        ),
    ),
    rule(
        _OIDC,
        "create update",
        "groups_claim set and credentials are OAuth 2.0",
        ShownBy("`validate` warns", "of_kinds/test_oidc_app.py::test_a_groups_claim_needs_an_api_token"),
    ),
    rule(
        _OIDC,
        "create",
        "credentials are an API token and preconfigured_app unset",
        Requests("an empty claim changes nothing", "case apps.oauth_web"),
    ),
    rule(
        _OIDC,
        "create",
        'credentials are an API token and groups_claim unset and issuer_mode == ""',
        RefusedByValidate(_OIDC, "issuer_mode", "cannot be", {"issuer_mode": ""}, {"issuer_mode": "DYNAMIC"}),
    ),
    rule(
        _OIDC,
        "preview",
        "any response_types not in code, token, id_token",
        Refused(
            _OIDC,
            "response_types[0]",
            "cannot be",
            {"response_types": ["none"]},
            {"response_types": ["code"]},
            at="response_types",
        ),
    ),
    rule(
        _OIDC,
        "preview",
        "len(network) > 1 or network.connection",
        RefusedByValidate(
            _OIDC,
            "network.connection",
            "cannot be",
            {"network": {"connection": "OFF_NETWORK"}},
            {"network": {"connection": "ZONE", "includes": ["office"]}},
        ),
        Converges(
            _OIDC,
            {"network": {"connection": "ZONE", "excludes": ["ALL_IP_ZONES"]}},
            before={"network": {"connection": "ZONE", "includes": ["office"]}},
            sends={"settings.oauthClient.network.exclude": ["ALL_IP_ZONES"]},
        ),
    ),
    rule(
        _OIDC,
        "preview",
        "old.omit_secret and not omit_secret",
        ShownBy(
            "every program passes true", MECHANISMS + "test_every_program_keeps_generated_secrets_out_of_the_state"
        ),
    ),
    *(
        rule(
            _OIDC,
            phase,
            when,
            NotDeclarable(
                "there is one argument for the secret", ("client_basic_secret_wo", "client_basic_secret_wo_version")
            ),
        )
        for phase, when in (
            ("preview", "client_basic_secret given and client_basic_secret_wo given"),
            ("update", "only client_basic_secret_wo changed"),
        )
    ),
    rule(
        _OIDC,
        "create update",
        "auto_key_rotation unset",
        Converges(_OIDC, before={"auto_key_rotation": False}, sends={"credentials.oauthClient.autoKeyRotation": True}),
    ),
    rule(
        _OIDC,
        "create update",
        "pkce_required unset",
        Converges(_OIDC, before={"pkce_required": True}, sends={"credentials.oauthClient.pkce_required": False}),
        Converges(
            _OIDC,
            _TYPES["native"] | {"token_endpoint_auth_method": "client_secret_basic", "label": "Renamed"},
            before=_TYPES["native"] | {"token_endpoint_auth_method": "client_secret_basic"},
            sends={"credentials.oauthClient.pkce_required": True},
        ),
    ),
    rule(
        _OIDC,
        "create update",
        '"refresh_token" not in grant_types',
        *(
            RefusedByValidate(_OIDC, name, "leave it out", {name: value}, _REFRESHING | _ROTATING | {name: value})
            for name, value in (("refresh_token_rotation", "ROTATE"), ("refresh_token_leeway", 5))
        ),
        Converges(
            _OIDC,
            before=_REFRESHING | {"refresh_token_rotation": "ROTATE", "refresh_token_leeway": 5},
            sends={"settings.oauthClient.refresh_token": NOTHING},
        ),
    ),
    rule(
        _OIDC,
        "create update",
        '"refresh_token" in grant_types and refresh_token_leeway unset',
        Converges(
            _OIDC,
            _REFRESHING | {"refresh_token_rotation": "ROTATE"},
            before=_REFRESHING | {"refresh_token_rotation": "ROTATE", "refresh_token_leeway": 5},
            sends={"settings.oauthClient.refresh_token.leeway": 0},
        ),
    ),
    rule(
        _OIDC,
        "create update",
        "app_settings_json set",
        NotDeclarable("only catalog apps have settings", ("app_settings_json",)),
    ),
    rule(
        _OIDC,
        "preview",
        "(app_settings_json set and not JSON)",
        NotDeclarable("only catalog apps have settings", ("app_settings_json",)),
        RefusedByValidate(_OIDC, "profile", "must be a mapping", {"profile": "red"}, {"profile": {"color": "red"}}),
        Converges(_OIDC, before={"profile": {"color": "red"}}, sends={"profile": NOTHING}),
    ),
    rule(
        _OIDC,
        "create update",
        "jwks set",
        Converges(
            _OIDC,
            _WITH_KEYS | {"jwks": [_JWK, _CURVE]},
            before=_WITH_KEYS | {"jwks": [_CURVE]},
            sends={"settings.oauthClient.jwks.keys.0.kty": "RSA", "settings.oauthClient.jwks.keys.1.use": NOTHING},
        ),
    ),
    rule(
        _OIDC,
        "create update",
        "jwks.kty not in RSA, EC",
        RefusedByValidate(
            _OIDC,
            "jwks[0].kty",
            "cannot be",
            _WITH_KEYS | {"jwks": [_JWK | {"kty": "oct"}]},
            _WITH_KEYS | {"jwks": [_JWK]},
        ),
    ),
    rule(
        _OIDC,
        "create",
        'type == "service"',
        RefusedByValidate(
            _OIDC, "authentication_policy", "leave it out", _SERVICE | {"authentication_policy": "strict"}, _SERVICE
        ),
        Converges(_OIDC, _SERVICE | {"label": "Renamed"}, before=_SERVICE),
    ),
    rule(
        _OIDC,
        "create update",
        'any optional text set to ""',
        *(
            RefusedByValidate(_OIDC, field, "must be an absolute URI", {field: ""}, {field: "https://app.example.com"})
            for field in ("client_uri", "logo_uri", "policy_uri", "tos_uri", "login_uri")
        ),
        *(
            Converges(
                _OIDC, before={field: "https://app.example.com"}, sends={f"settings.oauthClient.{field}": NOTHING}
            )
            for field in ("client_uri", "logo_uri", "policy_uri", "tos_uri")
        ),
        Converges(
            _OIDC,
            before={"login_uri": "https://app.example.com"},
            sends={"settings.oauthClient.initiate_login_uri": NOTHING},
        ),
    ),
    rule(
        _OIDC,
        "create update",
        "login_uri set",
        Converges(
            _OIDC,
            {"login_mode": "OKTA", "login_uri": "https://app.example.com", "login_scopes": ["openid"]},
            sends={
                "settings.oauthClient.initiate_login_uri": "https://app.example.com",
                "settings.oauthClient.idp_initiated_login": {"mode": "OKTA", "default_scope": ["openid"]},
            },
        ),
    ),
    rule(
        _OIDC,
        "read",
        "Okta answers without consent_method",
        FROM_THE_TENANT,
        Converges(_OIDC, before={"consent_method": "REQUIRED"}),
    ),
    rule(
        _OIDC,
        "update",
        "status and other arguments changed",
        Converges(_OIDC, {"label": "Renamed", **_INACTIVE}),
        ShownBy(
            "it is refused before anything is sent",
            "official/test_provider_rules.py::test_validate_refuses_it_at_its_location",
        ),
    ),
)
