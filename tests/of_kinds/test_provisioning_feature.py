"""The provisioning features of apps."""

from __future__ import annotations

from tests.drift.ratings import changed
from tests.of_kinds import OMIT, about
from tests.official.provider_rules import Converges, NotDeclarable, Refused, RefusedByValidate, rule

KIND = "provisioning-feature"
_PUSHED = (
    "create_users",
    "update_profiles",
    "deactivate_users",
    "sync_passwords",
    "password_seed",
    "password_change",
)
_IMPORTED = (
    "match_by",
    "allow_partial_match",
    "auto_confirm_exact_matches",
    "auto_confirm_partial_matches",
    "auto_confirm_new_users",
    "activate_new_users",
    "username_format",
    "username_expression",
)
_SCHEDULED = (
    "schedule_imports",
    "full_import",
    "full_import_time_zone",
    "incremental_import",
    "incremental_import_time_zone",
)
_NOT_SENT = NotDeclarable("the provider does not send it", ("status", "description"))

about(
    kind=KIND,
    usual={"name": "USER_PROVISIONING", "create_users": True},
    owner={
        "preconfigured_app": "zendesk",
        "app_settings": {},
        "sso_url": OMIT,
        "audience": OMIT,
    },
    harmless=frozenset({"name", *_SCHEDULED}),
    fixed={"name": "it says which feature it is"},
    variants={
        "": {
            "outbound": {"name": "USER_PROVISIONING", **dict.fromkeys((*_IMPORTED, *_SCHEDULED), OMIT)},
            "inbound": {"name": "INBOUND_PROVISIONING", **dict.fromkeys(_PUSHED, OMIT)},
        }
    },
    attacks={
        "provisioning-changed": (
            *(changed(KIND, name, False, True) for name in _PUSHED[:4]),
            changed(KIND, "password_seed", "RANDOM", "OKTA"),
            changed(KIND, "password_change", "KEEP_EXISTING", "CHANGE"),
        ),
        "imports-changed": (
            changed(KIND, "match_by", "USERNAME", "EMAIL"),
            *(changed(KIND, name, False, True) for name in _IMPORTED[1:6]),
            changed(KIND, "username_format", "EMAIL", "CUSTOM"),
            changed(KIND, "username_expression", "user.email", "'admin@example.com'"),
        ),
    },
    innocent={
        "provisioning-changed": (changed(KIND, "schedule_imports", False, True),),
        "imports-changed": (changed(KIND, "full_import", "0 1 * * *", "0 2 * * *"),),
    },
    rules=(
        rule(KIND, "preview", "name not in", Refused(KIND, "name", "", {"name": "GROUP_PUSH"})),
        rule(KIND, "preview", "status or any nested", NotDeclarable("true or false are sent as ENABLED and DISABLED")),
        rule(KIND, "preview", "password.change", Refused(KIND, "password_change", "", {"password_change": "NO"})),
        rule(KIND, "preview", "password.seed", Refused(KIND, "password_seed", "", {"password_seed": "SAME"})),
        rule(KIND, "create update", "status or description set", _NOT_SENT),
        rule(KIND, "create", "always", Converges(KIND)),
        rule(
            KIND,
            "create update",
            "capabilities of both sides given",
            RefusedByValidate(KIND, "match_by", "leave it out", {"match_by": "EMAIL"}),
        ),
    ),
)
