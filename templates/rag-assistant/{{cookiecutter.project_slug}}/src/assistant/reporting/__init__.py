"""Measured numbers: one schema for storing them, and one way to write them into the documents."""
