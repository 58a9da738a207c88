"""MiniLM, and what runs it: vectors as published, in order, from files that were tested."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from any_package.embedding import minilm
from any_package.embedding.base import ModelError, Vectors
from any_package.embedding.minilm import MiniLM
from any_package.embedding.onnx import TOKENS_AT_ONCE, Mask, OnnxModel

TEXTS = [
    "The cat sits outside",
    "The dog plays in the garden",
    "A man is playing guitar",
    "A woman watches TV",
    "The new movie is awesome",
    "The new movie is so great",
]


@pytest.fixture(scope="module")
def model() -> MiniLM:
    pytest.importorskip("onnxruntime")
    return MiniLM()


@cache  # a session takes a second
def onnx(tokens_at_once: int = TOKENS_AT_ONCE) -> OnnxModel:
    files = minilm.weights(), minilm.MODEL_SHA256, minilm.TOKENIZER, minilm.TOKENIZER_SHA256
    return OnnxModel(*files, minilm.MOST_TOKENS, tokens_at_once)


def test_vectors_have_length_one_whatever_the_text(model: MiniLM) -> None:
    texts = [*TEXTS, "", " \n", "\0", "\ud800", "日本語 \N{PILE OF POO}", "word " * 20_000]
    vectors = model.embed(texts)
    assert vectors.shape == (len(texts), model.dimensions)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert model.embed([]).shape == (0, model.dimensions)


def test_a_text_counts_up_to_its_256th_token(model: MiniLM) -> None:
    most = "river " * 254  # and one token each for the beginning and the end
    whole, longer, other = model.embed([most, most + "bank " * 200, most.removesuffix("river ") + "bank"])
    np.testing.assert_allclose(longer, whole, atol=1e-5)
    assert not np.allclose(other, whole, atol=1e-3)


def test_a_vector_does_not_depend_on_its_neighbours(model: MiniLM) -> None:
    texts = [" ".join(TEXTS[:count]) for count in (1, 6, 2, 5, 3, 4)] * 8
    together = model.embed(texts)
    alone = np.vstack([model.embed([text]) for text in texts[:6]] * 8)
    np.testing.assert_allclose(together, alone, atol=1e-5)


def test_threads_do_not_disturb_each_other(model: MiniLM) -> None:
    expected = model.embed(TEXTS)
    with ThreadPoolExecutor(8) as pool:
        for vectors in pool.map(model.embed, [TEXTS] * 24):
            np.testing.assert_allclose(vectors, expected, atol=1e-5)


def test_paraphrases_are_near(model: MiniLM) -> None:
    similarities = model.embed(TEXTS) @ model.embed(["A film that I loved"])[0]
    assert set(np.argsort(similarities)[-2:]) == {4, 5}


def test_it_agrees_with_what_its_authors_publish(model: MiniLM) -> None:
    """The similarities that the documentation of sentence-transformers prints for these pairs."""
    vectors = model.embed(TEXTS)
    similarities = (vectors[::2] * vectors[1::2]).sum(axis=1)
    np.testing.assert_allclose(similarities, [0.2838, -0.0327, 0.8939], atol=0.03)


@pytest.mark.parametrize(("at_once", "batches"), [(1, [1, 1, 1]), (18, [3]), (512, [3])])
@pytest.mark.usefixtures("model")
def test_what_a_pool_makes_comes_in_the_order_of_the_texts(at_once: int, batches: list[int]) -> None:
    sizes = []

    def lengths(states: Vectors, mask: Mask) -> Sequence[Vectors]:
        assert states.shape == (*mask.shape, MiniLM.dimensions)
        sizes.append(len(mask))
        return list(mask.sum(axis=1))

    assert onnx(at_once).run(["a cat", "the cat sat down", ""], lengths) == [4, 6, 2]  # with the marks at both ends
    assert sizes == batches


@pytest.mark.usefixtures("model")
@pytest.mark.parametrize("more", [-1, 1])
def test_a_pool_that_leaves_a_text_out_or_invents_one_is_an_error(more: int) -> None:
    with pytest.raises(ValueError, match=r"zip\(\)"):
        onnx().run(["a cat", "a dog"], lambda states, _: [*states, *states][: len(states) + more])


@pytest.mark.usefixtures("model")
def test_a_pair_is_read_as_two_texts() -> None:
    def first(states: Vectors, mask: Mask) -> Vectors:
        return states[:, 0]

    (pair,), (text,) = onnx().run([("a cat", "a dog")], first), onnx().run(["a cat [SEP] a dog"], first)
    assert np.abs(pair - text).max() > 0.01  # the same tokens, told apart by their types


def test_refuses_files_that_were_not_tested(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("onnxruntime")
    other = tmp_path / "tokenizer.json"
    other.write_bytes(minilm.TOKENIZER.read_bytes() + b" ")
    monkeypatch.setattr(minilm, "TOKENIZER", other)
    with pytest.raises(ModelError, match=r"tokenizer.json is not the file that was tested \(SHA-256 differs\)"):
        MiniLM()
    other.unlink()
    with pytest.raises(ModelError, match=r"tokenizer.json cannot be read: No such file"):
        MiniLM()


def test_checks_the_weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("onnxruntime")
    package = tmp_path / "weights_of_somebody"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "model.onnx").write_bytes(b"something else")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(minilm, "PACKAGE", "weights_of_somebody")
    with pytest.raises(ModelError, match=r"model.onnx is not the file that was tested"):
        MiniLM()
    monkeypatch.setattr(minilm, "PACKAGE", "not_installed_at_all")
    with pytest.raises(ModelError, match="MiniLM is not installed: install the requirements again"):
        MiniLM()


@pytest.mark.parametrize("package", ["onnxruntime", "tokenizers"])
def test_a_missing_library_is_named(package: str, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip(minilm.PACKAGE)
    monkeypatch.setitem(sys.modules, package, None)  # what `import` takes for "not installed"
    with pytest.raises(ModelError, match=f"{package} is not installed: install the requirements again"):
        MiniLM()
