"""References to users: definitions name a user by login, and Okta by id. Definitions never create users."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated, Final

from pydantic import AfterValidator, Field, StringConstraints, TypeAdapter

from reconciler.kinds.fields import SetOf

USER: Final = "user"
"""The word for users where references are translated, instead of a kind."""
SCOPE: Final = "okta.users"
"""The OAuth scope to look up users, without `.read`."""

_ID: Final = re.compile(r"00u[A-Za-z0-9]{17}")


@dataclass(frozen=True, slots=True)
class Person:
    """The field holds the login of a user; the tenant holds the id of the user."""


def is_user_id(text: str) -> bool:
    """Whether a text has the form of the id of a user."""
    return _ID.fullmatch(text) is not None


def _login(text: str) -> str:
    if is_user_id(text):
        raise ValueError("is the id of a user: write the login")
    return text.lower()


_FORM = StringConstraints(min_length=5, max_length=100, pattern=r"^[^\s\x00-\x1f\x7f]+$")
Login = Annotated[
    str,
    _FORM,
    AfterValidator(_login),
    Field(examples=["ada.lovelace@example.com"]),
    Person(),
]
"""The login of a user: 5 to 100 characters without spaces (the limits of Okta's profile schema). Okta ignores case."""
People = SetOf[Login]


_LOGIN: Final = TypeAdapter(Annotated[str, _FORM, AfterValidator(_login)])


def with_login(value: str) -> str:
    """A reference to one of several kinds; for a user, with a valid login in lower case."""
    word, space, login = value.partition(" ")
    return f"{word}{space}{_LOGIN.validate_python(login)}" if word == USER else value


def login_in(value: str) -> str | None:
    """The login or id in a reference to one of several kinds; None if it is no user."""
    word, _, login = value.partition(" ")
    return login if word == USER and login else None
