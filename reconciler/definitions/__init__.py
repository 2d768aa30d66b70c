"""Definitions: YAML documents and environments, with the file, line and column of every problem."""

from reconciler.definitions.errors import DefinitionsError, Problem
from reconciler.definitions.loader import environment_names, load, load_all
from reconciler.definitions.model import Address, Credentials, Declaration, Desired, Environment, Source

__all__ = [
    "Address",
    "Credentials",
    "Declaration",
    "DefinitionsError",
    "Desired",
    "Environment",
    "Problem",
    "Source",
    "environment_names",
    "load",
    "load_all",
]
