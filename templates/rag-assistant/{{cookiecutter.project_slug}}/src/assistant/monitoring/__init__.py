"""Monitoring: the question log, feedback, unanswered questions and the drift of scores."""
