"""What an embedding model has to offer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]


class Embedder(Protocol):
    """Turns texts into unit vectors. Safe to call from several threads."""

    @property
    def name(self) -> str:
        """Names model and weights, so that vectors of different models are never mixed."""

    @property
    def dimensions(self) -> int: ...

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Vectors [texts, dimensions], each of length 1; an empty text gets a valid vector too.

        Raises:
            Unavailable: a model server does not answer or answers nonsense.
        """
