"""`reconciler validate`."""

import pytest

from tests.definitions.folder import document, group


@pytest.fixture
def two_environments(folder):
    folder.environment(name="production")
    folder.write(group("a") + group("b", rest="environments: production\n"))
    folder.write(document("bookmark-app", "x", "label: X\nurl: https://x.example\ngroups: []"), "x.yaml")


@pytest.mark.usefixtures("two_environments")
def test_every_environment(invoke):
    assert invoke("validate").output == (
        "kind                   production  staging\n"
        "group                           2        1\n"
        "bookmark-app                    1        1\n"
        "app-group-assignments           1        1\n"
        "all                             4        3\n"
    )


@pytest.mark.usefixtures("two_environments")
def test_one_environment(invoke):
    assert invoke("validate", "staging").output.splitlines()[-1] == "all                          3"


def test_an_environment_that_is_not_named_is_not_checked(folder, invoke):
    folder.write("nonsense: 1\n", "environments/production.yaml")
    assert invoke("validate", "staging").exit_code == 0
