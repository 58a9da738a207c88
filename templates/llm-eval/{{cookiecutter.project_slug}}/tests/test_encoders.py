from pathlib import Path

import numpy as np
import pytest

from bench import encoders
from bench.embedding.minilm import MiniLM

TEXTS = ["How do I close a file?", "The file is closed when the with block ends.", "Bananas are yellow."]
optional = pytest.mark.skipif(encoders.folder("colbert") is None, reason="the optional models are not installed")


@pytest.fixture(autouse=True)
def memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoders, "CACHE", tmp_path / "vectors.db")


def test_minilm_finds_what_is_near_in_meaning_and_reads_passages_once(monkeypatch: pytest.MonkeyPatch) -> None:
    found, asked = encoders.embedded("minilm", TEXTS[1:]), encoders.query("minilm", TEXTS[0])
    near, far = found @ asked
    assert near > far + 0.2
    monkeypatch.setattr(MiniLM, "embed", lambda self, texts: pytest.fail("it should be remembered"))
    np.testing.assert_array_equal(encoders.embedded("minilm", TEXTS[1:]), found)


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
