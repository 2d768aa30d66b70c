"""The location of each field of a declaration."""

from tests.definitions.folder import document

POLICY = """\
name: P
description: >-
  Something
  longer.
rules:
  - name: R
    groups_included:
      - okta-administrators
      - everyone
    platforms:
      - {type: MOBILE, os_type: IOS}
      - os_type: MACOS
        type: DESKTOP
"""


def places(declaration):
    return {path: f"{source.line}:{source.column}" for path, source in declaration.sources.items()}


def test_location_of_scalars_and_structures(folder):
    folder.write(document("authentication-policy", "p", POLICY))
    assert places(folder.declaration("authentication-policy", "p")) == {"name": "7:9", "description": "8:16"}
    rules = places(folder.declaration("authentication-policy-rules", "p"))
    assert rules["rules"] == "11:3"
    assert rules["rules.0"] == "12:7"
    assert rules["rules.0.name"] == "12:13"
    assert rules["rules.0.groups_included"] == "13:7"


def test_items_of_a_set_are_numbered_as_in_the_canonical_form(folder):
    folder.write(document("authentication-policy", "p", POLICY))
    rules = folder.declaration("authentication-policy-rules", "p")
    found = places(rules)
    assert rules.spec["rules"][0]["groups_included"] == ["everyone", "okta-administrators"]
    assert found["rules.0.groups_included.0"] == "15:11"
    assert found["rules.0.groups_included.1"] == "14:11"
    assert [platform["os_type"] for platform in rules.spec["rules"][0]["platforms"]] == ["IOS", "MACOS"]
    assert found["rules.0.platforms.0.type"] == "17:18"
    assert found["rules.0.platforms.1.os_type"] == "18:20"


def test_items_of_a_set_of_structures_are_sorted_with_their_defaults(folder):
    platforms = POLICY.replace("{type: MOBILE, os_type: IOS}", "{type: DESKTOP, os_type: WINDOWS}")
    folder.write(document("authentication-policy", "p", platforms))
    rules = folder.declaration("authentication-policy-rules", "p")
    assert [platform["os_type"] for platform in rules.spec["rules"][0]["platforms"]] == ["MACOS", "WINDOWS"]
    found = places(rules)
    assert found["rules.0.platforms.0"] == "18:11"
    assert found["rules.0.platforms.1"] == "17:11"


def test_location_of_absent_fields_is_the_structure_around_them(folder):
    folder.write(document("authentication-policy", "p", POLICY))
    rules = folder.declaration("authentication-policy-rules", "p")
    assert rules.where("rules.0.status") == rules.sources["rules.0"]
    assert rules.where("rules.7.status") == rules.sources["rules"]
    assert rules.where("nothing") == rules.source


def test_members_of_free_mappings_have_locations(folder):
    spec = "label: A\nurl: https://a.example\ngroups:\n  - group: everyone\n    profile: {roles: [x, y]}\n"
    folder.write(document("bookmark-app", "a", spec))
    found = places(folder.declaration("app-group-assignments", "a"))
    assert found["groups.0.profile.roles"] == "11:17"
    assert found["groups.0.profile.roles.1"] == "11:28"


def test_sources_are_an_ordinary_mapping(folder):
    folder.write(document("group", "a", "name: A"))
    sources = folder.declaration("group", "a").sources
    assert len(sources) == 1
    assert list(sources) == ["name"]
    assert repr(sources).startswith("FieldSources({'name': Source(file=")
    assert sources == {"name": sources["name"]}
