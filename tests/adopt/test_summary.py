"""The list of what is not adopted."""

from __future__ import annotations

import pytest

from reconciler.adopt.not_adopted import NotAdopted, Reason
from reconciler.adopt.summary import ids_not_adopted, lines, page
from reconciler.kinds import kind_named

NOT_ADOPTED = (
    NotAdopted(Reason.INVALID, "group-rule", "Old | new", "0pr1", "status cannot be INVALID"),
    NotAdopted(Reason.REMOVED, "group", "Gone", "00g1"),
    NotAdopted(Reason.OTHER_KIND, "app AUTO_LOGIN", "Fax", "0oa1"),
    NotAdopted(Reason.OTHER_KIND, "app AUTO_LOGIN", "Telex", "0oa2"),
    NotAdopted(Reason.MADE_BY_OKTA, "authorization-server-scope", "default/openid", "scp1"),
    NotAdopted(Reason.MADE_BY_OKTA, "group", "Everyone", "00g2"),
)


def test_names_from_the_tenant_cannot_break_lines():
    hostile = "\x1b[31mInjected\n## all is well \u202e"
    hostile_objects = [
        NotAdopted(Reason.INVALID, "group", hostile, hostile, hostile),
        NotAdopted(Reason.OTHER_KIND, hostile, hostile, "0oa1"),
    ]
    assert all(line.isprintable() for line in lines(hostile_objects))
    assert all(line.isprintable() for line in page(hostile_objects, "production").split("\n"))
    assert "\n## all is well" not in page(hostile_objects, "production")


def test_for_the_terminal():
    assert list(lines(NOT_ADOPTED)) == [
        "Not valid as a definition:",
        "  group-rule 'Old | new' 0pr1: status cannot be INVALID",
        "No longer declared: the next up deletes it:",
        "  group 'Gone' 00g1",
        "Not covered by any kind: 2 app AUTO_LOGIN",
        "Made by Okta: 1 authorization-server-scope, 1 group",
    ]


def test_as_a_page():
    assert page(NOT_ADOPTED, "production") == (
        "# Not adopted from production\n\n"
        "## Not valid as a definition\n\n"
        "- group-rule **Old \\| new** `0pr1`: status cannot be INVALID\n\n"
        "## No longer declared: the next up deletes it\n\n"
        "- group **Gone** `00g1`\n\n"
        "## Not covered by any kind\n\n"
        "- 2 app AUTO\\_LOGIN: Fax, Telex\n\n"
        "## Made by Okta\n\n"
        "- 1 authorization-server-scope\n"
        "- 1 group: Everyone\n"
    )


def test_the_page_names_what_is_never_adopted_once_for_each_kind():
    adopted = [kind_named(name) for name in ("oidc-app", "group", "network-zone")]
    _, _, section = page(NOT_ADOPTED, "production", adopted).partition("## Never read or adopted, by kind\n\n")
    assert section == (
        "- group: members\n"
        "- oidc-app: users assigned directly; logo; signing keys and certificates; provisioning connection; "
        "profile mappings; client\\_secret, which Okta does not return\n"
    )
    assert ids_not_adopted(page(NOT_ADOPTED, "production", adopted)) == ids_not_adopted(page(NOT_ADOPTED, "production"))


@pytest.mark.parametrize(
    "heading",
    [
        Reason.TENANT_IDS.value,
        Reason.UNSUPPORTED.value,
        "Adopted, but for members that no definition can state",
        "Adopted for this environment alone, since ids of this tenant are in the text",
    ],
)
def test_ids_not_adopted_are_read_from_pages_of_this_version_and_earlier_ones(heading: str):
    text = page(NOT_ADOPTED, "production")
    partly_adopted = f"\n## {heading}\n\n- group-rule **Contractors** `0pr2`: expression: 00g1\n"
    assert ids_not_adopted(text + partly_adopted) == {"0pr1", "00g1"}
