"""What is watched after the release: performance as labels arrive, inputs, answers; the alarm and the retraining."""
