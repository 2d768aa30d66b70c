"""The Pulumi CLI built from its Go modules, at the versions and hashes in `go.mod` and `go.sum` beside this file.

`go.mod` names the CLI in a `tool` line. To move to another version, change `PINNED` and the pin of the Python SDK, and
run in this folder `go get github.com/pulumi/pulumi/pkg/v3@VERSION github.com/pulumi/pulumi/sdk/v3@VERSION` and
`go mod tidy`; a test compares the three.
"""

from __future__ import annotations

import shutil
import subprocess
from importlib.resources import files
from pathlib import Path

from reconciler.engine.environment import for_go
from reconciler.engine.toolchain.location import PINNED
from reconciler.engine.toolchain.process import ProcessFailed, follow
from reconciler.engine.toolchain.release import Release
from reconciler.progress import Progress

TOOL = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"

_VERSION_VARIABLE = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version"

_OLDEST_GO = Release(1, 21, 0)
"""The first version of Go that downloads the newer toolchain that go.mod requires."""


def go_modules(root: Path, progress: Progress) -> None:
    """Build the pinned CLI into `root/bin/pulumi`.

    The modules stay in Go's own cache, so an interrupted build resumes. The user's settings, such as GOFLAGS and
    GOPROXY, apply. Raises `ProcessFailed` without a usable Go, or if the build fails.
    """
    go = _go()
    workspace = root / "build"
    workspace.mkdir(parents=True)
    for name in ("go.mod", "go.sum"):
        (workspace / name).write_bytes(files(__package__).joinpath(name).read_bytes())
    environment = {"CGO_ENABLED": "0", "GOTOOLCHAIN": "auto", **for_go(), "GOWORK": "off"}
    binary = root / "bin" / "pulumi"
    binary.parent.mkdir()

    progress.say("building the Pulumi CLI from Go modules: about four minutes on two cores, once")
    progress.say("fetching modules")
    fetched = 0
    packages: set[str] = set()

    def on_listed(line: str) -> None:
        nonlocal fetched
        if line.startswith("go: downloading "):
            fetched += 1
        else:
            packages.add(line)

    follow(
        [go, "list", "-deps", TOOL],
        on_line=on_listed,
        on_tick=lambda: progress.count(fetched),
        cwd=workspace,
        env=environment,
    )

    progress.say("compiling packages")
    compiled = 0

    def on_compiled(line: str) -> None:
        nonlocal compiled
        compiled += line in packages

    link = f"-s -w -X {_VERSION_VARIABLE}=v{PINNED}"
    follow(
        [go, "build", "-v", "-trimpath", "-ldflags", link, "-o", binary, TOOL],
        on_line=on_compiled,
        on_tick=lambda: progress.count(compiled, len(packages)),
        cwd=workspace,
        env=environment,
    )
    shutil.rmtree(workspace)


def _go() -> str:
    go = shutil.which("go")
    if go is None:
        raise ProcessFailed("no Go on PATH")
    try:
        answer = subprocess.run(
            [go, "version"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
            env=for_go(),
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise ProcessFailed(f"{go} does not run: {error}") from error
    version = Release.parse(answer.stdout)
    if version is None or version < _OLDEST_GO:
        raise ProcessFailed(f"{go} is {answer.stdout.strip()!r}: Go {_OLDEST_GO} or newer is needed")
    return go
