"""Train, evaluate and serve one tabular model."""

import os

__version__ = "0.1.0"

# ONNX Runtime reports its use to its maker unless told not to before it is first imported.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
