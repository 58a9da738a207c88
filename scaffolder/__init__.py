"""Portfolio projects that really run, for people who want to be hired as AI engineers."""

__version__ = "0.1.0"
