"""Rotation: a new client secret or key pair takes the place of an old one, with an overlap in which both are valid."""
