"""Benchmarks: how long things take, how much memory and how many requests. Each prints its figures as JSON."""
