"""Models that read text, and the files that remember what they made of it."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from bench import encoders
from bench.embedding.base import Vectors
from bench.embedding.minilm import MiniLM

TEXTS = ["How do I close a file?", "The file is closed when the with block ends.", "Bananas are yellow."]
optional = pytest.mark.skipif(encoders.folder("colbert") is None, reason="the optional models are not installed")


@pytest.fixture(autouse=True)
def memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoders, "CACHE", tmp_path / "vectors")


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The texts that are read, call by call; each gives a vector of its own."""
    calls: list[list[str]] = []

    def embed(_: MiniLM, texts: Sequence[str]) -> Vectors:
        calls.append(list(texts))
        return np.array([[len(text), sum(map(ord, text))] for text in texts], dtype=np.float32).reshape(-1, 2)

    monkeypatch.setattr(MiniLM, "embed", embed)
    return calls


def test_minilm_finds_what_is_near_in_meaning() -> None:
    near, far = encoders.embedded("minilm", TEXTS[1:]) @ encoders.query("minilm", TEXTS[0])
    assert near > far + 0.2


def test_the_same_texts_are_read_once_and_others_anew(read: list[list[str]]) -> None:
    many = [TEXTS, TEXTS, TEXTS[1:], ["ab"], ["a", "b"], ["\ud800"], [], TEXTS]
    for texts in many:
        found = encoders.embedded("minilm", texts)
        assert found.shape == (len(texts), 2)
        assert found.dtype == np.float32
        assert found[:, 0].tolist() == [len(text) for text in texts]
    assert read == [TEXTS, TEXTS[1:], ["ab"], ["a", "b"], ["\ud800"], []]


def test_models_do_not_share_vectors(read: list[list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    encoders.embedded("minilm", TEXTS)
    monkeypatch.setattr(MiniLM, "name", "another")
    encoders.embedded("minilm", TEXTS)
    assert read == [TEXTS, TEXTS]


@pytest.mark.parametrize("damage", [b"", b"no archive", b"PK\x03\x04 cut off"])
def test_a_damaged_file_is_made_anew(read: list[list[str]], damage: bytes) -> None:
    for _ in range(2):
        encoders.embedded("minilm", TEXTS)
    (file,) = encoders.CACHE.iterdir()
    whole = file.read_bytes()
    for content in (damage, whole[: len(whole) // 2], whole):
        file.write_bytes(content)
        np.testing.assert_array_equal(encoders.embedded("minilm", TEXTS)[:, 0], [len(text) for text in TEXTS])
    assert read == [TEXTS] * 3


def test_it_does_without_a_folder_that_cannot_be_written(read: list[list[str]]) -> None:
    encoders.CACHE.write_text("a file is in the way")
    for _ in range(2):
        assert encoders.embedded("minilm", TEXTS).shape == (3, 2)
    assert read == [TEXTS] * 2


def test_texts_that_could_not_be_read_leave_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    def embed(_: MiniLM, texts: Sequence[str]) -> Vectors:
        raise MemoryError(texts[0])

    monkeypatch.setattr(MiniLM, "embed", embed)
    with pytest.raises(MemoryError):
        encoders.embedded("minilm", TEXTS)
    assert not encoders.CACHE.exists()


@optional
def test_bge_reads_questions_in_another_way_than_passages() -> None:
    found = encoders.embedded("bge", TEXTS[1:])
    asked, said = encoders.query("bge", TEXTS[0]), encoders.query("bge", TEXTS[0], asks=False)
    assert (found @ asked).argmax() == 0
    assert asked @ asked == pytest.approx(1, abs=1e-5)
    assert not np.allclose(asked, said)


@optional
def test_models_that_read_more_closely_prefer_the_answer() -> None:
    near, far = encoders.relevance(TEXTS[0], TEXTS[1:])
    assert 1 >= near > far >= 0
    asked, *passages = (encoders.tokens(TEXTS, remember=True), encoders.tokens(TEXTS, remember=True))[1]
    near, far = ((asked @ one.T).max(axis=1).mean() for one in passages)
    assert near > far
