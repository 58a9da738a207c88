"""Text as vectors: one protocol, a local default, a light alternative, a server."""
