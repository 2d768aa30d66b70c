"""`python -m reconciler.sandbox --port N`: the same as `reconciler sandbox serve --port N`."""

from reconciler.sandbox.command import serve

if __name__ == "__main__":
    serve(prog_name="python -m reconciler.sandbox")
