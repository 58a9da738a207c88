"""Compare systems on a frozen benchmark, and say which differences are real."""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before numpy is imported: sums must not depend on the cores
