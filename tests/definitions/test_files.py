"""Finding and reading files: skipped files, links, and files that cannot be read."""

import os

import pytest

from reconciler.definitions import load
from tests.definitions.folder import group


def names(desired):
    return [address.name for address in desired.declarations]


def test_documents_are_found_at_any_depth_with_either_suffix(folder):
    folder.write(group("a"), "a.yaml")
    folder.write(group("b") + group("c"), "x/y/z/b.yml")
    assert names(folder.load()) == ["a", "b", "c"]


def test_hidden_other_and_reserved_files_are_skipped(folder):
    folder.write(group("a"), "a.yaml")
    for file in (".a.yaml", ".hidden/b.yaml", "README.md", "b.yaml.bak"):
        folder.write("not: [", file)
    folder.write("[]", "ignore.yaml")
    assert names(folder.load()) == ["a"]


def test_nested_folder_called_environments_contains_documents(folder):
    folder.write(group("a"), "x/environments/a.yaml")
    assert names(folder.load()) == ["a"]


def test_links_inside_are_followed(folder):
    folder.write(group("a"), ".versions/1/a.yaml")
    (folder.path / "linked").symlink_to(".versions/1")
    folder.write(group("b"), ".versions/b.yaml")
    (folder.path / "b.yaml").symlink_to(folder.path / ".versions" / "b.yaml")
    assert names(folder.load()) == ["a", "b"]


@pytest.mark.parametrize("link", ["b.yaml", "x/b.yaml", "linked", "environments/production.yaml", "imports", "x.txt"])
def test_link_out_of_the_folder_is_a_problem(folder, tmp_path, link):
    outside = tmp_path / "outside"
    outside.write_text("what: nobody reviewed")
    (folder.path / link).parent.mkdir(exist_ok=True)
    (folder.path / "between").symlink_to(outside)
    (folder.path / link).symlink_to(folder.path / "between")
    hint = "replace the link with a copy, or remove it"
    assert f"{link}:1:1: the link points outside the definitions, to {outside} | {hint}" in folder.problems()


def test_the_folder_itself_may_be_a_link(folder, tmp_path):
    folder.write(group("a"))
    (tmp_path / "link").symlink_to(folder.path)
    assert names(load(tmp_path / "link", "staging")) == ["a"]


def test_link_to_a_parent_folder_is_a_problem(folder):
    folder.write(group("a"), "x/a.yaml")
    (folder.path / "x" / "loop").symlink_to(folder.path)
    assert folder.problems() == ["x/loop:1:1: the link points to a folder that contains it | remove the link"]


def test_a_link_to_itself_is_a_problem(folder):
    (folder.path / "a.yaml").symlink_to(folder.path / "a.yaml")
    assert folder.problems() == ["a.yaml:1:1: the file cannot be read: Too many levels of symbolic links | "]


def test_broken_link_is_a_problem(folder):
    (folder.path / "a.yaml").symlink_to(folder.path / "gone")
    assert folder.problems() == ["a.yaml:1:1: the file cannot be read: No such file or directory | "]


def test_pipe_is_a_problem_and_is_not_read(folder):
    os.mkfifo(folder.path / "a.yaml")
    assert folder.problems() == ["a.yaml:1:1: not a regular file | "]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_is_a_problem(folder):
    folder.write(group("a"))
    (folder.path / "a.yaml").chmod(0)
    assert folder.problems() == ["a.yaml:1:1: the file cannot be read: Permission denied | "]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_folder_without_permission_is_a_problem(folder):
    folder.write(group("a"), "x/a.yaml")
    (folder.path / "x").chmod(0)
    try:
        assert folder.problems() == ["x:1:1: the folder cannot be read: Permission denied | "]
    finally:
        (folder.path / "x").chmod(0o700)


def test_byte_order_mark_is_removed(folder):
    (folder.path / "a.yaml").write_bytes(b"\xef\xbb\xbf" + group("a").encode())
    assert names(folder.load()) == ["a"]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"a: 1\nb: \xe9\n", "a.yaml:2:4: the byte 0xE9 is not UTF-8"),
        ("a: 1".encode("utf-16"), "a.yaml:1:1: the byte 0xFF is not UTF-8"),
        ("é".encode() + b"\xc3", "a.yaml:1:2: the byte 0xC3 is not UTF-8"),
    ],
)
def test_other_encodings_are_problems(folder, content, problem):
    (folder.path / "a.yaml").write_bytes(content)
    assert folder.problems() == [f"{problem} | save the file in UTF-8"]


def test_file_above_the_limit_is_a_problem(folder):
    (folder.path / "a.yaml").write_bytes(b"#" * 5_000_001)
    assert folder.problems() == ["a.yaml:1:1: the file is larger than 5 MB | split it into several files"]


def test_file_of_the_maximum_size_is_read(folder):
    text = group("a").encode()
    (folder.path / "a.yaml").write_bytes(text + b"#" * (5_000_000 - len(text)))
    assert names(folder.load()) == ["a"]


@pytest.mark.parametrize(
    ("file", "text"), [("environments/staging", "{}"), ("imports/staging", "{}"), ("ignore", "[]")]
)
def test_same_file_with_both_suffixes_is_a_problem(folder, file, text):
    for suffix in ("yaml", "yml"):
        if file != "environments/staging" or suffix == "yml":
            folder.write(text, f"{file}.{suffix}")
    (said, *_) = [one for one in folder.problems() if f"{file}.yml" in one]
    assert said == f"{file}.yml:1:1: {file.rpartition('/')[2]}.yaml is in the same folder | keep one of the two files"


def test_files_of_one_name_elsewhere_are_two_files(folder):
    folder.write(group("a"), "x/groups.yaml")
    folder.write(group("b"), "x/groups.yml")
    assert names(folder.load()) == ["a", "b"]


@pytest.mark.parametrize("name", ["My Env", "-x", "Staging", "\x1b[31m", "a" * 3 + "/é"])
def test_an_environment_has_a_name_that_documents_and_the_engine_know(folder, name):
    name = name.replace("/", "")
    folder.environment(name=name)
    (said,) = [one for one in folder.problems() if "invalid environment name" in one]
    assert said.endswith("| use a-z, 0-9, dots, dashes and underscores")
    assert "\x1b" not in said.partition(": ")[2]
