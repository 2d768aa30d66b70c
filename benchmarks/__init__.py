"""Benchmarks: time, memory and requests. Each prints its figures as JSON."""
