"""What is watched while people ask: the question log, feedback, unanswered questions and the drift of scores."""
