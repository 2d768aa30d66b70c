"""`reconciler environments`."""

import json


def test_the_environments_are_the_files_of_the_definitions(folder, invoke):
    folder.environment(name="production")
    folder.environment(name="qa")
    assert invoke("environments").output == "production\nqa\nstaging\n"
    assert json.loads(invoke("environments", "--format", "json").output) == [
        {"name": "production"},
        {"name": "qa"},
        {"name": "staging"},
    ]
