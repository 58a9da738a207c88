"""Measured numbers: one schema to keep them, one way to write them into the documents."""
