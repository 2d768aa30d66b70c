"""The official plugin is installed by the real engine, from a server on this machine, and checked."""

from __future__ import annotations

import hashlib
import io
import platform
import sys
import tarfile
import threading
import tomllib
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from reconciler.engine.toolchain import plugin
from reconciler.engine.toolchain.__main__ import main
from reconciler.engine.toolchain.plugin import PLUGIN_VERSION, PluginMissing, ensure_plugin, official_plugin

PROJECT = Path(__file__).parents[2]
PROGRAM = b"#!/bin/sh\necho 4711\n"
MACHINE = {"x86_64": "amd64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())
NAME = f"pulumi-resource-okta-v{PLUGIN_VERSION}-{sys.platform}-{MACHINE}"


def archive() -> bytes:
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w:gz") as file:
        entry = tarfile.TarInfo("pulumi-resource-okta")
        entry.size, entry.mode = len(PROGRAM), 0o755
        file.addfile(entry, io.BytesIO(PROGRAM))
    return content.getvalue()


class Mirror(ThreadingHTTPServer):
    """Serves the archive, and notes what it was asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        super().__init__(("127.0.0.1", 0), _Handler)


class _Handler(BaseHTTPRequestHandler):
    server: Mirror

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        content = archive() if self.path == f"/{NAME}.tar.gz" else b""
        self.send_response(200 if content else 404)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *arguments: object) -> None:
        """Print nothing."""


@pytest.fixture
def mirror(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Mirror]:
    """A server with the plugin, and an empty home of the engine."""
    server = Mirror()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    monkeypatch.setenv("PULUMI_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("RECONCILER_PLUGIN_SERVER", f"http://127.0.0.1:{server.server_port}")
    monkeypatch.setattr(plugin, "CHECKSUMS", tmp_path / "checksums")
    (tmp_path / "checksums").write_text("# a comment\n")
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def record(line: str) -> None:
    plugin.CHECKSUMS.write_text(f"# a comment\n{line}\n")


def test_the_engine_installs_the_pinned_version_once(mirror: Mirror, tmp_path: Path):
    record(f"{hashlib.sha256(PROGRAM).hexdigest()}  {NAME}")
    folder = ensure_plugin()
    assert folder == tmp_path / "home" / "plugins" / f"resource-okta-v{PLUGIN_VERSION}" == official_plugin()
    assert (folder / "pulumi-resource-okta").read_bytes() == PROGRAM
    assert ensure_plugin() == folder
    assert mirror.asked == [f"/{NAME}.tar.gz"]


def test_another_program_is_removed_and_refused(mirror: Mirror):
    record(f"{'0' * 64}  {NAME}")
    with pytest.raises(PluginMissing, match="is not the pinned one, and was removed"):
        ensure_plugin()
    assert official_plugin() is None


def test_a_program_that_was_replaced_in_a_cache_is_removed_and_refused(mirror: Mirror):
    record(f"{hashlib.sha256(PROGRAM).hexdigest()}  {NAME}")
    (ensure_plugin() / "pulumi-resource-okta").write_bytes(b"#!/bin/sh\nsend the token away\n")
    with pytest.raises(PluginMissing, match="is not the pinned one, and was removed"):
        ensure_plugin()
    assert official_plugin() is None


def test_a_failed_download_says_why_and_names_a_command_that_exists(mirror: Mirror, monkeypatch):
    monkeypatch.setenv("RECONCILER_PLUGIN_SERVER", f"http://127.0.0.1:{mirror.server_port}/nowhere")
    with pytest.raises(PluginMissing, match=r"could not be installed: .*404") as caught:
        ensure_plugin()
    assert "reconciler doctor --install" in caught.value.hint and f"{NAME}.tar.gz" in caught.value.hint


def test_the_checksum_is_recorded_once_for_each_platform(mirror: Mirror, capsys):
    record(f"{'0' * 64}  pulumi-resource-okta-v{PLUGIN_VERSION}-darwin-arm64")
    assert main(["--plugin", "--record"]) == 0
    assert main(["--plugin", "--record"]) == 0
    assert plugin.CHECKSUMS.read_text().splitlines() == [
        "# a comment",
        f"{'0' * 64}  pulumi-resource-okta-v{PLUGIN_VERSION}-darwin-arm64",
        f"{hashlib.sha256(PROGRAM).hexdigest()}  {NAME}",
    ]
    assert str(official_plugin()) in capsys.readouterr().err


def test_the_shipped_checksums_are_of_this_version():
    for line in (PROJECT / "reconciler/engine/toolchain/plugin.sha256").read_text().splitlines():
        if not line.startswith("#"):
            digest, name = line.split()
            assert len(digest) == 64 and name.startswith(f"pulumi-resource-okta-v{PLUGIN_VERSION}-")


def test_the_plugin_and_its_python_package_are_pinned_to_one_version():
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text())
    assert f"pulumi-okta=={PLUGIN_VERSION}" in project["project"]["dependencies"]
