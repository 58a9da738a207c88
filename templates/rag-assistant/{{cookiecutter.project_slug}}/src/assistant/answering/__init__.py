"""Answer a question from passages, with citations, or refuse."""
