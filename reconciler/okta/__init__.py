"""The edge to Okta: sign-in, rate limits, reading a tenant with list calls, writing single objects."""
