"""The kind `outcomes`: rows whose outcome becomes known some days after they were made.

joining: rows and outcomes, and what is wrong with them -> schedule: the days of the story -> inputs: what the model
gets -> adoption: the files and facts of the project
"""

from scaffolder.adopt.outcomes.adoption import ABOUT, NEEDED, TAKES, adopt, example

__all__ = ["ABOUT", "NEEDED", "TAKES", "adopt", "example"]
