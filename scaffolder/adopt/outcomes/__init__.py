"""Rows whose outcome becomes known some days after they were made.

joining: rows and outcomes, and what is wrong with them -> schedule: the days of the story -> inputs: what the model
gets -> outcomes_kind: the files and facts of the project
"""
