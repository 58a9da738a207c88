"""The embedding models that run in this process; each test needs what the other choice does not install."""

from __future__ import annotations

import importlib.util
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from assistant.embedding import minilm
from assistant.embedding.base import Embedder
from assistant.embedding.minilm import MiniLM
from assistant.embedding.wordllama import WordLlama
from assistant.errors import AssistantError

TEXTS = [
    "The cat sits outside",
    "The dog plays in the garden",
    "A man is playing guitar",
    "A woman watches TV",
    "The new movie is awesome",
    "The new movie is so great",
]


@pytest.fixture(scope="module", params=[("minilm", "onnxruntime"), ("wordllama", "wordllama")], ids=lambda one: one[0])
def model(request: pytest.FixtureRequest) -> Embedder:
    backend, package = request.param
    if not importlib.util.find_spec(package):
        pytest.skip(f"the extra `{backend}` is not installed")
    return MiniLM() if backend == "minilm" else WordLlama()


def test_vectors_have_length_one_whatever_the_text(model: Embedder) -> None:
    texts = [*TEXTS, "", " \n", "\0", "\ud800", "日本語 \N{PILE OF POO}", "word " * 20_000]
    vectors = model.embed(texts)
    assert vectors.shape == (len(texts), model.dimensions)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert model.embed([]).shape == (0, model.dimensions)


def test_a_vector_does_not_depend_on_its_neighbours(model: Embedder) -> None:
    texts = [" ".join(TEXTS[:count]) for count in (1, 6, 2, 5, 3, 4)] * 8
    together = model.embed(texts)
    alone = np.vstack([model.embed([text]) for text in texts[:6]] * 8)
    np.testing.assert_allclose(together, alone, atol=1e-5)


def test_threads_do_not_disturb_each_other(model: Embedder) -> None:
    expected = model.embed(TEXTS)
    with ThreadPoolExecutor(8) as pool:
        for vectors in pool.map(model.embed, [TEXTS] * 24):
            np.testing.assert_allclose(vectors, expected, atol=1e-5)


def test_minilm_agrees_with_what_its_authors_publish(model: Embedder) -> None:
    """The similarities that the documentation of sentence-transformers prints for these pairs."""
    if not isinstance(model, MiniLM):
        pytest.skip("another model")
    vectors = model.embed(TEXTS)
    similarities = (vectors[::2] * vectors[1::2]).sum(axis=1)
    np.testing.assert_allclose(similarities, [0.2838, -0.0327, 0.8939], atol=0.03)


def test_paraphrases_are_near(model: Embedder) -> None:
    similarities = model.embed(TEXTS) @ model.embed(["A film that I loved"])[0]
    assert set(np.argsort(similarities)[-2:]) == {4, 5}


def test_minilm_refuses_files_that_were_not_tested(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("onnxruntime")
    other = tmp_path / "tokenizer.json"
    other.write_bytes(minilm.TOKENIZER.read_bytes() + b" ")
    monkeypatch.setattr(minilm, "TOKENIZER", other)
    with pytest.raises(AssistantError, match=r"tokenizer.json is not the file that was tested \(SHA-256 differs\)"):
        MiniLM()
    other.unlink()
    with pytest.raises(AssistantError, match=r"tokenizer.json cannot be read: No such file"):
        MiniLM()


def test_minilm_checks_the_weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("onnxruntime")
    package = tmp_path / "weights_of_somebody"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "model.onnx").write_bytes(b"something else")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(minilm, "PACKAGE", "weights_of_somebody")
    with pytest.raises(AssistantError, match=r"model.onnx is not the file that was tested"):
        MiniLM()
    monkeypatch.setattr(minilm, "PACKAGE", "not_installed_at_all")
    with pytest.raises(AssistantError, match=r"install the extra `minilm`, or set backend = .wordllama. or .endpoint."):
        MiniLM()


@pytest.mark.parametrize(
    ("embedder", "package", "extra"),
    [(MiniLM, "onnxruntime", "minilm"), (MiniLM, "tokenizers", "minilm"), (WordLlama, "wordllama", "wordllama")],
)
def test_a_model_that_is_not_installed_names_the_extra(
    embedder: type[Embedder], package: str, extra: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, package, None)  # what `import` takes for "not installed"
    with pytest.raises(AssistantError, match=f"install the extra `{extra}`"):
        embedder()
