"""The local tenant: an HTTP server that behaves like Okta's Management API.

Its measure is the traffic recorded from real tenants, not what one would expect. Nothing in the rest of the
package imports it. Start it with `reconciler sandbox serve`, from a test with
`reconciler.sandbox.process.start()`, or in-process with `reconciler.sandbox.application.create_app()`.
"""
