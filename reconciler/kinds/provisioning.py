"""What Okta keeps in step between itself and an app: groups that it pushes, and users that it pushes and imports."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from reconciler.kinds.fields import (
    Api,
    Argument,
    Bool,
    Checked,
    Codec,
    Name,
    OnDelete,
    Only,
    ProviderOnly,
    Purpose,
    Relates,
    Replaces,
    ServerFilled,
    Status,
    WriteOnly,
)
from reconciler.kinds.group import GroupRef
from reconciler.kinds.part import Part
from reconciler.kinds.risks import appeared, changed, gone
from reconciler.kinds.threats import IMPORTS_CHANGED, PROVISIONING_CHANGED


class PushGroup(Part):
    """A group that Okta pushes to an app, with its members (`/api/v1/apps/{id}/group-push/mappings`).

    Only the status of a mapping can be changed: any other change replaces it.
    """

    risks = (
        changed(PROVISIONING_CHANGED, "status"),
        appeared(PROVISIONING_CHANGED),
        gone(PROVISIONING_CHANGED, replaced=False),
    )

    group: Annotated[
        GroupRef,
        Relates(Purpose.PEOPLE, OnDelete.REFUSED),
        Api("sourceGroupId"),
        Argument("source_group_id"),
        Replaces(),
    ]
    """The group in Okta. The users in it that are assigned to the app are members of the group in the app."""
    target_group_name: Annotated[Name | None, WriteOnly("Okta does not return it"), Replaces()] = None
    """Name of the group in the app. If the app has a group of this name, it is used; else it is created. Left out: the
    name of the group in Okta. Another name needs an app whose push settings do not rename groups."""
    delete_target_group: Annotated[
        Bool,
        Argument("delete_target_group_on_destroy"),
        ProviderOnly("the provider uses it when it deletes the mapping"),
    ] = True
    """Whether the group in the app is deleted together with the mapping."""
    status: Annotated[Status, Checked()] = "ACTIVE"
    """Okta pushes nothing while a mapping is `INACTIVE`."""


_OUTBOUND, _INBOUND = "USER_PROVISIONING", "INBOUND_PROVISIONING"
_PUSHED = Only(lambda feature: feature.name == _OUTBOUND, f"only {_OUTBOUND} has it")
_IMPORTED = Only(lambda feature: feature.name == _INBOUND, f"only {_INBOUND} has it")
_IS_ENABLED = {"ENABLED": True, "DISABLED": False}
_ENABLED = Codec(
    encode=lambda on: "ENABLED" if on else "DISABLED",
    decode=lambda status: _IS_ENABLED.get(status, status),
)
_UPDATE, _RULES = "update", "importRules.userCreateAndMatch"
_USER_NAME, _SCHEDULE = "importSettings.username", "importSettings.schedule"
_OF_UPDATE, _OF_RULES = "capabilities.update", "capabilities.import_rules.user_create_and_match"
_OF_USER_NAME, _OF_SCHEDULE = "capabilities.import_settings.username", "capabilities.import_settings.schedule"

_Cron = Annotated[str, StringConstraints(min_length=1), Field(examples=["00 21 * * Mon,Thu,Fri", "00 */6 * * *"])]
_Zone = Annotated[str, StringConstraints(min_length=1), Field(examples=["Europe/Berlin", "America/Los_Angeles"])]
_Text = Annotated[str, StringConstraints(min_length=1)]


class ProvisioningFeature(Part):
    """What Okta creates and changes in an app, or imports from it (`/api/v1/apps/{id}/features`).

    An app that supports provisioning has both features, once its connection is set up: definitions change them, but
    cannot add or remove them. A field that is left out is not managed.
    """

    risks = (
        changed(
            PROVISIONING_CHANGED,
            "create_users",
            "update_profiles",
            "deactivate_users",
            "sync_passwords",
            "password_seed",
            "password_change",
        ),
        changed(
            IMPORTS_CHANGED,
            "match_by",
            "allow_partial_match",
            "auto_confirm_exact_matches",
            "auto_confirm_partial_matches",
            "auto_confirm_new_users",
            "activate_new_users",
            "username_format",
            "username_expression",
        ),
    )

    name: Annotated[Literal["USER_PROVISIONING", "INBOUND_PROVISIONING"], Checked(), Replaces(by_provider=False)]
    """`USER_PROVISIONING`: Okta creates and changes users in the app. `INBOUND_PROVISIONING`: Okta imports users."""
    create_users: Annotated[
        Bool | None,
        Api("create.lifecycleCreate.status", _ENABLED),
        Argument("capabilities.create.lifecycle_create.status", _ENABLED),
        ServerFilled(),
        _PUSHED,
    ] = None
    """Whether Okta creates an account in the app for users that are assigned to it."""
    update_profiles: Annotated[
        Bool | None,
        Api(f"{_UPDATE}.profile.status", _ENABLED),
        Argument(f"{_OF_UPDATE}.profile.status", _ENABLED),
        ServerFilled(),
        _PUSHED,
    ] = None
    """Whether Okta updates the profiles in the app."""
    deactivate_users: Annotated[
        Bool | None,
        Api(f"{_UPDATE}.lifecycleDeactivate.status", _ENABLED),
        Argument(f"{_OF_UPDATE}.lifecycle_deactivate.status", _ENABLED),
        ServerFilled(),
        _PUSHED,
    ] = None
    """Whether Okta deactivates accounts in the app of users that are unassigned, or deactivated in Okta."""
    sync_passwords: Annotated[
        Bool | None,
        Api(f"{_UPDATE}.password.status", _ENABLED),
        Argument(f"{_OF_UPDATE}.password.status", _ENABLED),
        ServerFilled(),
        _PUSHED,
    ] = None
    """Whether Okta sends passwords to the app."""
    password_seed: Annotated[
        Literal["OKTA", "RANDOM"] | None,
        Api(f"{_UPDATE}.password.seed"),
        Argument(f"{_OF_UPDATE}.password.seed"),
        Checked(),
        ServerFilled(),
        _PUSHED,
    ] = None
    """The password that the app gets: that of Okta, or a random one."""
    password_change: Annotated[
        Literal["CHANGE", "KEEP_EXISTING"] | None,
        Api(f"{_UPDATE}.password.change"),
        Argument(f"{_OF_UPDATE}.password.change"),
        Checked(),
        ServerFilled(),
        _PUSHED,
    ] = None
    """Whether Okta sends changed passwords, too."""
    match_by: Annotated[
        _Text | None,
        Api(f"{_RULES}.exactMatchCriteria"),
        Argument(f"{_OF_RULES}.exact_match_criteria"),
        ServerFilled(),
        _IMPORTED,
    ] = None
    """The attribute by which an imported user is a user of Okta, such as `EMAIL` or `USERNAME`."""
    allow_partial_match: Annotated[
        Bool | None,
        Api(f"{_RULES}.allowPartialMatch"),
        Argument(f"{_OF_RULES}.allow_partial_match"),
        ServerFilled(),
        _IMPORTED,
    ] = None
    """Whether users with the same first and last name match, too."""
    auto_confirm_exact_matches: Annotated[
        Bool | None,
        Api(f"{_RULES}.autoConfirmExactMatch"),
        Argument(f"{_OF_RULES}.autoconfirm_exact_match"),
        ServerFilled(),
        _IMPORTED,
    ] = None
    """Whether exact matches need no confirmation by an administrator."""
    auto_confirm_partial_matches: Annotated[
        Bool | None,
        Api(f"{_RULES}.autoConfirmPartialMatch"),
        Argument(f"{_OF_RULES}.autoconfirm_partial_match"),
        ServerFilled(),
        _IMPORTED,
    ] = None
    """Whether partial matches need no confirmation by an administrator."""
    auto_confirm_new_users: Annotated[
        Bool | None,
        Api(f"{_RULES}.autoConfirmNewUsers"),
        Argument(f"{_OF_RULES}.autoconfirm_new_users"),
        ServerFilled(),
        _IMPORTED,
    ] = None
    """Whether new users need no confirmation by an administrator."""
    activate_new_users: Annotated[
        Bool | None,
        Api(f"{_RULES}.autoActivateNewUsers"),
        Argument(f"{_OF_RULES}.auto_activate_new_users"),
        ServerFilled(),
        _IMPORTED,
    ] = None
    """Whether new users are active at once."""
    username_format: Annotated[
        Annotated[_Text, Field(examples=["EMAIL", "CUSTOM"])] | None,
        Api(f"{_USER_NAME}.usernameFormat"),
        Argument(f"{_OF_USER_NAME}.username_format"),
        ServerFilled(),
        _IMPORTED,
    ] = None
    """The user name in Okta of imported users: `EMAIL`, or `CUSTOM` for `username_expression`."""
    username_expression: Annotated[
        _Text | None,
        Api(f"{_USER_NAME}.usernameExpression"),
        Argument(f"{_OF_USER_NAME}.username_expression"),
        ServerFilled(),
        _IMPORTED,
    ] = None
    """Okta expression for the user name of imported users."""
    schedule_imports: Annotated[
        Bool | None,
        Api(f"{_SCHEDULE}.status", _ENABLED),
        Argument(f"{_OF_SCHEDULE}.status", _ENABLED),
        ServerFilled(),
        _IMPORTED,
    ] = None
    """Whether imports start by themselves."""
    full_import: Annotated[
        _Cron | None,
        Api(f"{_SCHEDULE}.fullImport.expression"),
        Argument(f"{_OF_SCHEDULE}.full_import.expression"),
        ServerFilled(),
        _IMPORTED,
    ] = None
    """When all users are imported, as a cron expression such as `00 21 * * Mon,Thu,Fri`."""
    full_import_time_zone: Annotated[
        _Zone | None,
        Api(f"{_SCHEDULE}.fullImport.timezone"),
        Argument(f"{_OF_SCHEDULE}.full_import.timezone"),
        ServerFilled(),
        _IMPORTED,
    ] = None
    """Time zone of `full_import`, such as `Europe/Berlin`."""
    incremental_import: Annotated[
        _Cron | None,
        Api(f"{_SCHEDULE}.incrementalImport.expression"),
        Argument(f"{_OF_SCHEDULE}.incremental_import.expression"),
        ServerFilled(),
        _IMPORTED,
    ] = None
    """When changed users are imported, as a cron expression such as `00 */6 * * *`."""
    incremental_import_time_zone: Annotated[
        _Zone | None,
        Api(f"{_SCHEDULE}.incrementalImport.timezone"),
        Argument(f"{_OF_SCHEDULE}.incremental_import.timezone"),
        ServerFilled(),
        _IMPORTED,
    ] = None
    """Time zone of `incremental_import`."""
