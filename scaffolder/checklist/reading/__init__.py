"""The bytes of files as values: Markdown, YAML, TOML, Python, images, and the columns of tables."""
