"""What every store has to keep to, tried on each real database."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from assistant.embedding.base import Vectors
from assistant.errors import DocumentError, QuestionError, StaleIndex
from assistant.passages import Chunk, Document, Span
from assistant.stores.base import VERSION, Listed, Store
from assistant.stores.local_postgres import LocalPostgres
from assistant.stores.postgres import PostgresStore
from assistant.stores.sqlite import SqliteStore
from toy import HashEmbedder, index_document, index_toy, toy_chunks, toy_documents

Open = Callable[[int], Store]
ALL = 100


@pytest.fixture(params=["sqlite", "postgres"])
def open_store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Open]:
    """Opens the same, at first empty, index each time."""
    opened: list[Store] = []
    name = f"test_{secrets.token_hex(4)}"

    def open_one(dimensions: int) -> Store:
        if request.param == "sqlite":
            opened.append(SqliteStore(tmp_path / "stores" / "index.db", dimensions))
        else:
            server: LocalPostgres = request.getfixturevalue("postgres")
            opened.append(PostgresStore(server.start(), dimensions, name))
        return opened[-1]

    yield open_one
    for one in opened:
        one.close()


@pytest.fixture
def empty(open_store: Open) -> Store:
    return open_store(HashEmbedder.dimensions)


@pytest.fixture
def store(empty: Store, embedder: HashEmbedder) -> Store:
    """The toy corpus, indexed."""
    index_toy(empty, embedder)
    return empty


def note(name: str, text: str, **metadata: str) -> Document:
    """A document of one paragraph."""
    return Document(name, name.title(), f"# {name}\n\n{text}\n", "0" * 64, metadata)


def everything(store: Store) -> object:
    return store.documents(), store.facets(), store.lexical("book room card", ALL), store.dense(axis(0), ALL)


def axis(number: int) -> Vectors:
    vector = np.zeros(HashEmbedder.dimensions, dtype=np.float32)
    vector[number] = 1
    return vector


def test_lists_documents_by_id(store: Store, documents: list[Document]) -> None:
    loans, rooms, fees = documents
    expected = [(loans, 3), (rooms, 2), (fees, 2)]
    assert store.documents() == [Listed(one.id, one.title, one.digest, n, one.metadata) for one, n in expected]


def test_returns_documents_and_passages_as_they_were(store: Store, documents: list[Document]) -> None:
    for document in documents:
        assert store.document(document.id) == document
        chunks = toy_chunks(document)
        assert store.chunks([chunk.id for chunk in chunks]) == chunks
    assert store.document("nowhere") is None


def test_returns_passages_in_the_order_asked_for(store: Store) -> None:
    wanted = ["reference/fees#1", "nowhere", "guides/loans#0", "guides/rooms#1"]
    assert [chunk.id for chunk in store.chunks(wanted)] == [id_ for id_ in wanted if id_ != "nowhere"]
    assert store.chunks([]) == []


def test_returns_the_vectors_of_each_sentence(store: Store, embedder: HashEmbedder) -> None:
    chunks = [chunk for document in toy_documents() for chunk in toy_chunks(document)]
    found = store.sentence_vectors([*(chunk.id for chunk in chunks), "nowhere"])
    assert found.keys() == {chunk.id for chunk in chunks}
    for chunk in chunks:
        np.testing.assert_array_equal(found[chunk.id], embedder.embed(chunk.sentence_texts()))


def test_counts_the_documents_with_each_value(store: Store) -> None:
    assert store.facets() == {"kind": {"guide": 2, "reference": 1}, "topic": {"borrowing": 2, "building": 1}}


def test_replacing_leaves_nothing_of_the_document_before(store: Store, embedder: HashEmbedder) -> None:
    new = note("guides/loans", "Whoever is asleep borrows nothing.", kind="joke")
    index_document(store, embedder, new)
    assert store.document(new.id) == new
    assert store.chunks(["guides/loans#1", "guides/loans#2"]) == []
    assert store.lexical("renewed", ALL) == []
    assert [id_ for id_, _ in store.lexical("asleep", ALL)] == ["guides/loans#0"]
    assert len(store.dense(axis(0), ALL)) == 5
    assert store.facets()["kind"] == {"guide": 1, "joke": 1, "reference": 1}


def test_what_is_gone_neither_hides_nor_weighs(empty: Store, embedder: HashEmbedder) -> None:
    index_document(empty, embedder, note("weak", "A zebra and five other animals."))
    index_toy(empty, embedder)
    before = empty.lexical("zebra", 1), empty.dense(embedder.embed(["zebra"])[0], 1)
    for number in range(9):
        index_document(empty, embedder, note("strong", f"zebra zebra zebra {number}."))
    index_document(empty, embedder, note("strong", "Nothing of that kind."))
    assert empty.lexical("zebra", 1)[0][0] == "weak#0"
    empty.remove("strong")
    assert (empty.lexical("zebra", 1), empty.dense(embedder.embed(["zebra"])[0], 1)) == before


def test_removing_leaves_nothing_of_the_document(store: Store) -> None:
    assert store.remove("guides/loans")
    assert store.document("guides/loans") is None
    assert not any(id_.startswith("guides/loans") for id_, _ in store.dense(axis(0), ALL) + store.lexical("book", ALL))
    assert store.facets() == {"kind": {"guide": 1, "reference": 1}, "topic": {"borrowing": 1, "building": 1}}
    assert not store.remove("guides/loans")


def test_clearing_forgets_documents_and_facts(store: Store) -> None:
    store.set_facts({"made": "by hand"})
    store.clear()
    assert everything(store) == ([], {}, [], [])
    assert "made" not in store.facts()


def test_keeps_a_document_without_passages(store: Store, embedder: HashEmbedder) -> None:
    empty = Document("empty", "Empty", "", "1" * 64, {"kind": "none"})
    store.replace(empty, [], embedder.embed([]), embedder.embed([]))
    assert store.document("empty") == empty
    assert store.documents()[0] == Listed("empty", "Empty", "1" * 64, 0, {"kind": "none"})


def test_remembers_facts(store: Store) -> None:
    store.set_facts({"a": "1", "b": "2"})
    store.set_facts({"b": "3"})
    facts = store.facts()
    assert (facts["a"], facts["b"]) == ("1", "3")


def test_each_change_renews_the_version(store: Store, embedder: HashEmbedder, documents: list[Document]) -> None:
    versions = [store.facts()[VERSION]]
    for change in (
        lambda: index_document(store, embedder, documents[0]),
        lambda: store.remove("guides/loans"),
        store.clear,
    ):
        change()
        versions.append(store.facts()[VERSION])
    assert len(set(versions)) == 4
    store.remove("nowhere")
    assert store.facts()[VERSION] == versions[-1]


def test_finds_what_another_process_has_written(store: Store, open_store: Open) -> None:
    assert everything(open_store(HashEmbedder.dimensions)) == everything(store)


def test_dense_search_ranks_by_cosine(store: Store, embedder: HashEmbedder) -> None:
    chunks = [chunk for document in toy_documents() for chunk in toy_chunks(document)]
    question = embedder.embed(["May I renew my loan twice?"])[0]
    cosines = embedder.embed([chunk.text for chunk in chunks]) @ question
    expected = {chunk.id: float(cosine) for chunk, cosine in zip(chunks, cosines, strict=True)}
    found = store.dense(question, ALL)
    assert dict(found) == pytest.approx(expected, abs=1e-6)
    assert [score for _, score in found] == sorted((score for _, score in found), reverse=True)
    assert store.dense(question, 2) == found[:2]


def test_lexical_search_scores_by_bm25(empty: Store, embedder: HashEmbedder) -> None:
    texts = {f"n{i}": "lorem " * (i + 1) for i in range(9)} | {"one": "zebra lorem", "two": "zebra zebra quagga"}
    for name, text in texts.items():
        index_document(empty, embedder, note(name, f"{text}.", kind="note"))
    words = {name: [name, name, name, *text.split()] for name, text in texts.items()}  # title, section, heading, text
    mean = np.mean([len(one) for one in words.values()])

    def bm25(document: str, word: str) -> float:
        holders = sum(word in one for one in words.values())
        weight = np.log((len(words) - holders + 0.5) / (holders + 0.5))
        count = words[document].count(word)
        return float(weight * count * 2.2 / (count + 1.2 * (0.25 + 0.75 * len(words[document]) / mean)))

    assert dict(empty.lexical("quagga", ALL)) == pytest.approx({"two#0": bm25("two", "quagga")}, rel=1e-4)
    assert dict(empty.lexical("zebra quagga", ALL)) == pytest.approx(
        {"one#0": bm25("one", "zebra"), "two#0": bm25("two", "zebra") + bm25("two", "quagga")}, rel=1e-4
    )


@pytest.mark.parametrize(
    ("question", "best"),
    [
        ("How do I get a loan renewed?", "guides/loans#2"),
        ("RENEWING", "guides/loans#2"),
        ("lost a book - what does that cost?", "reference/fees#1"),
        ("the quiet roóm", "guides/rooms#0"),
        ("group ROOMS", "guides/rooms#1"),
    ],
)
def test_lexical_search_finds_words_in_other_forms(store: Store, question: str, best: str) -> None:
    found = store.lexical(question, 3)
    assert found[0][0] == best
    assert all(score > 0 for _, score in found)
    assert found == sorted(found, key=lambda hit: -hit[1])


def test_a_question_of_question_words_searches_for_them(store: Store) -> None:
    assert {id_ for id_, _ in store.lexical("Who may have what on the what?", ALL)} >= {"guides/rooms#0"}
    assert store.lexical("who may borrow?", ALL)[0][0] == "guides/loans#0"


@pytest.mark.parametrize("text", ["", " ", "?!", "_", "\0", "\ud800", "- - -", "xyzzy"])
def test_a_question_without_known_words_finds_nothing(store: Store, text: str) -> None:
    assert store.lexical(text, ALL) == []


def test_a_filter_is_applied_before_the_best_are_chosen(empty: Store, embedder: HashEmbedder) -> None:
    crowd = [note(f"n{i:03}", "How to borrow a book: borrow the book.", colour="common") for i in range(300)]
    index_toy(empty, embedder, [*crowd, note("last", "Zebras borrow seldom.", colour="rare")])
    question = "borrow book"
    where = {"colour": ["rare"]}
    assert [id_ for id_, _ in empty.dense(embedder.embed([question])[0], 1, where)] == ["last#0"]
    assert [id_ for id_, _ in empty.lexical(question, 1, where)] == ["last#0"]


def test_a_passage_must_satisfy_every_field_and_one_of_its_values(store: Store) -> None:
    def documents_of(where: dict[str, list[str]]) -> set[str]:
        return {id_.split("#")[0] for id_, _ in store.dense(axis(0), ALL, where)}

    assert documents_of({"kind": ["guide"], "topic": ["borrowing"]}) == {"guides/loans"}
    assert documents_of({"kind": ["guide", "reference"], "topic": ["borrowing"]}) == {"guides/loans", "reference/fees"}
    assert documents_of({"kind": ["reference"], "topic": ["building"]}) == set()
    assert len(documents_of({})) == 3


@pytest.mark.parametrize(
    ("where", "message"),
    [
        ({"colour": ["red"]}, "no document has a field 'colour'; there are: kind, topic"),
        ({"kind": ["guide", "novel"]}, "no document's kind is 'novel'; there are: guide, reference"),
        ({"kind": []}, "no document's kind is one of no values; there are: guide, reference"),
        ({"kind": ["guide' OR 1=1 --"]}, "there are: guide, reference"),
        ({"\ud800": ["x"]}, "there are: kind, topic"),
    ],
)
def test_refuses_a_filter_that_nothing_can_pass(store: Store, where: dict[str, list[str]], message: str) -> None:
    with pytest.raises(QuestionError, match=r".") as dense:
        store.dense(axis(0), 3, where)
    with pytest.raises(QuestionError, match=r".") as lexical:
        store.lexical("book", 3, where)
    assert str(dense.value) == str(lexical.value)
    assert message in str(dense.value)


def test_an_exception_undoes_the_whole_transaction(store: Store, embedder: HashEmbedder) -> None:
    before = everything(store), store.facts()

    def half_a_job() -> None:
        with store.transaction():
            store.clear()
            store.set_facts({"half": "done"})
            index_document(store, embedder, note("new", "It borrows a book."))
            assert [one.id for one in store.documents()] == ["new"]  # it sees what it has written
            raise InterruptedError

    with pytest.raises(InterruptedError):
        half_a_job()
    assert (everything(store), store.facts()) == before


def test_a_failed_replacement_leaves_the_document_as_it_was(
    store: Store, embedder: HashEmbedder, documents: list[Document]
) -> None:
    loans, rooms, _ = documents
    broken = replace(rooms, text="\ud800")
    with store.transaction():
        index_document(store, embedder, replace(loans, title="Lending"))
        chunks = toy_chunks(loans)
        with pytest.raises(DocumentError, match="not valid Unicode"):
            store.replace(broken, chunks, embedder.embed([""] * 3), embedder.embed([""] * 5))
    assert store.document(rooms.id) == rooms
    assert [one.title for one in store.documents()] == ["Lending", "Rooms", "Fees"]


def test_readers_see_the_last_state_while_another_thread_writes(store: Store, embedder: HashEmbedder) -> None:
    before = everything(store)
    written, seen = threading.Event(), threading.Event()

    def write() -> None:
        with store.transaction():
            store.clear()
            index_document(store, embedder, note("new", "It borrows a book."))
            written.set()
            assert seen.wait(20)

    with ThreadPoolExecutor(1) as pool:
        writer = pool.submit(write)
        assert written.wait(20)
        try:
            assert everything(store) == before
        finally:
            seen.set()
        writer.result()
    assert [one.id for one in store.documents()] == ["new"]


def test_many_threads_at_once(store: Store, embedder: HashEmbedder) -> None:
    def work(number: int) -> int:
        index_document(store, embedder, note(f"n{number}", f"Zebra number{number} borrows."))
        return len(store.lexical(f"number{number}", ALL)) + len(store.chunks([f"n{number}#0"]))

    with ThreadPoolExecutor(12) as pool:
        assert list(pool.map(work, range(36))) == [2] * 36
    assert len(store.documents()) == 39


def test_an_index_of_other_vectors_can_only_be_looked_at_and_cleared(
    store: Store, open_store: Open, documents: list[Document]
) -> None:
    other = open_store(3)
    assert (other.documents(), other.facts()) == (store.documents(), store.facts())
    vectors = np.eye(3, dtype=np.float32)
    with pytest.raises(StaleIndex, match=r"vectors of 64 numbers, .* makes 3; run `make ingest`"):
        other.dense(vectors[0], 3)
    with pytest.raises(StaleIndex):
        other.replace(documents[0], toy_chunks(documents[0]), vectors, np.zeros((5, 3), dtype=np.float32))
    with other.transaction():
        other.clear()
        other.replace(documents[0], toy_chunks(documents[0]), vectors, np.ones((5, 3), dtype=np.float32))
    assert [id_ for id_, _ in other.dense(vectors[1], 1)] == ["guides/loans#1"]
    assert other.sentence_vectors(["guides/loans#2"])["guides/loans#2"].shape == (2, 3)
    with pytest.raises(StaleIndex):
        store.dense(axis(0), 3)


def test_offsets_hold_in_any_text(store: Store, embedder: HashEmbedder) -> None:
    text = "# A\n\n\N{PILE OF POO} naïve \0 ﬁle 日本語, %s '\" :x $1.\n"
    document = Document("odd/né 'x", "O'Neil %", text, "2" * 64, {"kind": "it's %s"})
    chunk = Chunk(
        "odd#0", document.id, document.title, ("A",), Span(5, 11), text[5:11], (Span(7, 11),), document.metadata
    )
    vector = embedder.embed([chunk.text])
    store.replace(document, [chunk], vector, vector)
    (found,) = store.chunks(["odd#0"])
    kept = store.document(document.id)
    assert found == chunk
    assert kept is not None
    assert len(kept.text) == len(text)
    assert kept.text.replace("\N{REPLACEMENT CHARACTER}", "\0") == text
    assert kept.text[found.span.start : found.span.end] == found.text
    assert store.lexical("NAIVE", 1, {"kind": ["it's %s"]})[0][0] == "odd#0"
