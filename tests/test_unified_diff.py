"""Changes of text files, as a unified diff."""

from reconciler.unified_diff import unified_diff


def test_changed_created_and_removed_files_by_path():
    diff = unified_diff({"b": ("one\n", ""), "a": ("one\n", "two\n"), "c": ("", "new")})
    assert diff == (
        "--- a/a\n+++ b/a\n@@ -1 +1 @@\n-one\n+two\n"
        "--- a/b\n+++ /dev/null\n@@ -1 +0,0 @@\n-one\n"
        "--- /dev/null\n+++ b/c\n@@ -0,0 +1 @@\n+new\n\\ No newline at end of file\n"
    )


def test_equal_texts_have_no_diff():
    assert unified_diff({"a": ("one\n", "one\n")}) == ""
