"""Where passages, vectors and the full-text index are kept."""
