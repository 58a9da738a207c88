"""What was measured, what documents say was measured, and whether the two agree."""
