"""Documents that stand for many objects."""

import pytest

from reconciler.definitions import foreach
from tests.definitions.folder import document, group

TEAMS = """\
---
kind: group
name: team-${each.team}
owner: ${each.owner}
purpose: Members of the team ${each.title}.
previously: ${each.before}
spec:
  name: Team ${each.title}
  description: Write to ${each.team}@${domain}
foreach: {csv: teams.csv}
"""
HEADER = "team,owner,title,before\n"
RULES = """\
---
kind: group-rule
name: rule-${each.team}
owner: identity
purpose: To test.
spec:
  name: Rule ${each.team}
  expression: user.department == "${each.team}"
  groups: ${each.groups}
foreach:
  - {team: ads, groups: [everyone-in-ads]}
  - team: search
    groups: [everyone-in-ads]
"""


def write(folder, rows, template=TEAMS, header=HEADER):
    folder.environment("variables: {domain: acme.example}")
    folder.write(template)
    folder.write(header + rows, "teams.csv")


def names(folder):
    return sorted(address.name for address in folder.load().declarations)


def test_one_object_for_each_row(folder):
    write(folder, "ads,sales,Ads,\nsearch,product,Search,finder\n")
    ads, search = folder.load().declarations.values()
    assert (ads.name, ads.owner, ads.purpose) == ("team-ads", "sales", "Members of the team Ads.")
    assert (ads.spec["name"], ads.spec["description"]) == ("Team Ads", "Write to ads@acme.example")
    assert (ads.previously, search.previously) == ((), ("finder",))
    assert str(search.where("name")).endswith("a.yaml:8:9 (for the item at " + f"{folder.path}/teams.csv:3:1)")


def test_the_order_of_rows_means_nothing(folder):
    write(folder, "ads,sales,Ads,\nsearch,product,Search,\n")
    before = folder.load()
    write(folder, "search,product,Search,\nads,sales,Ads,\n")
    after = folder.load()
    assert (after.digest, after.documents) == (before.digest, before.documents)
    assert list(after.declarations) == list(before.declarations)
    write(folder, "search,product,Searching,\nads,sales,Ads,\n")
    assert folder.load().documents != before.documents


def test_a_template_means_the_same_as_its_documents(folder):
    write(folder, "ads,sales,Ads,advertising\n")
    template = folder.load()
    folder.write(
        """\
        kind: group
        name: team-ads
        owner: sales
        purpose: Members of the team Ads.
        previously: advertising
        spec: {name: Team Ads, description: "Write to ads@${domain}"}
        """
    )
    assert (folder.load().digest, folder.load().documents) == (template.digest, template.documents)


def test_mappings_keep_the_types_of_their_values(folder):
    folder.write(group("everyone-in-ads") + RULES)
    assert folder.declaration("group-rule", "rule-search").spec["groups"] == ["everyone-in-ads"]
    ads = folder.declaration("group-rule", "rule-ads")
    assert str(ads.source).endswith("a.yaml:8:1 (for the item at " + f"{folder.path}/a.yaml:17:5)")


def test_texts(folder):
    folder.write(group("team-${each}", '"Team ${each}"', "foreach: [ads, search]\n"))
    assert names(folder) == ["team-ads", "team-search"]
    assert folder.declaration("group", "team-ads").spec["name"] == "Team ads"


def test_objects_that_others_own_and_structures(folder):
    spec = "name: S\naudiences: ['https://${each.name}.${domain}']\nscopes: ${each.scopes}\n"
    folder.environment("variables: {domain: acme.example}")
    folder.write(
        document("authorization-server", "${each.name}", spec)
        + "foreach:\n  - name: pay\n    scopes: [{name: read, previously: get}]\n"
    )
    assert folder.declaration("authorization-server", "pay").spec["audiences"] == ["https://pay.acme.example"]
    assert folder.declaration("authorization-server-scope", "pay/read").previously == ("pay/get",)


def test_several_earlier_names_of_which_some_are_empty(folder):
    template = TEAMS.replace("${each.before}", "['${each.before}', '${each.title}']")
    write(folder, "ads,sales,old,\nweb,sales,html,www\n", template)
    assert folder.declaration("group", "team-ads").previously == ("old",)
    assert folder.declaration("group", "team-web").previously == ("www", "html")


def test_environments_of_an_item(folder):
    folder.environment(name="production")
    folder.write(
        group("${each.n}", "'${each.n}'", "environments: ${each.in}\nforeach:\n  - {n: a, in: [production]}\n")
    )
    assert not folder.load().declarations
    assert len(folder.load("production").declarations) == 1


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('"Ads, ""more"""', 'Ads, "more"'),
        ("=SUM(A1:A2)", "=SUM(A1:A2)"),
        ("-1", "-1"),
        ("true", "true"),
        ("null", "null"),
        ("Zoë", "Zoë"),
        (" a ", " a "),
        ("[a]", "[a]"),
        ("$${domain}", "${domain}"),
        ("${domain}", "acme.example"),
        ("${user.login}", "${user.login}"),
    ],
)
def test_cells_are_texts(folder, text, value):
    write(
        folder,
        f"ads,sales,{text},\n",
        TEAMS.replace("Write to ${each.team}@${domain}", "${each.title}").replace("Team ${each.title}", "N"),
    )
    assert folder.declaration("group", "team-ads").spec["description"] == value


@pytest.mark.parametrize(
    "content", [b"\xef\xbb\xbfteam\r\nads\r\n\r\nweb\r\n", b"team\nads\nweb", b'"team"\n"ads"\n"web"\n']
)
def test_line_ends_and_byte_order_marks(folder, content):
    folder.write(group("${each.team}", "'${each.team}'", "foreach: {csv: data/teams.CSV}\n"))
    folder.write("", "data/teams.CSV")
    (folder.path / "data/teams.CSV").write_bytes(content)
    assert names(folder) == ["ads", "web"]


def test_literal_placeholders(folder):
    folder.write(document("group", "${each}", "name: N\ndescription: $${each} $${each.a} ${each}") + "foreach: [a]\n")
    assert folder.declaration("group", "a").spec["description"] == "${each} ${each.a} a"


@pytest.mark.parametrize("text", ["[]", "{csv: teams.csv}"])
def test_no_items_are_no_objects(folder, text):
    folder.write("team\n", "teams.csv")
    folder.write(group("${each.team}", "'${each.team}'", f"foreach: {text}\n"))
    assert not folder.load().declarations


def test_every_item_is_an_object_of_its_own_for_patches_and_references(folder):
    folder.environment(
        """\
        patches:
          - kind: group
            name: everyone-in-ads
            spec: {description: Patched.}
        """
    )
    folder.write(group("everyone-in-${each}", "N", "foreach: [ads]\n") + RULES)
    assert folder.declaration("group", "everyone-in-ads").spec["description"] == "Patched."
    assert folder.declaration("group-rule", "rule-ads").spec["groups"] == ["everyone-in-ads"]


@pytest.mark.parametrize(
    ("rows", "problems"),
    [
        (
            "ads,sales,Ads,\nads,sales,Other,\n",
            [
                "a.yaml:3:7: group team-ads is declared twice (for the item at teams.csv:3:1) | "
                "it is also at a.yaml:3:7 (for the item at teams.csv:2:1)"
            ],
        ),
        (
            "ads,sales,Ads,\nads2,sales,Ads,\n",
            [
                "a.yaml:8:9: the group with the name Team Ads is declared twice (for the item at teams.csv:3:1) | "
                "it is also at a.yaml:8:9 (for the item at teams.csv:2:1)"
            ],
        ),
        (
            "ads,,Ads,\nweb,,Web,\nhr,,HR,\n",
            ["a.yaml:4:8: owner must not be empty (for the item at teams.csv:2:1, and for 2 more) | "],
        ),
        (
            ",sales,Ads,\n",
            ["a.yaml:3:7: ${each.team} in the name is empty (for the item at teams.csv:2:1) | remove the item"],
        ),
        ("ads,sales,Ads\n", ["teams.csv:2:1: the row has 3 values instead of 4 | text with a comma, "]),
        ("ads,sales,Ads,,\n", ["teams.csv:2:1: the row has 5 values instead of 4 | text with a comma, "]),
        ('ads,sales,"Ads\n', ["teams.csv:2:1: invalid CSV: unexpected end of data | text with a comma, "]),
        ('ads,sales,"Ads" more,\n', ["teams.csv:2:1: invalid CSV: ',' expected after '\"' | text with a comma, "]),
        ("<<<<<<< HEAD\n", ["teams.csv:2:1: unresolved merge conflict (<<<<<<<) | "]),
        ("ads,sales,A\x07ds,\n", ["teams.csv:2:12: the character U+0007 is not allowed | remove it"]),
        ("ads,sales,${each.team},\n", ["a.yaml:8:9: ${each.team} is not in a document with foreach (for the item at"]),
        ("ads,sales,${nothing},\n", ["a.yaml:8:9: the environment staging has no variable nothing (for the item at "]),
    ],
)
def test_problems_name_the_template_and_the_row(folder, rows, problems):
    write(folder, rows)
    found = folder.problems()
    assert len(found) == len(problems)
    for one, expected in zip(found, problems, strict=True):
        assert one.startswith(expected)


@pytest.mark.parametrize(
    ("header", "problems"),
    [
        ("", ["teams.csv:1:1: the file is empty | name the columns in the first row"]),
        ("team,owner,before\n", ["a.yaml:5:10: ${each.title} has no value | "]),
        ("team,owner,titel,before\n", ["a.yaml:5:10: ${each.title} has no value | did you mean titel?"]),
        ("team,owner,title,before,team\n", ["teams.csv:1:1: 2 columns are named team | give them different names"]),
    ],
)
def test_problems_of_the_header(folder, header, problems):
    write(folder, "", header=header)
    found = folder.problems()
    assert len(found) == len(problems)
    for one, expected in zip(found, problems, strict=True):
        assert one.startswith(expected)


def test_semicolons_between_columns(folder):
    folder.write("team;title\nads;Ads\n", "teams.csv")
    folder.write(group("${each.team}", "N", "foreach: {csv: teams.csv}\n"))
    assert folder.problems() == [
        "a.yaml:3:7: ${each.team} has no value | separate the columns by commas: the only column is team;title"
    ]


def test_names_that_no_placeholder_uses_mean_nothing(folder):
    folder.write("team,,Cost Centre,\nads,1,2,3\n", "teams.csv")
    folder.write(group("${each.team}", "N", "foreach: {csv: teams.csv}\n"))
    assert names(folder) == ["ads"]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("ads", "a.yaml:7:10: foreach cannot be ads | list texts or mappings, or write {csv: FILE}"),
        ("", "a.yaml:7:9: foreach cannot be null | list texts or mappings, or write {csv: FILE}"),
        ("{}", "a.yaml:7:10: foreach cannot be a mapping | list texts or mappings, or write {csv: FILE}"),
        ("{csv: teams.csv, sep: x}", "a.yaml:7:10: foreach cannot be a mapping | list texts "),
        ("{csv: teams.yaml}", "a.yaml:7:16: csv cannot be teams.yaml | name a file whose name ends in .csv"),
        ("{csv: [a.csv]}", "a.yaml:7:16: csv cannot be a list | name a file whose name ends in .csv"),
        ("{csv: other.csv}", "a.yaml:7:16: there is no file other.csv | begin the path at this folder"),
        ("{csv: ../teams.csv}", "a.yaml:7:16: ../teams.csv is not a path to a file in the definitions | begin "),
        ("{csv: /etc/teams.csv}", "a.yaml:7:16: /etc/teams.csv is not a path to a file in the definitions | begin "),
        (r'{csv: "a\0.csv"}', r"a.yaml:7:16: a\x00.csv is not a path to a file in the definitions | begin "),
        ("[1]", "a.yaml:7:11: an item of foreach must be text or a mapping, not 1 | "),
        ("[{n: a}, b]", "a.yaml:7:19: an item of foreach must be a mapping, not b | "),
        ("[{m: a}]", "a.yaml:3:7: ${each.n} has no value (for the item at a.yaml:7:11) | known: m"),
        ("[a]", "a.yaml:3:7: the items of foreach are texts: ${each.n} has no value (for the item at a.yaml:7:11) | "),
        ("[{n: [a]}]", "a.yaml:3:7: ${each.n} is a list: it cannot be part of a text (for the item at a.yaml:7:11) | "),
    ],
)
def test_invalid_items(folder, text, problem):
    (folder.path.parent / "teams.csv").write_text("n\na\n")
    folder.write(group("x-${each.n}", "N", f"foreach: {text}\n"))
    (found,) = folder.problems()
    assert found.startswith(problem)


def test_a_link_to_a_file_outside_the_definitions(folder):
    outside = folder.path.parent / "outside.csv"
    outside.write_text("n\na\n")
    (folder.path / "teams.csv").symlink_to(outside)
    folder.write(group("x-${each.n}", "N", "foreach: {csv: teams.csv}\n"))
    (found,) = folder.problems()
    assert found.startswith(f"teams.csv:1:1: the link points outside the definitions, to {outside}")


def test_a_file_in_another_encoding(folder):
    folder.write(group("x-${each.n}", "N", "foreach: {csv: teams.csv}\n"))
    (folder.path / "teams.csv").write_bytes(b"n\nZo\xeb\n")
    assert folder.problems() == ["teams.csv:2:3: the byte 0xEB is not UTF-8 | save the file in UTF-8"]


def test_a_large_file(folder):
    folder.write(group("x-${each.n}", "N", "foreach: {csv: teams.csv}\n"))
    folder.write("n\n" + "a" * 5_000_000, "teams.csv")
    assert folder.problems() == ["teams.csv:1:1: the file is larger than 5 MB | split it into several files"]


def test_too_many_objects(folder, monkeypatch):
    monkeypatch.setattr(foreach, "MAX_SIZE", 1_000_000)
    folder.write(group("x-${each.n}", "N", "foreach: {csv: teams.csv}\n"))
    folder.write("n\n" + "a\n" * 5_000, "teams.csv")
    assert folder.problems() == [
        "a.yaml:7:1: the documents for 5000 items would have more than 1 million characters | "
        "divide the items among several templates"
    ]


def test_the_kind_is_the_same_for_all_items(folder):
    folder.write(group("x-${each.n}", "N", "foreach: [{n: a, kind: group}]\n").replace("group\n", "${each.kind}\n", 1))
    (found,) = folder.problems()
    assert found.startswith("a.yaml:2:7: unknown kind ${each.kind} (for the item at a.yaml:7:11)")


def test_a_placeholder_without_foreach(folder):
    folder.write(document("group", "a", "name: A\ndescription: '${each.title}'"))
    assert folder.problems() == [
        "a.yaml:8:16: ${each.title} is not in a document with foreach | "
        "add foreach to the document; for the literal text, write $${each.title}"
    ]


def test_a_variable_named_each(folder):
    folder.environment("variables: {each: a}")
    assert folder.problems() == [
        "environments/staging.yaml:4:13: each is the item of a document with foreach | "
        "choose another name for the variable"
    ]
