"""`python -m reconciler.engine.toolchain`: find or install the Pulumi CLI; its path on stdout, progress on stderr."""

from __future__ import annotations

import sys

from reconciler.engine.toolchain import EngineMissing, ensure


def main() -> int:
    """0 with the CLI in place, 1 without."""
    try:
        binary = ensure(lambda line: print(line, file=sys.stderr, flush=True))
    except EngineMissing as missing:
        print(missing, file=sys.stderr)
        return 1
    print(binary)
    return 0


if __name__ == "__main__":
    sys.exit(main())
