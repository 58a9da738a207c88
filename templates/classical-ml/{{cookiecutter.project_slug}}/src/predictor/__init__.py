"""Train, evaluate and serve one tabular model."""

import os

# numpy must find this when it is first imported, so that sums are equal on every machine.
os.environ.setdefault("OMP_NUM_THREADS", "1")
# ONNX Runtime sends usage data to its maker unless this is set before it is first imported.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
