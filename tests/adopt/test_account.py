"""The account of what is left out."""

from __future__ import annotations

from reconciler.adopt.account import lines, page
from reconciler.adopt.left import LeftOut, Why

LEFT = (
    LeftOut(Why.REFUSED, "group-rule", "Old | new", "0pr1", "status cannot be INVALID"),
    LeftOut(Why.REMOVED, "group", "Gone", "00g1"),
    LeftOut(Why.OUTSIDE, "app AUTO_LOGIN", "Fax", "0oa1"),
    LeftOut(Why.OUTSIDE, "app AUTO_LOGIN", "Telex", "0oa2"),
    LeftOut(Why.MADE_BY_OKTA, "authorization-server-scope", "default/openid", "scp1"),
    LeftOut(Why.MADE_BY_OKTA, "group", "Everyone", "00g2"),
)


def test_text_of_the_tenant_stays_in_its_line():
    hostile = "\x1b[31mInjected\n## all is well \u202e"
    left = [LeftOut(Why.REFUSED, "group", hostile, hostile, hostile), LeftOut(Why.OUTSIDE, hostile, hostile, "0oa1")]
    assert all(line.isprintable() for line in lines(left))
    assert all(line.isprintable() for line in page(left, "production").split("\n"))
    assert "\n## all is well" not in page(left, "production")


def test_for_the_terminal():
    assert list(lines(LEFT)) == [
        "What a definition cannot say:",
        "  group-rule 'Old | new' 0pr1: status cannot be INVALID",
        "No longer declared: the next up deletes it:",
        "  group 'Gone' 00g1",
        "Of no kind that can be declared: 2 app AUTO_LOGIN",
        "Made by Okta: 1 authorization-server-scope, 1 group",
    ]


def test_as_a_page():
    assert page(LEFT, "production") == (
        "# Left out when production was adopted\n\n"
        "## What a definition cannot say\n\n"
        "- group-rule **Old \\| new** `0pr1`: status cannot be INVALID\n\n"
        "## No longer declared: the next up deletes it\n\n"
        "- group **Gone** `00g1`\n\n"
        "## Of no kind that can be declared\n\n"
        "- 2 app AUTO\\_LOGIN: Fax, Telex\n\n"
        "## Made by Okta\n\n"
        "- 1 authorization-server-scope\n"
        "- 1 group: Everyone\n"
    )
