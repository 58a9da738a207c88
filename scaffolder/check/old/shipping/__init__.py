"""How a repository is built, tested, configured and shipped."""
