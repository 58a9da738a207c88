"""WordLlama (Miller 2024): averaged static token vectors of a large language model; no network is run.

Some 4,000 passages a second, and clearly weaker retrieval than MiniLM: word order and context do not count.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from ..errors import AssistantError
from .base import Vectors, encodable

MOST_CHARACTERS = 10_000  # of one text; the package takes memory for the longest of a batch, times 64


class WordLlama:
    """Vectors of 256 numbers. English; a text counts up to its 10,000th character. The weights are in the wheel.

    Raises:
        AssistantError: the package is not installed, or its weights are missing.
    """

    name = "wordllama-l2-supercat-256"
    dimensions = 256

    def __init__(self) -> None:
        try:
            import wordllama
        except ImportError:
            raise AssistantError(
                "WordLlama is not installed: install the extra `wordllama`, "
                'or set backend = "minilm" or "endpoint" under [embedding] in settings.toml'
            ) from None
        try:  # the package is its own cache; without that it looks in the user's home, then on the network
            self._model = wordllama.WordLlama.load(
                dim=self.dimensions, cache_dir=Path(wordllama.__file__).parent, disable_download=True
            )
        except FileNotFoundError as error:
            raise AssistantError(f"WordLlama's files are missing: {error}; install the requirements again") from None

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors [texts, 256]; a text without tokens points along the first axis."""
        if not texts:
            return np.empty((0, self.dimensions), dtype=np.float32)
        vectors: Vectors = self._model.embed([encodable(text[:MOST_CHARACTERS]) for text in texts]).astype(np.float32)
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        vectors[lengths[:, 0] == 0, 0] = lengths[lengths == 0] = 1
        vectors /= lengths
        return vectors
