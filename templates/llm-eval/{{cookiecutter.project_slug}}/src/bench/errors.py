"""Errors that a person can do something about. Each message says what is wrong, where, and what to do."""


class BenchError(ValueError):
    """The configuration, the benchmark or a run cannot be used."""
