"""The local tenant as a package of its own, which other projects can install."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import httpx

PROJECT = Path(__file__).parents[2] / "sandbox"

USE = """
import sys
from okta_sandbox import process

with process.start() as tenant:
    import httpx
    print(len(httpx.get(f"{tenant.url}/api/v1/groups", headers=tenant.headers).json()))
import okta_sandbox, okta_sandbox.server
print(okta_sandbox.__file__)
print([name for name in sys.modules if name.partition(".")[0] == "reconciler"])
"""


def test_the_wheel_works_without_the_reconciler(tmp_path: Path):
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(tmp_path / "built")]
    subprocess.run(build, cwd=PROJECT, check=True, capture_output=True)
    (wheel,) = (tmp_path / "built").iterdir()
    target = tmp_path / "installed"
    install = [sys.executable, "-m", "uv", "pip", "install", "--offline", "--no-deps", "--target", str(target)]
    subprocess.run([*install, str(wheel)], check=True, capture_output=True)

    ran = subprocess.run(
        [sys.executable, "-c", USE],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(target)},
        check=True,
        capture_output=True,
        text=True,
    )

    groups, file, knows = ran.stdout.splitlines()
    assert int(groups) > 0
    assert Path(file).is_relative_to(target)
    assert knows == "[]"


def test_the_command_announces_its_address_and_takes_the_token_from_the_environment(tmp_path: Path):
    command = [str(Path(sys.executable).with_name("okta-sandbox")), "--port", "0"]
    environment = {**os.environ, "OKTA_SANDBOX_TOKEN": "right"}
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, text=True, env=environment) as process:
        try:
            assert process.stdout
            url = process.stdout.readline().split()[-1]
            answers = [
                httpx.get(f"{url}/api/v1/groups", headers={"Authorization": f"SSWS {token}"}, trust_env=False)
                for token in ("right", "wrong")
            ]
        finally:
            process.terminate()
    assert [answer.status_code for answer in answers] == [200, 401]
