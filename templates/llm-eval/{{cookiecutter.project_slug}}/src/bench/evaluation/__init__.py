"""Measure the assistant: a benchmark, scores with intervals, and what each part contributes."""
