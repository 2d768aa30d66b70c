"""The people of a group, as definitions of groups name them: its owners and its members."""

from __future__ import annotations

from typing import Annotated, Any, Final

from pydantic import AfterValidator, Field

from reconciler.kinds.fields import Codec, Purpose, Ref, Relates, SetOf
from reconciler.kinds.part import Json
from reconciler.kinds.people import Login, with_login


def _owner(qualified: str) -> Json:
    """The type and the id of an owner, which is a word and an id otherwise."""
    word, _, identity = qualified.partition(" ")
    return {"id": identity, "type": word.upper()}


def _qualified(owner: Any) -> str:
    return f"{str(owner['type']).lower()} {owner['id']}"


OWNER: Final = Codec(_owner, _qualified)

GroupOwner = Annotated[
    str,
    AfterValidator(with_login),
    Ref("group", people=True),
    Relates(Purpose.ADMINISTRATOR),
    Field(examples=["group service-desk", "user ada.lovelace@example.com"]),
]
"""Who manages the members of a group: `group` and its name, or `user` and the login."""

MAX_MEMBERS: Final = 200
"""The number of members that definitions can name: groups with more are filled by rules or by a directory."""
GroupMembers = Annotated[SetOf[Login], Field(max_length=MAX_MEMBERS)]
