"""Train, evaluate and serve one tabular model."""

import os

# ONNX Runtime sends usage data to its maker unless this is set before it is first imported.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
