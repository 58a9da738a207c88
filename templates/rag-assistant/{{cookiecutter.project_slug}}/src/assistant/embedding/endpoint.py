"""Any server that speaks OpenAI's `/v1/embeddings`."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from openai.types import CreateEmbeddingResponse

from ..endpoint import Endpoint
from ..errors import AssistantError
from .base import Vectors, encodable

TEXTS_AT_ONCE = 64  # that servers take in one request


class EndpointEmbedder:
    """Vectors of `model` on the server at `base_url`; how long they are is learnt from the server.

    Raises:
        AssistantError: there is no model name, or `base_url` is not an address.
    """

    def __init__(self, base_url: str, api_key: str, model: str, *, timeout: float = 30, retries: int = 2) -> None:
        if not model:
            raise AssistantError(
                "name the embedding model: ASSISTANT_EMBEDDING_MODEL, or embedding.model in settings.toml"
            )
        self.name = f"endpoint:{model}"
        self._model = model
        self._length = 0  # not known yet
        self._endpoint = Endpoint(
            "embedding model", "ASSISTANT_EMBEDDING", base_url, api_key, timeout=timeout, retries=retries
        )

    @property
    def dimensions(self) -> int:
        """As many numbers as the server's vectors have; asks it unless it has already answered.

        Raises:
            Unavailable: as `embed`.
        """
        return self._length or len(self._request(["How long is a vector?"])[0])

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors [texts, dimensions].

        Raises:
            Unavailable: the server does not answer in time, refuses, or answers nonsense.
        """
        sent = [encodable(text) if text.strip() else "-" for text in texts]  # servers refuse an empty text
        batches = [self._request(sent[i : i + TEXTS_AT_ONCE]) for i in range(0, len(sent), TEXTS_AT_ONCE)]
        return np.vstack(batches) if batches else np.empty((0, self.dimensions), dtype=np.float32)

    def _request(self, texts: list[str]) -> Vectors:
        # Without "float" the client asks for base64, which not every server knows.
        answer = self._endpoint.one(
            lambda client: client.embeddings.create(model=self._model, input=texts, encoding_format="float")
        )
        try:
            vectors = _vectors(answer, len(texts))
        except (AttributeError, TypeError, ValueError) as error:
            raise self._endpoint.nonsense(str(error)) from None
        self._length = self._length or vectors.shape[1]
        if vectors.shape[1] != self._length:
            raise self._endpoint.nonsense(f"its vectors had {self._length} numbers and now have {vectors.shape[1]}")
        return vectors


def _vectors(answer: CreateEmbeddingResponse, count: int) -> Vectors:
    """The rows in the order of the request, which only their `index` tells."""
    rows = sorted(answer.data, key=lambda row: row.index)
    if [row.index for row in rows] != list(range(count)):
        raise ValueError(f"it was sent {count} texts and returned {len(rows)} vectors, or vectors for other texts")
    vectors = np.array([row.embedding for row in rows], dtype=np.float32)
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    if vectors.ndim != 2 or not np.isfinite(lengths).all() or not lengths.all():
        raise ValueError("its vectors are zero or not numbers")
    vectors /= lengths
    return vectors
