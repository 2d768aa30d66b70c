"""Laws of the loader, for any text in any file."""

import tempfile
from pathlib import Path

from hypothesis import example, given, settings
from hypothesis import strategies as st

from reconciler.definitions import DefinitionsError, load, load_all
from tests.definitions.folder import Folder, document, group

COMPANY = Path(__file__).parents[1] / "company/definitions"
FILES = {path.relative_to(COMPANY).as_posix(): path.read_bytes() for path in sorted(COMPANY.rglob("*.yaml"))}
CHARACTERISTIC = [
    "---\n",
    "&a ",
    "*a",
    "!x ",
    "${domain}",
    "${x}",
    "${each}",
    "${each.x}",
    "foreach: [x]\n",
    "foreach: {csv: x.csv}\n",
    "\t",
    "[",
    "{",
    ": ",
    "- ",
    "\n  ",
    "'",
    '"',
    "null",
    "é",
]
TEXTS = st.lists(st.one_of(st.sampled_from(CHARACTERISTIC), st.text(max_size=8)), max_size=8).map("".join)


@st.composite
def damaged(draw):
    """One of the files with a random replacement."""
    file = draw(st.sampled_from(sorted(FILES)))
    content = FILES[file]
    start = draw(st.integers(0, len(content)))
    end = draw(st.integers(start, min(start + 40, len(content))))
    return file, content[:start] + draw(st.one_of(st.binary(max_size=8), TEXTS.map(str.encode))) + content[end:]


def fails_only_as_it_should(files):
    with tempfile.TemporaryDirectory() as directory:
        for file, content in files.items():
            path = Path(directory, file)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        try:
            load(Path(directory), "staging")
        except DefinitionsError as error:
            assert error.problems
            assert all(problem.message and problem.source.line > 0 for problem in error.problems)


@settings(max_examples=60, deadline=None)
@given(st.one_of(st.binary(max_size=60), TEXTS.map(str.encode)))
@example(b"[" * 100_000)
@example(b"{a: " * 50_000)
@example(b"\xff\xfe\x00")
@example(b"? ? ? ?")
@example(b"%YAML 9.9\n---\na: 1")
@example(b"a: &a\n  b: *a")
@example("\N{LINE SEPARATOR}: [".encode())
def test_any_bytes_load_or_are_problems(content):
    fails_only_as_it_should({"environments/staging.yaml": FILES["environments/staging.yaml"], "a.yaml": content})
    fails_only_as_it_should({"environments/staging.yaml": content})


@settings(max_examples=60, deadline=None)
@given(st.one_of(st.binary(max_size=60), TEXTS.map(str.encode)))
@example(b"x\n" + b"a" * 200_000)
@example(b'x\n"')
def test_any_bytes_of_a_csv_file_load_or_are_problems(content):
    template = group("x-${each.x}", "'${each.x}'", "foreach: {csv: x.csv}\n").encode()
    environment = {"environments/staging.yaml": FILES["environments/staging.yaml"]}
    fails_only_as_it_should({**environment, "a.yaml": template, "x.csv": content})


@settings(max_examples=60, deadline=None)
@given(damaged())
def test_damaged_definitions_load_or_are_problems(damage):
    file, content = damage
    fails_only_as_it_should(FILES | {file: content})


DOCUMENTS = [
    group("a"),
    group("b"),
    document("group-rule", "r", "name: R\nexpression: 'true'\ngroups: [b, a]"),
    document("network-zone", "z", "name: Z\ntype: DYNAMIC\nlocations: [NO, DE, NL]"),
    document("bookmark-app", "l", "label: L\nurl: https://l.example\ngroups: [{group: b}, {group: a}]"),
    document("password-policy", "p", "name: P\npriority: 1\ngroups_included: [a, b]\nrules: [{name: X}, {name: W}]"),
]


def loaded(directory, documents, files):
    folder = Folder(Path(directory))
    for file in set(files):
        text = "".join(text for text, place in zip(documents, files, strict=True) if place == file)
        folder.write(text, f"{file}.yaml")
    return folder.load()


@settings(max_examples=30, deadline=None)
@given(st.permutations(DOCUMENTS), st.lists(st.sampled_from("abc"), min_size=6, max_size=6))
def test_files_and_their_order_do_not_change_the_declarations(documents, files):
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        wanted, shuffled = loaded(one, DOCUMENTS, "aaaaaa"), loaded(other, documents, files)
    assert shuffled.digest == wanted.digest
    assert list(shuffled.declarations) == list(wanted.declarations)


@settings(max_examples=20, deadline=None)
@given(st.permutations(["NO", "DE", "NL", "PT"]))
def test_order_of_a_set_changes_nothing(locations):
    with tempfile.TemporaryDirectory() as directory:
        folder = Folder(Path(directory))
        spec = f"name: Z\ntype: DYNAMIC\nlocations: [{', '.join(locations)}]"
        folder.write(document("network-zone", "z", spec))
        zone = folder.declaration("network-zone", "z")
    assert zone.spec["locations"] == ["DE", "NL", "NO", "PT"]
    start = len("  locations: [") + 1
    columns = [zone.sources[f"locations.{index}"].column for index in range(4)]
    assert columns == [start + 4 * locations.index(code) for code in zone.spec["locations"]]


def test_order_of_a_list_changes_the_declaration(folder):
    spec = "label: L\nurl: https://l.example\ngroups: [{{group: {}}}, {{group: {}}}]"
    digests = set()
    for pair in (("everyone", "okta-administrators"), ("okta-administrators", "everyone")):
        folder.write(document("bookmark-app", "l", spec.format(*pair)))
        digests.add(folder.load().digest)
    assert len(digests) == 2


def test_locations_owners_and_purposes_do_not_change_the_digest(folder):
    folder.write(group("a"))
    digest = folder.load().digest
    folder.write("\n\n" + group("a").replace("identity", "somebody").replace("To test.", "To try."), "b/c.yaml")
    (folder.path / "a.yaml").unlink()
    assert folder.load().digest == digest


def test_the_definitions_of_a_company_load_in_every_environment():
    desired = load_all(COMPANY)
    assert list(desired) == ["production", "staging"]
    assert all(len(one.declarations) >= 40 for one in desired.values())
    assert desired["production"].digest != desired["staging"].digest
