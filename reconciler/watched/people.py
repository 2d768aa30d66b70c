"""What people are: user types, profile attributes, linked objects, realms."""

from __future__ import annotations

from reconciler.watched.row import Area, Row
from reconciler.watched.rules import PROFILE_CHANGED

_AREA = Area.PEOPLE
_SCHEMAS = "/api/v1/meta/schemas"
_TYPES = "/api/v1/meta/types/user"


def _attributes(word: str, part: str, path: str, below: str = "") -> Row:
    """The attributes in one part of a profile's schema."""
    return Row(
        word=word,
        area=_AREA,
        path=path,
        below=below,
        when=lambda user_type: user_type.get("default") is not True,
        condition="user types other than the default" if below else "",
        owner_id="_links.schema.href",
        member=f"definitions.{part}.properties",
        keyed=True,
        label=("title",),
        scope="okta.schemas",
        events=("directory.user_profile.update",),
        with_owner=bool(below),
        new=PROFILE_CHANGED,
        gone=PROFILE_CHANGED,
        changed=PROFILE_CHANGED,
    )


ROWS = (
    Row(
        word="user-type",
        area=_AREA,
        path=_TYPES,
        scope="okta.userTypes",
        events=("directory.non_default_user_profile.create", "directory.user_profile.update"),
    ),
    _attributes("user-attribute", "custom", f"{_SCHEMAS}/user/default"),
    _attributes("user-base-attribute", "base", f"{_SCHEMAS}/user/default"),
    _attributes("attribute-of-user-type", "custom", f"{_SCHEMAS}/user/{{id}}", _TYPES),
    _attributes("base-attribute-of-user-type", "base", f"{_SCHEMAS}/user/{{id}}", _TYPES),
    _attributes("group-attribute", "custom", f"{_SCHEMAS}/group/default"),
    Row(
        word="linked-object",
        area=_AREA,
        path=f"{_SCHEMAS}/user/linkedObjects",
        id="primary.name",
        label=("primary.title",),
        scope="okta.linkedObjects",
        events=("directory.linked_object.",),
        new=PROFILE_CHANGED,
        gone=PROFILE_CHANGED,
        changed=PROFILE_CHANGED,
    ),
    Row(
        word="realm",
        area=_AREA,
        path="/api/v1/realms",
        query="limit=200",
        scope="okta.realms",
        events=("directory.realm.lifecycle.",),
        new=PROFILE_CHANGED,
        gone=PROFILE_CHANGED,
        changed=PROFILE_CHANGED,
    ),
    Row(
        word="realm-assignment",
        area=_AREA,
        path="/api/v1/realm-assignments",
        query="limit=200",
        scope="okta.realmAssignments",
        events=(
            "directory.realm.assignment.create",
            "directory.realm.assignment.update",
            "directory.realm.assignment.delete",
        ),
        new=PROFILE_CHANGED,
        gone=PROFILE_CHANGED,
        changed=PROFILE_CHANGED,
    ),
)
