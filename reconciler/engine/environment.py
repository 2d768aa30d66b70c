"""What children are given of this process's environment: what they need, and nobody's secrets besides.

A run's environment holds the tokens of all tenants and the secrets that definitions refer to (`env:NAME`). Every child
gets `ordinary`: where programs, homes and temporary folders are, the language, proxies and certificates. The engine
gets the settings of Pulumi and of the clouds that keep the state as well. What the provider needs to sign in is added
where a provider runs (see `EngineCommand`), and for the one tenant only.
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
"""What the engine cannot do without: given to it even where definitions refer to a variable of this name."""
_CLOUDS = _names("IDENTITY_ENDPOINT IDENTITY_HEADER MSI_ENDPOINT MSI_SECRET")
"""How Azure lets a machine sign in."""
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
    """For a child that needs nothing special, such as `pulumi version`."""
    return _chosen(environ, _ORDINARY, _ORDINARY_PREFIXES)


def for_git(environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """For git: where the repository and its configuration are."""
    return _chosen(environ, _ORDINARY | _GIT, _ORDINARY_PREFIXES)


def for_go(environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """For Go: where it keeps modules, and where it gets them."""
    return _chosen(environ, _ORDINARY | _GO, _ORDINARY_PREFIXES)


def for_engine(withheld: Collection[str] = (), environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """For the engine: its settings and the credentials of its backend, without what definitions refer to."""
    cloud = _chosen(environ, _CLOUDS, _ENGINE_PREFIXES)
    kept = {name: value for name, value in cloud.items() if name not in withheld}
    return kept | _chosen(environ, _ORDINARY | _ENGINE, _ORDINARY_PREFIXES)


def _chosen(environ: Mapping[str, str], names: Collection[str], prefixes: tuple[str, ...]) -> dict[str, str]:
    return {name: value for name, value in environ.items() if name in names or name.startswith(prefixes)}
