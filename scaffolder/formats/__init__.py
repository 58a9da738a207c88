"""TOML, YAML and JSON that somebody else wrote, read with bounded time, memory and depth."""
