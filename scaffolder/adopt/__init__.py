"""The owner's own data: reads them, proposes how a template uses them, and gives its texts the facts."""
