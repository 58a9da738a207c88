"""Text as vectors."""
