"""The environments of a new repository."""

import pytest

from reconciler.repository import NewEnvironment, in_order


def test_each_comes_after_the_one_before_it_and_local_ones_stand_apart():
    given = ["dev=http://localhost:7700", "staging=https://a.oktapreview.com", "production=https://a.okta.com/"]
    ordered = in_order(map(NewEnvironment.parse, given))
    assert [(one.name, one.url, one.after) for one in ordered] == [
        ("dev", "http://localhost:7700", ""),
        ("staging", "https://a.oktapreview.com", ""),
        ("production", "https://a.okta.com", "staging"),
    ]
    assert [one.local for one in ordered] == [True, False, False]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Staging=https://a.okta.com", "is not a name"),
        ("=https://a.okta.com", "is not a name"),
        ("staging", "must be the URL of a tenant"),
        ("staging=http://a.okta.com", "must begin with https"),
        ("staging=https://a-admin.okta.com", "is the Admin Console"),
        ('staging=https://a.okta.com"x', "must be the URL of a tenant"),
    ],
)
def test_what_is_refused(text, reason):
    with pytest.raises(ValueError, match=reason):
        NewEnvironment.parse(text)


def test_names_are_unique():
    with pytest.raises(ValueError, match="staging is given twice"):
        in_order([NewEnvironment.parse("staging=https://a.okta.com")] * 2)
