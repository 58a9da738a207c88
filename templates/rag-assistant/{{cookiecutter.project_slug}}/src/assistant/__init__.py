"""Answers questions about a set of documents, cites the passages, and says when they hold no answer."""
