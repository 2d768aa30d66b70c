"""`python -m reconciler.sandbox --port N`: the same as `reconciler sandbox serve --port N`."""

import os

from reconciler.edge import guarded
from reconciler.known_secrets import KnownSecrets
from reconciler.sandbox.command import serve

if __name__ == "__main__":
    with guarded(KnownSecrets.of_settings(os.environ)):
        serve(prog_name="python -m reconciler.sandbox")
