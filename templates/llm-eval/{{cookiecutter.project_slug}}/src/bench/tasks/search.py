"""Find the passages that answer a question: cut the documents, retrieve, rerank, and see where the evidence ranks."""

import time
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from pathlib import Path

from .. import encoders
from ..benchmark import AnyCase, Question, documents
from ..documents import markdown
from ..documents.chunking import Chunking, chunk
from ..evaluation import ranking
from ..evaluation.evidence import first_ranks, locate
from ..matrix import NONE, Matrix, System
from ..passages import Document
from ..runs import Row
from ..settings import Task
from .rerankers import RerankerOptions, rerank
from .retrievers import Found, Index, RetrieverOptions

METRICS: dict[str, Callable[[ranking.Ranks], float]] = {
    "ndcg_at_10": ranking.ndcg,
    "recall_at_5": lambda ranks: ranking.recall(ranks, 5),
    "recall_at_10": lambda ranks: ranking.recall(ranks, 10),
    "mrr_at_10": ranking.reciprocal_rank,
}


class Search:
    """Runs retrieval systems over the documents of the benchmark."""

    def __init__(self, matrix: Matrix, task: Task, root: Path = Path()) -> None:
        self._matrix, self._folder = matrix, root / task.documents
        self._indexes: dict[str, Index] = {}

    def missing(self, system: System) -> str:
        """Why a system cannot be run here; empty if it can."""
        retriever, reranker = self._retriever(system), self._reranker(system)
        needs_more = (retriever.kind != "bm25" and retriever.embedder == "bge") or (
            reranker and reranker.kind != "sentences"
        )
        return encoders.MORE_MODELS if needs_more and encoders.folder("bge_small_en") is None else ""

    def prepare(self, system: System) -> None:
        """Cut and embed the documents by asking once, so that this time does not count as that of the answers."""
        self._find(system, "warm up")

    def run(self, system: System, cases: Sequence[AnyCase], _repeats: int, _asker: object) -> Iterator[Row]:
        """A row for each question, in order."""
        chunks = self._index(system).by_id
        # A fused score says how a passage compares with the others found, not how well it answers.
        relative = self._retriever(system).kind == "hybrid" and self._reranker(system) is None
        for case in (one for one in cases if isinstance(one, Question)):
            started = time.perf_counter()
            found = self._find(system, case.question)
            ms = (time.perf_counter() - started) * 1000
            passages = [locate(case.id, one, self.documents) for one in case.evidence]
            ranks = first_ranks(passages, [chunks[one] for one, _ in found])
            yield Row(
                system=system.name,
                case=case.id,
                output=found[0][0] if found else "",
                scores={name: round(score(ranks), 6) for name, score in METRICS.items()} if ranks else {},
                confidence=None if relative else round(found[0][1], 6) if found else 0.0,
                ms=round(ms, 3),
                shown=[one for one, _ in found[: ranking.DEPTH]],
            )

    def _find(self, system: System, question: str) -> Found:
        index, reranker = self._index(system), self._reranker(system)
        found = index.find(self._retriever(system), question)
        return rerank(reranker, question, found, index) if reranker and found else found

    @cached_property
    def documents(self) -> dict[str, Document]:
        """The Markdown and text files of the folder; the id is the path without its suffix."""
        found = {}
        for path in documents(self._folder):
            reading = markdown.read(path.read_bytes())
            name = path.relative_to(self._folder).with_suffix("").as_posix()
            found[name] = Document(name, reading.title or path.stem.replace("-", " "), reading.text)
        return found

    def text(self, system: System, passage: str) -> str:
        """The text of a passage that a row of the system names; empty if its documents are now cut in another way."""
        found = self._index(system).by_id.get(passage)
        return found.text if found else ""

    def _index(self, system: System) -> Index:
        name = system.parts["chunker"]
        if name not in self._indexes:
            options = self._matrix.part(Chunking, "chunker", system)
            chunks = [one for document in self.documents.values() for one in chunk(document, options)]
            self._indexes[name] = Index(chunks)
        return self._indexes[name]

    def _retriever(self, system: System) -> RetrieverOptions:
        return self._matrix.part(RetrieverOptions, "retriever", system)

    def _reranker(self, system: System) -> RerankerOptions | None:
        if system.parts.get("reranker", NONE) == NONE:
            return None
        return self._matrix.part(RerankerOptions, "reranker", system)
