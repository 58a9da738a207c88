"""Rows whose outcome becomes known some days after they were made.

joining: rows and outcomes, and what is wrong with them -> schedule: the days of the story -> outcomes_kind: what the
model gets, the files and facts of the project
"""
