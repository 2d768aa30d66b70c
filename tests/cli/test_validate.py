"""`reconciler validate`."""

import pytest

from reconciler.cli import run
from reconciler.cli.annotations import annotation
from reconciler.definitions import Problem, Source
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


def test_other_environments_are_not_checked(folder, invoke):
    folder.write("nonsense: 1\n", "environments/production.yaml")
    assert invoke("validate", "staging").exit_code == 0


RULE = document("group-rule", "r", "name: R\nexpression: String.startswith(user.city, 'O')\ngroups: [everyone]")
ZONE = document("network-zone", "z", "name: Z\ntype: DYNAMIC\nlocations: [NO, US-XX]")


def test_a_warning_is_printed_with_its_location_and_keeps_the_exit_code(folder, invoke):
    folder.environment(name="production")
    folder.write(RULE + ZONE)
    result = invoke("validate")
    place = folder.path.as_posix()
    assert result.exit_code == 0
    assert result.stderr.splitlines() == [
        f"warning: {place}/a.yaml:8:15: expression: column 1: Okta documents no function String.startswith; "
        "did you mean String.startsWith?",
        f"warning: {place}/a.yaml:18:19: locations[1]: United States has no region US-XX in ISO 3166-2; "
        "did you mean US-TX?",
    ]
    assert result.stdout.startswith("kind ")


@pytest.mark.parametrize(("documents", "code"), [(RULE, 1), (ZONE, 1), (group("a"), 0)])
def test_strict_treats_a_warning_as_an_error(folder, documents, code):
    folder.write(documents)
    assert run(["--definitions", str(folder.path), "validate", "--strict"]) == code


def test_github_shows_every_problem_beside_its_line(folder, capfd):
    folder.write(document("group", "a", "name: A\ncolour: 50%\nsize: 1"))
    assert run(["--definitions", str(folder.path), "validate", "--format", "github"]) == 1
    shown = capfd.readouterr()
    place = f"file={folder.path.as_posix()}/a.yaml,line="
    annotations = shown.out.splitlines()
    assert len(annotations) == len([line for line in shown.err.splitlines() if "a.yaml:" in line]) == 2
    assert all(line.startswith(f"::error {place}") for line in annotations)


def test_github_shows_warnings_too(folder, capfd):
    folder.write(ZONE)
    assert run(["--definitions", str(folder.path), "validate", "--format", "github"]) == 0
    first = capfd.readouterr().out.splitlines()[0]
    assert first.startswith(f"::warning file={folder.path.as_posix()}/a.yaml,line=9,col=19::locations[1]: United")


def test_an_annotation_is_one_line_whatever_the_text():
    problem = Problem(Source("a,b:c.yaml", 1, 2), "first\nsecond", "100 %")
    assert annotation("error", problem) == "::error file=a%2Cb%3Ac.yaml,line=1,col=2::first%0Asecond%0A100 %25"


@pytest.mark.usefixtures("two_environments")
def test_an_unknown_owner_is_a_warning(folder, capsys):
    folder.write('payments: {github: "@acme/payments"}\n', "owners.yaml")
    assert run(["--definitions", str(folder.path), "validate"]) == 0
    assert "a.yaml:2:1: owner identity is neither in owners.yaml nor in CODEOWNERS" in capsys.readouterr().err
    folder.write('identity: {github: "@acme/identity"}\n', "owners.yaml")
    assert run(["--definitions", str(folder.path), "validate", "--strict"]) == 0


@pytest.mark.usefixtures("two_environments")
@pytest.mark.parametrize(
    ("file", "text", "message"),
    [
        ("guards.yaml", "too-many-delete: {}\n", "guards.yaml:1:1: unknown guard too-many-delete"),
        ("owners.yaml", "payments: {}\n", "owners.yaml:1:1: owner payments: needs github or mail"),
    ],
)
def test_the_files_of_the_policy_are_checked(folder, capsys, file: str, text: str, message: str):
    folder.write(text, file)
    assert run(["--definitions", str(folder.path), "validate"]) == 1
    assert message in capsys.readouterr().err
