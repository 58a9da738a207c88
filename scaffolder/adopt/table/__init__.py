"""Rows with a target, which is a class or a number, to train a model on."""
