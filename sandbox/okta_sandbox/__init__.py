"""The local tenant: an HTTP server that behaves like Okta's Management API.

The reference is recorded traffic of real tenants. Start it with `okta-sandbox`, in a test with
`okta_sandbox.process.start()`, or in-process with `okta_sandbox.application.create_app()`.
"""
