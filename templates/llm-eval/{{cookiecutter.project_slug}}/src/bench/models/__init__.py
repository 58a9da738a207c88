"""Language models behind any OpenAI-compatible server, a cache that keeps every answer, and caps on what they cost."""
