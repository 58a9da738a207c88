from pathlib import Path

import pytest

from bench import benchmark, errors, matrix, runs, settings
from bench.evaluation.evidence import Evidence, EvidenceError, first_ranks, locate
from bench.tasks import rerankers, retrievers, search
from toy import edit, run

EVIDENCE = {"document": "animals/book-0", "section": "", "quote": "The heron likes frogs best."}


def task() -> search.Search:
    return search.Search(matrix.load_matrix(), settings.load_settings().tasks["search"])


def system(retriever: str, **more: str) -> matrix.System:
    return matrix.System(task="search", parts={"retriever": retriever, "chunker": "headings", **more})


def asked(question: str, retriever: str = "bm25", evidence: tuple[dict[str, str], ...] = ()) -> tuple[runs.Row, str]:
    """The row of a question, and the text of its first passage."""
    case = benchmark.Question.model_validate({"id": "q", "split": "dev", "question": question, "evidence": evidence})
    found = task()
    (row,) = found.run(system(retriever), [case], 1, None)
    return row, found.text(system(retriever), row.output)


@pytest.mark.parametrize("retriever", ["bm25", "dense", "hybrid"])
def test_the_passage_that_says_so_comes_first(fresh: Path, retriever: str) -> None:
    row, text = asked("What does the heron like best?", retriever, (EVIDENCE,))
    assert set(row.scores.values()) == {1}
    assert "The heron likes frogs" in text


@pytest.mark.parametrize("question", ["Is it in there?", "???"])
def test_a_question_without_a_word_to_look_for_finds_nothing(fresh: Path, question: str) -> None:
    assert (asked(question)[0].output, asked(question)[0].shown) == ("", [])
    assert asked(question, "hybrid")[0].confidence is None


def test_the_scores_are_about_where_the_evidence_ranks(fresh: Path) -> None:
    row, text = asked("raven carrion heron", evidence=(EVIDENCE,))
    assert "raven" in text
    assert row.scores == {"ndcg_at_10": 0.63093, "recall_at_5": 1, "recall_at_10": 1, "mrr_at_10": 0.5}
    assert set(asked("raven", evidence=(EVIDENCE,))[0].scores.values()) == {0}
    row, text = asked("xylophone?")  # without evidence, there is nothing to score
    assert (row.output, row.confidence, row.shown, row.scores, text) == ("", 0, [], {}, "")
    with pytest.raises(EvidenceError, match="the quotation 'nothing' stands in no places of animals/book-0"):
        asked("raven", evidence=({**EVIDENCE, "quote": "nothing"},))


def test_a_row_is_enough_to_compute_its_scores_again(fresh: Path) -> None:
    row, _ = asked("raven heron raven like frogs best", evidence=(EVIDENCE,))
    assert len(row.shown) > 3
    found = task()
    passages = [locate("q", Evidence.model_validate(EVIDENCE), found.documents)]
    ranks = first_ranks(passages, [found._index(system("bm25")).by_id[one] for one in row.shown])
    assert {name: round(score(ranks), 6) for name, score in search.METRICS.items()} == row.scores


def test_a_reranker_orders_the_first_passages_and_keeps_the_rest_behind_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(rerankers.SCORERS, "sentences", lambda question, passages, index: [0.1, 0.3, 0.2])
    found = [("a", 9.0), ("b", 8.0), ("c", 7.0), ("d", 6.0), ("e", 5.0)]
    again = rerankers.rerank(rerankers.RerankerOptions(kind="sentences", top=3), "?", found, retrievers.Index([]))
    assert [one for one, _ in again] == ["b", "c", "a", "d", "e"]
    assert again[0][1] == 0.3  # its own score, that can be compared with those of other questions
    mixed = rerankers.rerank(
        rerankers.RerankerOptions(kind="sentences", top=3, weight=0), "?", found, retrievers.Index([])
    )
    assert [one for one, _ in mixed] == list("abcde")


def test_a_second_look_at_the_first_two_changes_nothing_else(fresh: Path) -> None:
    found, _, _ = run("dev")
    first, again = found.by_system["hybrid/headings"], found.by_system["hybrid/headings/sentences"]
    assert all(set(a.shown[:2]) == set(b.shown[:2]) for a, b in zip(first, again, strict=True))
    assert any(a.shown != b.shown for a, b in zip(first, again, strict=True))


def test_what_needs_an_optional_model_says_so(fresh: Path) -> None:
    assert task().missing(system("dense", reranker="sentences")) == ""
    assert "make models" in task().missing(system("bm25", reranker="cross"))
    edit("systems.toml", 'kind = "dense"', 'kind = "dense", embedder = "bge"')
    assert "make models" in task().missing(system("dense"))
    edit("systems.toml", '"bge"', '"bgee"')
    with pytest.raises(errors.BenchError, match="dense: embedder: Input should be 'minilm' or 'bge'"):
        task().missing(system("dense"))
