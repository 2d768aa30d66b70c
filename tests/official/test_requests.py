"""The local tenant answers the requests of the official plugin as it did when they were recorded.

Where it answers in another way by now, it has come closer to Okta: `CLOSER_TO_OKTA` says why.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest

from tests.official.recorded import CASES, Case, cases
from tests.official.resending import Difference, Resending


@dataclass(frozen=True)
class _Change:
    """A difference that is right, in requests of a method to a path (a regular expression) and their members."""

    reason: str
    method: str
    path: str
    members: str

    def explains(self, difference: Difference) -> bool:
        return (
            difference.method in self.method.split("|")
            and re.fullmatch(self.path, difference.path.partition("?")[0]) is not None
            and re.fullmatch(self.members, difference.member) is not None
        )


CLOSER_TO_OKTA = (
    _Change("Catalogue apps have the settings and sign-on modes of their integration", "POST|PUT", r".*/apps(/\w+)?",
            r"settings\.app\.\w+|settings\.signOn(\.\w+)?|signOnMode|licensing|_links\.(help|metadata)(\.href)?"
            r"|_links\.appLinks|visibility\.appLinks\.\w+|credentials\.(userName|password|signing\.kid)"),
    _Change("Apps say whether they support universal logout", "POST|PUT", r".*/apps(/\w+)?",
            r"universalLogout(\.\w+)?"),
    _Change("Keys of a client have an id, and the members of their type", "POST|PUT", r".*/apps(/\w+)?",
            r"settings\.oauthClient\.jwks\.keys\[\]\.(id|use|crv)"),
    _Change("A resource set names its resources only in its own list", "POST", r".*/resource-sets", "resources"),
    _Change("The part of a schema without required properties has no list of them", "POST", r".*/schemas/.*",
            r"definitions\.custom\.required"),
    _Change("The title of a base property cannot be changed", "POST", r".*/schemas/.*",
            r"definitions\.base\.properties\.\w+\.title"),
    _Change("Okta writes the name of this role with a small letter", "POST", r".*/roles", "label"),
    _Change("The rule of a profile enrolment policy names its UI schema, or null", "PUT", r".*/rules/\w+",
            r"actions\.profileEnrollment\.uiSchemaId"),
    _Change("A user with a password can change and recover it", "POST|PUT", r".*/users(/\w+)?",
            r"_links\.(changePassword|changeRecoveryQuestion|forgotPassword)"),
    _Change("Okta names an authenticator of which an org has one", "POST", r".*/authenticators", ""),
    _Change("PUT of a user takes credentials alone", "PUT", r".*/users/\w+", ""),
)  # fmt: skip


def _parameters() -> list[object]:
    return [pytest.param(case, id=case.name) for case in cases()]


@pytest.mark.skipif(not CASES.is_dir(), reason="no recordings: ../shared is not there")
@pytest.mark.parametrize("case", _parameters())
def test_same_requests_get_same_answers(case: Case):
    with Resending() as tenant:
        found = tenant.differences(case)
    unexplained = [each for each in found if not any(change.explains(each) for change in CLOSER_TO_OKTA)]
    assert unexplained == []
