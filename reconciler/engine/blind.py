"""A copy of a stack without its secrets, for a preview: it needs no passphrase, takes no lock and writes nothing back.

The state is read from its files, or exported by the engine with its secrets encrypted. In the copy, placeholders stand
for the secrets, encrypted with a passphrase that only this run knows.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import secrets
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import yaml

from reconciler.engine.journal import recover_checkpoint
from reconciler.engine.local_state import LocalState
from reconciler.engine.passphrase import ITERATIONS
from reconciler.engine.project import PROJECT_FILE
from reconciler.engine.stack import Stack
from reconciler.engine.state import SECRET_KEY, Deployment, is_secret
from reconciler.errors import EngineError
from reconciler.file_formats import NewerFormat

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

Placeholders = Callable[[Mapping[str, Any]], Mapping[str, Any]]
"""For a resource of the state: by the name of an input, its value with placeholders instead of secrets."""

UNKNOWN: Final = "[unknown secret]"
"""The placeholder of a secret that is not declared, such as a generated one."""
_SECRET_VALUE: Final = "1b47061264138c4ac30d75fd1eb44270"
"""The value of `SECRET_KEY` in a secret."""


@contextmanager
def blind_copy(stack: Stack, placeholders: Callable[[Deployment], Placeholders]) -> Iterator[Stack]:
    """A copy of the stack in a temporary folder, in which placeholders stand for the secrets."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        backend = root / "state"
        passphrase = secrets.token_hex()
        environment = {
            **stack.environment,
            "PULUMI_BACKEND_URL": backend.as_uri(),
            "PULUMI_CONFIG_PASSPHRASE": passphrase,
        }
        copy = Stack(stack.name, root, environment, stack.progress, stack.withheld, original=stack)
        state = LocalState(backend, stack.project, stack.name)
        deployment = _read(stack, state)
        if deployment:
            crypter = _Crypter(passphrase)
            deployment = blinded(deployment, crypter.encrypt, placeholders(deployment))
            salt = crypter.salt
            _write_project(stack, root, {"encryptionsalt": salt} if salt else {})
            provider = {"type": "passphrase", "state": {"salt": salt}} if salt else None
            _write(state, deployment | {"secrets_providers": provider})
        else:
            _write_project(stack, root, {})
        yield copy


def _read(stack: Stack, into: LocalState) -> Deployment:
    """The deployment of the stack, as a next run would recover it. Nothing is written outside the copy."""
    into.checkpoint.parent.mkdir(parents=True)
    local = LocalState.of(stack.environment.get("PULUMI_BACKEND_URL", ""), stack.root, stack.project, stack.name)
    compresses = any(os.environ.get(f"PULUMI_DIY_BACKEND_{name}") for name in ("GZIP", "ZSTD"))
    if local:
        _copy(local.unverified, into.unverified)
    if local is None or compresses or local.is_compressed:
        return stack.export_existing()
    for name in ("checkpoint", "backups", "kept", "journal"):
        _copy(getattr(local, name), getattr(into, name))
    try:
        recover_checkpoint(into)
        return into.deployment()
    except EngineError as error:  # it names the file of the copy
        raise local.unreadable() from error
    except NewerFormat as error:
        message = error.message.replace(str(into.backend), str(local.backend))
        raise NewerFormat(message, hint=error.hint) from error


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target)
    elif source.is_file():
        shutil.copy2(source, target)


def _write(state: LocalState, deployment: Deployment) -> None:
    shutil.rmtree(state.backups, ignore_errors=True)
    state.kept.unlink(missing_ok=True)
    state.create(deployment)


def _write_project(stack: Stack, root: Path, encryption: Mapping[str, str]) -> None:
    """Write the project and the settings of the stack, with another encryption and without encrypted values."""
    project = yaml.safe_load((stack.root / PROJECT_FILE).read_text("utf-8"))
    project.pop("main", None)  # the folder of the program, which the copy does not have
    original = stack.root / str(project.pop("stackConfigDir", None) or ".") / f"Pulumi.{stack.name}.yaml"
    (root / PROJECT_FILE).write_text(yaml.safe_dump(project), "utf-8")
    settings = yaml.safe_load(original.read_text("utf-8")) if original.is_file() else None
    config = {
        name: value
        for name, value in ((settings or {}).get("config") or {}).items()
        if not (isinstance(value, dict) and "secure" in value)
    }
    (root / original.name).write_text(yaml.safe_dump({"config": config, **encryption}), "utf-8")


class _Crypter:
    """Encrypts as the engine does with a passphrase: AES-256-GCM, with a key from PBKDF2."""

    def __init__(self, passphrase: str) -> None:
        self._passphrase = passphrase
        self._salt = b""

    @cached_property
    def _cipher(self) -> AESGCM:
        """Made only for a state with secrets: deriving the key takes a quarter of a second."""
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        self._salt = os.urandom(8)
        return AESGCM(hashlib.pbkdf2_hmac("sha256", self._passphrase.encode(), self._salt, ITERATIONS))

    @property
    def salt(self) -> str:
        """The salt as the engine writes it; empty if nothing was encrypted: the engine then makes one."""
        return f"v1:{_base64(self._salt)}:{self.encrypt('pulumi')}" if self._salt else ""

    def encrypt(self, text: str) -> str:
        nonce = os.urandom(12)
        return f"v1:{_base64(nonce)}:{_base64(self._cipher.encrypt(nonce, text.encode(), None))}"


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode()


def blinded(deployment: Deployment, encrypt: Callable[[str], str], placeholders: Placeholders) -> Deployment:
    """The deployment with placeholders instead of secrets, each encrypted with `encrypt`."""

    def replaced(value: Any, instead: Any) -> Any:
        if is_secret(value):
            plain = UNKNOWN if instead is None else instead
            return {SECRET_KEY: _SECRET_VALUE, "ciphertext": encrypt(json.dumps(plain))}
        if isinstance(value, dict):
            inner = instead if isinstance(instead, Mapping) else {}
            return {name: replaced(item, inner.get(name)) for name, item in value.items()}
        if isinstance(value, list):
            items = instead if isinstance(instead, list) and len(instead) == len(value) else [None] * len(value)
            return [replaced(item, other) for item, other in zip(value, items, strict=True)]
        return value

    def of(resource: dict[str, Any]) -> dict[str, Any]:
        known = placeholders(resource)
        parts = {part: replaced(resource[part], known) for part in ("inputs", "outputs") if resource.get(part)}
        return resource | parts

    result = {**deployment, "resources": [of(resource) for resource in deployment.get("resources") or ()]}
    if pending := deployment.get("pending_operations"):
        result["pending_operations"] = [one | {"resource": of(one["resource"])} for one in pending]
    return result
