"""`reconciler kinds`, and the reference pages that it makes."""

import json
import re
from pathlib import Path

from reconciler import watched
from reconciler.kinds import kind_named, kinds, scopes
from reconciler.kinds.mapping import schema

DOCS = Path(__file__).parents[2] / "docs"
PAGE = DOCS / "kinds.md"


def test_the_table_has_a_line_for_each_kind(invoke):
    head, *lines = invoke("kinds").output.splitlines()
    assert head.split() == ["area", "kind", "endpoint", "scopes", "secret", "replaced"]
    assert [line.split()[1] for line in lines] == [kind.name for kind in kinds()]
    (app,) = (line.split() for line in lines if line.split()[1] == "oidc-app")
    oidc_app = kind_named("oidc-app")
    read = [f"{scope.removesuffix('.read')}" for scope in scopes.scopes_of(oidc_app).read]
    replaced = [field.name for field in schema(oidc_app.fields) if field.replaces]
    expected = [
        "apps",
        "oidc-app",
        "/api/v1/apps",
        *", ".join(read).split(),
        "client_secret",
        *", ".join(replaced).split(),
    ]
    assert app == expected


def secret_paths(model, above=""):
    """The dotted paths of the secrets of a model."""
    inner = [(field, above + field.name) for field in schema(model) if not field.owns]
    below = [secret_paths(field.part, f"{path}.") for field, path in inner if field.part]
    return {path for field, path in inner if field.secret}.union(*below)


def test_the_json_has_every_field(invoke):
    described = {one["kind"]: one for one in json.loads(invoke("kinds", "--format", "json").output)}
    rule = described["access-policy-rule"]
    assert rule["endpoint"] == "/api/v1/authorizationServers/{id}/policies/{id}/rules"
    assert rule["scopes"] == {
        "read": ["okta.authorizationServers.read", "okta.groups.read", "okta.inlineHooks.read", "okta.users.read"],
        "manage": ["okta.authorizationServers.manage"],
    }
    assert rule["owners"] == ["access-policy"]
    fields = {field["path"]: field for field in rule["fields"]}
    assert "priority" not in fields
    assert fields["access_token_lifetime_minutes"]["values"] == "5 to 1440"
    assert fields["access_token_lifetime_minutes"]["default"] == "60"
    assert fields["grant_types"]["default"] == "required"
    assert fields["groups"]["default"] == "[]"
    secrets = {
        kind: {field["path"].replace("[]", "") for field in one["fields"] if field["treatment"] == "secret"}
        for kind, one in described.items()
    }
    assert secrets == {kind.name: secret_paths(kind.fields) for kind in kinds()}
    assert secrets["oidc-app"] == {"client_secret"}
    assert {field["path"]: field["default"] for field in described["saml-app"]["fields"]}["groups"] == "not managed"
    assert {field["path"]: field["default"] for field in described["oidc-app"]["fields"]}["grant_types"] == "depends"


def test_the_scopes_are_those_of_all_kinds_one_to_a_line(invoke):
    lines = invoke("kinds", "--format", "scopes").output.splitlines()
    assert lines == sorted(scopes.needed() | watched.scopes())


def test_structures_are_followed(invoke):
    described = {one["kind"]: one for one in json.loads(invoke("kinds", "--format", "json").output)}
    paths = {field["path"] for field in described["authentication-policy-rules"]["fields"]}
    assert {"rules", "rules[].keep_me_signed_in.post_auth", "rules[].constraints[].possession.device_bound"} <= paths


def test_the_committed_pages_are_up_to_date(invoke, tmp_path):
    invoke("kinds", "--format", "markdown", "--into", str(tmp_path))
    made = {path.relative_to(tmp_path): path.read_text() for path in tmp_path.rglob("*.md")}
    committed = {path.relative_to(DOCS): path.read_text() for path in [PAGE, *(DOCS / "kinds").glob("*")]}
    assert made == committed, "make them anew: reconciler kinds --format markdown --into docs"


def test_pages_are_only_written_as_markdown(invoke, tmp_path):
    refused = invoke("kinds", "--into", str(tmp_path / "docs"))
    assert refused.exit_code == 2
    assert "--into is for --format markdown" in refused.output
    assert not (tmp_path / "docs").exists()


def test_the_links_in_the_pages_work(invoke):
    overview = PAGE.read_text()
    targets = re.findall(r"\[([\w-]+)\]\((kinds/[\w-]+\.md)#([\w-]+)\)", overview)
    assert [kind for kind, _, _ in targets] == [kind.name for kind in kinds()]
    for kind, page, anchor in targets:
        assert kind == anchor
        assert f"\n## {kind}\n" in (DOCS / page).read_text()
    for page in [PAGE, *(DOCS / "kinds").iterdir()]:
        for target in re.findall(r"\]\(([^)#]+)", page.read_text()):
            assert (page.parent / target).is_file(), f"{page.name}: {target}"
    assert invoke("kinds", "--format", "markdown").output.startswith(overview)
