"""Mermaid diagrams: parsed, and what they join."""
