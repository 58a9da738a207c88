"""How good the assistant is: a benchmark, its scores with intervals, and what every choice is worth."""
