"""Which top scores to expect: after each ingest, the index is asked some known questions.

The questions are the benchmark's development ones, if it is about the indexed documents, else the documents' own
headings. Headings are nearer to their passages than questions are, so against them the drift is a trend to watch and
not an alarm.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pydantic import ValidationError

from ..documents.outline import outline
from ..embedding.base import Embedder
from ..evaluation.benchmark import BenchmarkError, read
from ..hits import Hit
from ..retrieval.search import Retriever
from ..settings import Evaluation, Settings
from ..stores.base import Store
from .drift import Baseline, Source, baseline_of

FACT = "score_baseline"
MOST_QUERIES = 200  # about a second with the default model


def top_score(hits: Sequence[Hit]) -> float | None:
    """Cosine similarity of the nearest passage, or its score where the retriever asks no vectors; None without one."""
    dense = [hit.dense for hit in hits if hit.dense is not None]
    return max(dense or [hit.score for hit in hits], default=None)


def record_baseline(store: Store, embedder: Embedder, settings: Settings) -> Baseline | None:
    """Search for the index's own questions and keep the distribution of top scores among its facts.

    None, and nothing kept, where there is nothing to ask for.
    """
    retriever = Retriever(store, embedder, settings.retrieval)
    source, queries = own_queries(store, settings.evaluation)
    found = [top_score(retriever.search(query)) for query in queries]
    scores = [score for score in found if score is not None]
    if not scores:
        return None
    baseline = baseline_of(scores, source)
    store.set_facts({FACT: baseline.model_dump_json()})
    return baseline


def read_baseline(store: Store) -> Baseline | None:
    """The kept distribution; None where there is none that can be read."""
    try:
        return Baseline.model_validate_json(store.facts().get(FACT, ""))
    except ValidationError:
        return None


def own_queries(store: Store, settings: Evaluation) -> tuple[Source, list[str]]:
    """What the index is asked, and where that comes from."""
    indexed = {one.id for one in store.documents()}
    if questions := development_questions(settings, indexed):
        return "questions", questions
    return "headings", headings(store)


def development_questions(settings: Evaluation, indexed: set[str]) -> list[str]:
    """The benchmark's; none if it cannot be read or rests on a document that is not indexed."""
    try:
        questions = [one for one in read(Path(settings.benchmark), settings.sha256) if one.split == "dev"]
    except BenchmarkError:
        return []
    documents = {evidence.document for one in questions for evidence in one.evidence}
    return [one.question for one in questions] if documents <= indexed else []


def headings(store: Store, most: int = MOST_QUERIES) -> list[str]:
    """Titles and section headings of the documents, evenly picked where there are more than `most`."""
    found: set[str] = set()
    for listed in store.documents():
        found.add(listed.title.strip())
        if document := store.document(listed.id):
            found.update(section.path[-1] for section in outline(document.text).sections if section.path)
    queries = sorted(found - {""})
    step = max(1.0, len(queries) / most)
    return [queries[int(position * step)] for position in range(min(most, len(queries)))]
