"""Identity as code for Okta: definitions in YAML, applied by Pulumi, watched for drift."""
