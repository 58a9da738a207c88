"""How a running model is watched, and brought back when it fails."""
