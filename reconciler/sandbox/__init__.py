"""The local tenant: an HTTP server that behaves like Okta's Management API.

The reference is recorded traffic of real tenants. No other part of the package imports it, except the CLI that starts
it. Start it with `reconciler sandbox serve`, in a test with `reconciler.sandbox.process.start()`, or in-process with
`reconciler.sandbox.application.create_app()`.
"""
