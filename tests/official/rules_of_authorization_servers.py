"""The provider's rules for authorization servers, with their scopes, claims, policies and rules."""

from __future__ import annotations

from tests.of_kinds import OMIT
from tests.official.provider_rules import (
    FROM_THE_TENANT,
    MECHANISMS,
    Converges,
    Refused,
    RefusedByValidate,
    Requests,
    ShownBy,
    WorkedAround,
    rule,
)

_SERVER = "authorization-server"
_SCOPE = "authorization-server-scope"
_CLAIM = "authorization-server-claim"
_POLICY = "access-policy"
_RULE = "access-policy-rule"
_INACTIVE = {"status": "INACTIVE"}
_REPLACED = ShownBy(
    "the program asks for a replacement",
    MECHANISMS + "test_program_replaces_what_the_provider_cannot_update",
)
_LASTING = {
    "access_token_lifetime_minutes": 60,
    "refresh_token_lifetime_minutes": 90,
    "refresh_token_window_minutes": 80,
}

TABLE = (
    rule(
        _SERVER,
        "create",
        'status == "INACTIVE" and credentials_rotation_mode != "MANUAL"',
        Converges(_SERVER, _INACTIVE),
        ShownBy(
            "the stand-in does not create INACTIVE ones either",
            MECHANISMS + "test_server_with_automatic_key_rotation_is_created_active",
        ),
    ),
    rule(
        _SERVER,
        "create",
        'credentials_rotation_mode == "MANUAL"',
        Converges(_SERVER, {"credentials_rotation_mode": "MANUAL"}),
        Converges(_SERVER, {"credentials_rotation_mode": "MANUAL", **_INACTIVE}),
    ),
    rule(
        _SERVER,
        "update",
        "status changed",
        Converges(_SERVER, {"description": "For payments.", **_INACTIVE}),
        Converges(_SERVER, {"description": "For payments."}, before=_INACTIVE),
    ),
    rule(_SERVER, "delete", "always", Requests("it is deactivated first", "case auth_servers.scope")),
    rule(_SERVER, "create", "status unset", Converges(_SERVER, {"status": "ACTIVE"})),
    # Claims and scopes
    rule(f"{_CLAIM} {_POLICY} {_SCOPE}", "update", "auth_server_id changed", _REPLACED),
    rule(
        _CLAIM,
        "read",
        "Okta answers without scopes",
        Converges(_CLAIM, before={"scopes": ["openid"]}),
        FROM_THE_TENANT,
    ),
    rule(
        _CLAIM,
        "delete",
        'value_type == "SYSTEM" and always_include_in_token',
        RefusedByValidate(
            _CLAIM,
            "value_type",
            "cannot delete a SYSTEM claim",
            {"value_type": "SYSTEM"},
            {"value_type": "SYSTEM", "always_include_in_token": False},
        ),
    ),
    rule(_CLAIM, "create", 'status == "INACTIVE"', Converges(_CLAIM, _INACTIVE, sends={"status": "INACTIVE"})),
    rule(
        _SCOPE,
        "create update",
        "description or display_name unset",
        Converges(
            _SCOPE,
            before={"description": "Read payments.", "display_name": "Payments"},
            sends={"description": "", "displayName": ""},
        ),
    ),
    # Policies and their rules
    rule(
        _POLICY,
        "create",
        'status == "INACTIVE"',
        WorkedAround(_POLICY, "status", _INACTIVE),
        Converges(_POLICY, _INACTIVE),
    ),
    rule(
        _POLICY,
        "update",
        "status changed",
        Converges(_POLICY, {"description": "Some clients.", **_INACTIVE}),
        Converges(_POLICY, before=_INACTIVE),
    ),
    rule(_POLICY, "create", "status unset", Converges(_POLICY, {"status": "ACTIVE"})),
    rule(
        _RULE,
        "create update",
        '"implicit" in grant_type_whitelist and user_whitelist empty and group_whitelist empty',
        Refused(
            _RULE,
            "grant_types",
            "implicit needs groups or users",
            {"grant_types": ["implicit"], "groups": []},
            {"grant_types": ["implicit"]},
        ),
        Refused(
            _RULE,
            "grant_types",
            "implicit needs groups or users",
            {"grant_types": ["implicit"], "groups": []},
            {"grant_types": ["implicit"], "groups": [], "users": ["ada.lovelace@example.com"]},
        ),
    ),
    rule(
        _RULE,
        "create update",
        "refresh_token_lifetime_minutes > 0 and refresh_token_lifetime_minutes < access_token_lifetime_minutes",
        Refused(
            _RULE,
            "refresh_token_lifetime_minutes",
            "at least access_token_lifetime_minutes",
            _LASTING | {"refresh_token_lifetime_minutes": 59},
            _LASTING,
        ),
    ),
    rule(
        _RULE,
        "create update",
        "refresh_token_lifetime_minutes > 0 and not access_token_lifetime_minutes",
        Refused(
            _RULE,
            "refresh_token_window_minutes",
            "must be between",
            _LASTING | {"refresh_token_window_minutes": 59},
            _LASTING,
        ),
        Refused(
            _RULE,
            "refresh_token_window_minutes",
            "must be between",
            _LASTING | {"refresh_token_window_minutes": 91},
            _LASTING,
        ),
        Refused(
            _RULE,
            "refresh_token_window_minutes",
            "must be between",
            _LASTING | {"refresh_token_window_minutes": OMIT},
            _LASTING,
        ),
    ),
    rule(
        _RULE,
        "create update",
        "refresh_token_lifetime_minutes unset",
        Converges(_RULE, before=_LASTING, sends={"actions.token.refreshTokenLifetimeMinutes": 0}),
    ),
    rule(_RULE, "create", 'status == "INACTIVE"', Converges(_RULE, _INACTIVE, sends={"status": "INACTIVE"})),
    rule(_RULE, "update", "auth_server_id or policy_id changed", _REPLACED),
)
