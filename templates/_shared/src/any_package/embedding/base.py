"""What an embedding model has to offer."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]


class ModelError(ValueError):
    """A model is not installed, or its files are not those that were tested."""


class Embedder(Protocol):
    """Turns texts into unit vectors. Safe to call from several threads."""

    @property
    def name(self) -> str:
        """Names model and weights, so that vectors of different models are never mixed."""

    @property
    def dimensions(self) -> int:
        """How many numbers a vector has."""

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Vectors [texts, dimensions], each of length 1; an empty text gets a valid vector too."""


def encodable(text: str) -> str:
    """Lone surrogates (an argument that is no UTF-8 has them) become question marks."""
    return text.encode("utf-8", "replace").decode("utf-8")
