"""All benchmarks, one after another: `python -m benchmarks`. Each prints one line of JSON."""

import subprocess
import sys

MODULES = ("definitions", "foreach", "small", "up", "preview", "drift", "refresh", "rate_limited", "sandbox")

for module in MODULES:
    subprocess.run([sys.executable, "-m", f"benchmarks.{module}"], check=True)
