"""What top scores to expect: the index asked about its own headings, once after each ingest."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pydantic import ValidationError

from ..embedding.base import Embedder
from ..passages import Hit
from ..retrieval.search import Retriever
from ..settings import Retrieval
from ..stores.base import Store
from .drift import Baseline, baseline_of

FACT = "score_baseline"
MOST_QUERIES = 200  # about a second with the default model
HEADING = re.compile(r"^#{1,6}[ \t]+(\S.*?)[ \t#]*$", re.MULTILINE)


def top_score(hits: Sequence[Hit]) -> float | None:
    """Cosine similarity of the nearest passage, or its score where the retriever asks no vectors; None without one."""
    dense = [hit.dense for hit in hits if hit.dense is not None]
    return max(dense or [hit.score for hit in hits], default=None)


def record_baseline(store: Store, embedder: Embedder, settings: Retrieval) -> Baseline | None:
    """Search for the index's own headings and keep the distribution of top scores among its facts.

    None, and nothing kept, where no document has a heading to ask for.
    """
    retriever = Retriever(store, embedder, settings)
    found = [top_score(retriever.search(query)) for query in headings(store)]
    scores = [score for score in found if score is not None]
    if not scores:
        return None
    baseline = baseline_of(scores)
    store.set_facts({FACT: baseline.model_dump_json()})
    return baseline


def read_baseline(store: Store) -> Baseline | None:
    """The kept distribution; None where there is none that can be read."""
    try:
        return Baseline.model_validate_json(store.facts().get(FACT, ""))
    except ValidationError:
        return None


def headings(store: Store, most: int = MOST_QUERIES) -> list[str]:
    """Titles and section headings of the documents, evenly picked where there are more than `most`."""
    found: set[str] = set()
    for listed in store.documents():
        found.add(listed.title.strip())
        if document := store.document(listed.id):
            found.update(HEADING.findall(document.text))
    queries = sorted(found - {""})
    step = max(1.0, len(queries) / most)
    return [queries[int(position * step)] for position in range(min(most, len(queries)))]
