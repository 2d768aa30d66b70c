"""A company's repository of definitions: creates it, and brings it to the version of the tool.

`starting` files belong to the company from the first day. `generated` files are kept up to date: the manifest records
what was written, so an upgrade recognises what the company edited.
"""

from reconciler.repository.action import NO_OWNER, ActionPin
from reconciler.repository.creation import FilesExist, create
from reconciler.repository.environments import NewEnvironment, in_order
from reconciler.repository.generated import generated
from reconciler.repository.manifest import MANIFEST, Manifest
from reconciler.repository.starting import Choices, starting
from reconciler.repository.upgrade import Treatment, Upgrade, upgrade_of

__all__ = [
    "MANIFEST",
    "NO_OWNER",
    "ActionPin",
    "Choices",
    "FilesExist",
    "Manifest",
    "NewEnvironment",
    "Treatment",
    "Upgrade",
    "create",
    "generated",
    "in_order",
    "starting",
    "upgrade_of",
]
