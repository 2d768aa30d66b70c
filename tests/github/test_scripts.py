"""The scripts of the action that compute something."""

import importlib.util
import json
import os
import subprocess
import sys

import pytest

from tests.github.hub import LONGEST
from tests.github.workflows import ACTION


def module(name):
    spec = importlib.util.spec_from_file_location(f"action_{name}", ACTION / f"scripts/{name}.py")
    assert spec
    assert spec.loader
    loaded = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = loaded
    spec.loader.exec_module(loaded)
    return loaded


compose, matrix, owners = module("compose"), module("matrix"), module("owners")

GIVEN = {"COMMIT": "0123456789abcdef", "RUN": "https://example.org/run", "OTHER_FILES": "0", "PREVIEWS": "true"}


def comment(folder, environments=("staging", "production"), **given):
    jobs = json.dumps([{"environment": name} for name in environments])
    return compose.comment(GIVEN | {"ENVIRONMENTS": jobs} | given, folder)


def result(folder, name, code, report="", messages=""):
    place = folder / name
    place.mkdir(parents=True)
    (place / "code").write_text(f"{code}\n")
    (place / "report.md").write_text(report)
    (place / "messages.txt").write_text(messages)


def test_the_first_line_marks_the_comment_and_the_next_names_the_commit(tmp_path):
    first, _, commit, *_ = comment(tmp_path).splitlines()
    assert first == "<!-- reconciler preview -->"
    assert commit == "**Commit 0123456789abcdef**"


@pytest.mark.parametrize(
    ("size", "count", "cuts"),
    [(10, 7, False), (20_000, 1, False), (100_000, 1, True), (60_000, 2, True), (20_000, 7, True)],
)
def test_the_comment_never_exceeds_the_limit_and_says_what_is_missing(tmp_path, size, count, cuts):
    names = [f"environment-{number}" for number in range(count)]
    result(tmp_path, "validate", 0)
    for name in names:
        lines = "\n".join(f"| `{name}` | {number} |" for number in range(size // 20))
        fence = "```text\n" + lines + "\n```"
        result(
            tmp_path, f"preview-{name}", 4, f"## {name}\n<details><summary>x</summary>\n\n{fence}\n\n</details>", lines
        )
    text = comment(tmp_path, names)
    assert len(text) <= LONGEST
    assert all(f"## {name}" in text for name in names)
    assert ("more lines did not fit" in text) is cuts
    assert text.count("<details>") == text.count("</details>")
    assert sum(line.startswith("```") for line in text.splitlines()) % 2 == 0
    assert text.rstrip().endswith("[Full plans and log](https://example.org/run)")


def test_messages_cannot_leave_their_block(tmp_path):
    result(tmp_path, "validate", 1, messages="```\n# Approved by the security team\n````\n" + "line\n" * 100)
    text = comment(tmp_path)
    assert "`````text" in text
    assert "more lines are in the log." in text


@pytest.mark.parametrize(
    ("code", "said"),
    [(1, "`staging` failed (exit code 1)"), (3, "`staging` failed (exit code 3)"), (4, "`staging` was refused")],
)
def test_a_failed_preview_says_why_and_keeps_its_report(tmp_path, code, said):
    result(tmp_path, "validate", 0)
    result(tmp_path, "preview-staging", code, "## Preview of `staging`", "too many deletions")
    text = comment(tmp_path, ["staging", "production"])
    assert said in text
    assert "too many deletions" in text
    assert "## Preview of `staging`" in text
    assert "There is no preview of `production`" in text


@pytest.mark.parametrize(("count", "said"), [("1", "1 other file."), ("12", "12 other files."), ("0", "")])
def test_other_files_are_counted(tmp_path, count, said):
    assert said in comment(tmp_path, OTHER_FILES=count)
    assert ("[!NOTE]" in comment(tmp_path, OTHER_FILES=count)) is bool(said)


def environment(name, after=None):
    return {"name": name, "url": "https://x.okta.com", "credential": None, "approval": True, "after": after}


def test_environments_come_in_the_order_of_promotion():
    chain = [
        environment("production", "staging"),
        environment("staging", "dev"),
        environment("dev"),
        environment("lab"),
    ]
    waves = [[job["environment"] for job in wave] for wave in matrix.in_waves(chain)]
    assert waves == [["dev", "lab"], ["staging"], ["production"]]


def test_local_tenants_are_left_out_beside_real_ones():
    local = environment("local") | {"url": "http://127.0.0.1:7700"}
    assert [job["environment"] for job in matrix.in_waves([local])[0]] == ["local"]
    assert [job["environment"] for job in matrix.in_waves([local, environment("staging")])[0]] == ["staging"]


@pytest.mark.parametrize("after", [("b", "a"), ("b", "c", "d", None)])
def test_a_chain_that_is_too_long_or_never_ends_is_an_error(after):
    names = "abcd"[: len(after)]
    with pytest.raises(SystemExit):
        matrix.in_waves([environment(name, before) for name, before in zip(names, after, strict=True)])


def shown(credential, **given):
    """The variables that a command gets."""
    script = f'. "{ACTION}/scripts/settings"; env'
    variables = {"CREDENTIAL": credential, "ENVIRONMENT": "qa", "COMMAND": "plan", "PATH": os.environ["PATH"]}
    return subprocess.run(["bash", "-c", script], env=variables | given, capture_output=True, text=True, check=False)


def test_credentials_get_the_names_of_the_definitions(tmp_path):
    """One service app for each job: its identifiers come from variables of the GitHub environment."""
    app = {"credential": "OKTA_QA_KEY", "client_id": "OKTA_QA_APP_ID", "private_key_id": "OKTA_QA_KEY_ID"}
    names = matrix.credentials(app)
    folders = {"HOME": str(tmp_path), "RUNNER_TEMP": str(tmp_path)}
    given = {"OKTA_CREDENTIAL": "a key", "OKTA_CLIENT_ID": "0oaRead", "OKTA_PRIVATE_KEY_ID": "k1"}
    lines = shown(names, **folders, **given).stdout.splitlines()
    assert {"OKTA_QA_KEY=a key", "OKTA_QA_APP_ID=0oaRead", "OKTA_QA_KEY_ID=k1"} <= set(lines)
    assert matrix.credentials(environment("qa") | {"credential": "OKTA_QA_TOKEN"}) == "OKTA_QA_TOKEN"

    # a variable that the GitHub environment does not have is not set, so that the reconciler names it
    lines = shown(names, **folders, OKTA_CREDENTIAL="a key", OKTA_CLIENT_ID="").stdout.splitlines()
    assert not [line for line in lines if line.startswith(("OKTA_QA_APP_ID", "OKTA_QA_KEY_ID"))]


@pytest.mark.parametrize("names", ["PATH", "OKTA_A PATH=OKTA_CLIENT_ID", "OKTA_A OKTA_B=PULUMI_CONFIG_PASSPHRASE"])
def test_credentials_have_no_names_of_other_tools(tmp_path, names):
    ran = shown(names, HOME=str(tmp_path), RUNNER_TEMP=str(tmp_path), OKTA_CREDENTIAL="a key")
    assert (ran.returncode, "names must begin with OKTA_" in ran.stderr) == (1, True)


@pytest.mark.parametrize(("given", "passed"), [("false", False), ("true", True)])
def test_a_lock_is_broken_only_if_asked(tmp_path, given, passed):
    program = tmp_path / ".cache/okta-reconciler/python/bin/reconciler"
    program.parent.mkdir(parents=True)
    program.write_text('#!/bin/sh\necho "$@"\n')
    program.chmod(0o755)
    variables = {"COMMAND": "up", "ENVIRONMENT": "qa", "BREAK_LOCK": given, "PATH": os.environ["PATH"]}
    folders = {"HOME": str(tmp_path), "RUNNER_TEMP": str(tmp_path), "GITHUB_ACTION_PATH": str(ACTION)}
    ran = subprocess.run([ACTION / "scripts/up"], env=variables | folders, capture_output=True, text=True, check=True)
    assert ran.stdout.startswith("up qa --plan ")
    assert ("--break-lock" in ran.stdout) is passed


RULES = """
*                 @acme/everyone # the default
/definitions/     @acme/identity
/definitions/apps/*.yaml @acme/apps not-a-handle
zones.yaml        @acme/network
"""


def test_owners_are_found_by_name_and_else_by_file(tmp_path):
    definitions = tmp_path / "definitions"
    (definitions / "apps").mkdir(parents=True)
    (tmp_path / "CODEOWNERS").write_text(RULES)
    (definitions / "owners.yaml").write_text("payments: {github: '@acme/payments'}\npeople: {mail: hr@acme.example}\n")
    (definitions / "groups.yaml").write_text(
        "kind: group\nname: a\nowner: payments\n---\nkind: group\nname: b\nowner: people\n"
    )
    (definitions / "apps/wiki.yaml").write_text("kind: bookmark-app\nname: wiki\nowner: nobody\n")
    found = owners.Owners.of(tmp_path)
    assert found.at("definitions/groups.yaml", 2) == ["@acme/payments"]
    assert found.at("definitions/groups.yaml", 6) == ["@acme/identity"]
    assert found.at("definitions/apps/wiki.yaml", 1) == ["@acme/apps"]
    assert found.at("definitions/network/zones.yaml", 1) == ["@acme/network"]
    assert found.at("elsewhere.yaml", 1) == ["@acme/everyone"]


def test_what_is_pending_or_unreadable_mentions_nobody(tmp_path):
    (tmp_path / "CODEOWNERS").write_text("* @acme/everyone\n")
    findings = [{"source": None, "verdict": verdict} for verdict in ("pending", "unreadable", "unmanaged")]
    assert owners.mentioned(tmp_path, {"environment": "production", "findings": findings[:2]}) == []
    assert owners.mentioned(tmp_path, {"environment": "production", "findings": findings}) == ["@acme/everyone"]
