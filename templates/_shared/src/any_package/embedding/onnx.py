"""A transformer on disk, its tokenizer beside it, run by ONNX Runtime; both files are checked before use."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from .base import ModelError, Vectors, encodable

if TYPE_CHECKING:
    from tokenizers import Encoding

TOKENS_AT_ONCE = 512  # in one batch: more do not fit a core's cache, and cost a fifth of the speed

Mask = NDArray[np.int64]  # [batch, tokens]: 1 for a token, 0 for padding
Pool = Callable[[Vectors, Mask], Iterable[Vectors]]


class OnnxModel:
    """A model that reads texts, or pairs of them, up to `most_tokens` each. Safe to call from several threads.

    A batch has some `tokens_at_once`. With 1 each text is read alone: the int8 weights of some models come with
    activations that are scaled over the whole batch, so that what they make of a text depends on its neighbours.

    Raises:
        ModelError: a library is not installed, or a file is not the one with this SHA-256.
    """

    def __init__(
        self,
        model: Path,
        model_sha256: str,
        tokenizer: Path,
        tokenizer_sha256: str,
        most_tokens: int,
        tokens_at_once: int = TOKENS_AT_ONCE,
    ) -> None:
        try:
            import onnxruntime
            from tokenizers import Tokenizer
        except ImportError as error:
            raise ModelError(f"{error.name} is not installed: install the requirements again") from None
        self._tokenizer = Tokenizer.from_str(_checked(tokenizer, tokenizer_sha256).decode())
        self._tokenizer.enable_truncation(most_tokens)
        self._tokenizer.no_padding()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1  # batches run side by side instead
        self._session = onnxruntime.InferenceSession(
            _checked(model, model_sha256), options, providers=["CPUExecutionProvider"]
        )
        self._inputs = [one.name for one in self._session.get_inputs()]
        self._output = self._session.get_outputs()[0].name
        self._tokens_at_once = tokens_at_once
        self._workers = ThreadPoolExecutor(os.cpu_count(), thread_name_prefix="onnx")

    def run(self, texts: Sequence[str] | Sequence[tuple[str, str]], pool: Pool) -> list[Vectors]:
        """What `pool` makes of each text, in the order of the texts.

        Args:
            texts: or pairs of a text and a second one, such as a question and a passage.
            pool: takes the model's first output for a batch, [batch, tokens, numbers] or [batch, numbers], and the
                batch's mask; returns one array for each text of the batch.
        """
        encodings = self._tokenizer.encode_batch_fast(
            [encodable(one) if isinstance(one, str) else tuple(map(encodable, one)) for one in texts]
        )
        pooled = self._workers.map(
            lambda batch: zip(batch, pool(*self._states([encodings[i] for i in batch])), strict=True),
            _batches([len(one.ids) for one in encodings], self._tokens_at_once),
        )
        found = dict(chain.from_iterable(pooled))
        return [found[i] for i in range(len(texts))]

    def _states(self, encodings: Sequence[Encoding]) -> tuple[Vectors, Mask]:
        mask = _padded([one.attention_mask for one in encodings])
        known = {
            "input_ids": _padded([one.ids for one in encodings]),
            "attention_mask": mask,
            "token_type_ids": _padded([one.type_ids for one in encodings]),
        }
        (states,) = self._session.run([self._output], {name: known[name] for name in self._inputs})
        return states, mask


def _batches(lengths: Sequence[int], tokens_at_once: int) -> Iterator[list[int]]:
    """Positions of the texts, long ones first, so that padding is short and the last batches end together."""
    batch: list[int] = []
    for position in sorted(range(len(lengths)), key=lambda i: -lengths[i]):
        if batch and (len(batch) + 1) * lengths[batch[0]] > tokens_at_once:
            yield batch
            batch = []
        batch.append(position)
    if batch:
        yield batch


def _padded(rows: Sequence[Sequence[int]]) -> NDArray[np.int64]:
    padded = np.zeros((len(rows), max(map(len, rows))), dtype=np.int64)
    for place, row in enumerate(rows):
        padded[place, : len(row)] = row
    return padded


def _checked(path: Path, sha256: str) -> bytes:
    """The content of a file, if it is the content that the measurements of this repository were made with."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ModelError(f"{path} cannot be read: {error.strerror}; install the requirements again") from None
    if hashlib.sha256(content).hexdigest() != sha256:
        raise ModelError(f"{path} is not the file that was tested (SHA-256 differs); install the requirements again")
    return content
