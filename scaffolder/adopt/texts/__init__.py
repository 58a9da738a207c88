"""Kinds of data that are texts: cases of a benchmark, and documents with questions about them."""
