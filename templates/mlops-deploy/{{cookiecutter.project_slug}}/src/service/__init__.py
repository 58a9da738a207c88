"""A model that is versioned, released in stages, watched and rolled back."""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before numpy is imported, so that sums are equal on every machine
