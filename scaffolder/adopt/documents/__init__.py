"""A folder of documents, perhaps with a list of questions about them."""

from scaffolder.adopt.documents.adoption import ABOUT, NEEDED, TAKES, adopt, example

__all__ = ["ABOUT", "NEEDED", "TAKES", "adopt", "example"]
