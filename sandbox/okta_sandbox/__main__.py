"""`python -m okta_sandbox --port N`: the same as `okta-sandbox --port N`."""

from okta_sandbox.command import serve

if __name__ == "__main__":
    serve(prog_name="python -m okta_sandbox")
