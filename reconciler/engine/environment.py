"""The environment variables that child processes get: those they need, and no other secrets.

A run's environment holds the tokens of all tenants and the secrets that definitions refer to (`env:NAME`). Every child
gets `ordinary`: locations of programs, homes and temporary folders, the language, proxies and certificates. The engine
also gets the settings of Pulumi and of the clouds that store the state. The credentials of the provider are added only
where a provider runs (see `EngineCommand`), and only for one tenant.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping


def _names(*lines: str) -> frozenset[str]:
    return frozenset(name for line in lines for name in line.split())


_ORDINARY = _names(
    "PATH HOME USER LOGNAME SHELL TERM LANG LANGUAGE TZ TMPDIR TMP TEMP LD_LIBRARY_PATH PYTHONPATH PYTHONHOME",
    "HTTP_PROXY HTTPS_PROXY ALL_PROXY NO_PROXY http_proxy https_proxy all_proxy no_proxy",
    "SSL_CERT_FILE SSL_CERT_DIR REQUESTS_CA_BUNDLE CURL_CA_BUNDLE",
)
_ORDINARY_PREFIXES = ("LC_", "XDG_")
_ENGINE = _names(
    "PULUMI_HOME PULUMI_BACKEND_URL PULUMI_ACCESS_TOKEN PULUMI_CONFIG_PASSPHRASE PULUMI_CONFIG_PASSPHRASE_FILE"
)
"""Variables that the engine needs: it gets them even if definitions refer to them."""
_CLOUDS = _names("IDENTITY_ENDPOINT IDENTITY_HEADER MSI_ENDPOINT MSI_SECRET")
"""Azure's managed identities."""
_ENGINE_PREFIXES = ("PULUMI_", "AWS_", "AZURE_", "ARM_", "GOOGLE_", "GCLOUD_", "CLOUDSDK_", "VAULT_")
_GIT = _names(
    "GIT_DIR GIT_WORK_TREE GIT_COMMON_DIR GIT_INDEX_FILE GIT_CEILING_DIRECTORIES GIT_DISCOVERY_ACROSS_FILESYSTEM",
    "GIT_CONFIG_GLOBAL GIT_CONFIG_SYSTEM GIT_CONFIG_NOSYSTEM",
)
_GO = _names(
    "CC CXX GOAUTH GOBIN GOCACHE GODEBUG GOENV GOFLAGS GOINSECURE GOMAXPROCS GOMEMLIMIT GOMODCACHE GONOPROXY GONOSUMDB",
    "GOPATH GOPRIVATE GOPROXY GOROOT GOSUMDB GOTMPDIR GOTOOLCHAIN GOVCS NETRC CGO_ENABLED",
)


def ordinary(environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """For a child without special needs, such as `pulumi version`."""
    return _select(environ, _ORDINARY, _ORDINARY_PREFIXES)


def for_git(environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """For git: also the location of the repository and its configuration."""
    return _select(environ, _ORDINARY | _GIT, _ORDINARY_PREFIXES)


def for_go(environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """For Go: also where it stores modules and where it downloads them."""
    return _select(environ, _ORDINARY | _GO, _ORDINARY_PREFIXES)


def for_engine(withheld: Collection[str] = (), environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """For the engine: also its settings and the credentials of its backend, without the `withheld` variables."""
    cloud = _select(environ, _CLOUDS, _ENGINE_PREFIXES)
    kept = {name: value for name, value in cloud.items() if name not in withheld}
    return kept | _select(environ, _ORDINARY | _ENGINE, _ORDINARY_PREFIXES)


def for_store(
    names: Collection[str], prefixes: tuple[str, ...] = (), environ: Mapping[str, str] = os.environ
) -> dict[str, str]:
    """For a program that reads secrets: also these variables, with which it signs in."""
    return _select(environ, _ORDINARY | frozenset(names), (*_ORDINARY_PREFIXES, *prefixes))


def _select(environ: Mapping[str, str], names: Collection[str], prefixes: tuple[str, ...]) -> dict[str, str]:
    return {name: value for name, value in environ.items() if name in names or name.startswith(prefixes)}
