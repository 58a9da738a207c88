"""Readers for TOML, YAML and JSON from strangers, with bounded time, memory and depth."""
