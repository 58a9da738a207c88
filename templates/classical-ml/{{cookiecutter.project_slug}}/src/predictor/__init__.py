"""Train, evaluate and serve one tabular model."""

__version__ = "0.1.0"
