"""Patches: values of a document that an environment overrides."""

from reconciler.definitions.patches import merged
from reconciler.definitions.yaml_text import YamlText
from tests.definitions.folder import document, group

POLICY = """\
name: P
description: D
rules:
  - {name: R}
"""


def test_scalars_and_lists_are_replaced_and_mappings_merged(folder):
    folder.environment(
        """\
        patches:
          - kind: saml-app
            name: a
            spec:
              label: Patched
              attribute_statements: [{name: y, values: [user.y]}]
              groups: [{group: everyone, profile: {role: admin}}]
        """
    )
    spec = """\
    label: A
    sso_url: https://a.example/acs
    audience: https://a.example
    attribute_statements: [{name: x, values: [user.x]}, {name: z, values: [user.z]}]
    """
    folder.write(document("saml-app", "a", spec))
    app = folder.declaration("saml-app", "a")
    assert app.label == "Patched"
    assert app.spec["sso_url"] == "https://a.example/acs"
    assert [statement["name"] for statement in app.spec["attribute_statements"]] == ["y"]
    assert {"label", "sso_url", "attribute_statements"} <= app.declared
    assert folder.declaration("app-group-assignments", "a").spec["groups"][0]["profile"] == {"role": "admin"}


def test_patched_fields_are_located_in_the_environment_file(folder):
    folder.environment(
        """\
        patches:
          - kind: authentication-policy
            name: p
            spec:
              rules:
                - name: R
                  access: DENY
        """
    )
    folder.write(document("authentication-policy", "p", POLICY))
    policy = folder.declaration("authentication-policy", "p")
    rules = folder.declaration("authentication-policy-rules", "p")
    prefix = f"{folder.path.as_posix()}/"
    assert str(policy.where("description")).removeprefix(prefix) == "a.yaml:8:16"
    assert str(rules.where("rules.0.access")).removeprefix(prefix) == "environments/staging.yaml:10:19"
    assert str(rules.where("rules.0.status")).removeprefix(prefix) == "environments/staging.yaml:9:11"


def test_variables_work_in_patches(folder):
    folder.environment('variables: {who: us}\npatches: [{kind: group, name: a, spec: {description: "for ${who}"}}]\n')
    folder.write(group("a"))
    assert folder.declaration("group", "a").spec["description"] == "for us"


def test_a_patch_does_not_reach_other_environments(folder):
    folder.environment("patches: [{kind: group, name: a, spec: {description: x}}]\n")
    folder.environment(name="production")
    folder.write(group("a"))
    assert folder.load("production").digest != folder.load().digest


def test_problems_of_a_patch(folder):
    folder.environment(
        """\
        patches:
          - {kind: group, name: engineerin, spec: {}}
          - {kind: group, name: engineering, spec: {nam: X}}
          - {kind: group, name: engineering, spec: {name: X}}
          - {kind: group, name: elsewhere, spec: {}}
        """
    )
    folder.environment(name="production")
    folder.write(group("engineering") + group("elsewhere", rest="environments: production\n"))
    file = "environments/staging.yaml"
    place = f"{folder.path.as_posix()}/"
    assert [problem.replace(place, "") for problem in folder.problems()] == [
        f"{file}:5:25: group engineerin is not declared | did you mean engineering?",
        f"{file}:6:45: group engineering has no field nam | did you mean name?",
        f"{file}:7:25: group engineering is patched twice | it is also patched at {file}:6:25",
        f"{file}:8:25: group elsewhere is not in staging | its environments are at a.yaml:13:15",
    ]


def test_mappings_inside_mappings_are_merged():
    def read(text):
        (root,) = YamlText(text, "f").documents()
        return root.value

    base, patch = read("a: {b: 1, c: {d: 2}}\ne: [1]\n"), read("\n\na: {c: {d: 3, f: 4}}\n")
    result = merged(base, patch)
    assert result == {"a": {"b": 1, "c": {"d": 3, "f": 4}}, "e": [1]}
    assert result["a"]["c"].values_at == {"d": ("f", 3, 12), "f": ("f", 3, 18)}
    assert result["a"].values_at["b"] == ("f", 1, 8)
    assert base == {"a": {"b": 1, "c": {"d": 2}}, "e": [1]}
