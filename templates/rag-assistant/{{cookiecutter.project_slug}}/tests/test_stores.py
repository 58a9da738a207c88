"""What the database of this project has to keep to."""

import re

import numpy as np
import pytest

from assistant.embedding.base import Vectors
from assistant.errors import QuestionError
from assistant.passages import Chunk, Document, Span
from assistant.stores.base import Index, Listed, Store
from toy import HashEmbedder, index_document, index_toy, toy_chunks, toy_documents

EMBEDDER = HashEmbedder()
ALL = 100


# Empties the index, fills it with something else, and is killed before it has finished.
@pytest.fixture
def store(index: Index) -> Store:
    return index.store


def note(name: str, text: str, **metadata: str) -> Document:
    """A document of one paragraph."""
    return Document(name, name.title(), f"# {name}\n\n{text}\n", "0" * 64, metadata)


def everything(store: Store) -> object:
    found = store.lexical("book room card", ALL), store.dense(axis(0), ALL)
    return store.documents(), store.facets(), store.fingerprint(), found


def axis(number: int) -> Vectors:
    vector: Vectors = np.eye(EMBEDDER.dimensions, dtype=np.float32)[number]
    return vector


def test_what_goes_in_comes_out(store: Store) -> None:
    empty = Document("empty", "Empty", "", "1" * 64, {"kind": "guide"})
    store.replace(empty, [], EMBEDDER.embed([]), EMBEDDER.embed([]))
    documents = [empty, *toy_documents()]
    chunks = [chunk for document in documents for chunk in toy_chunks(document)]
    assert store.documents() == [
        Listed(one.id, one.title, one.digest, len(toy_chunks(one)), one.metadata) for one in documents
    ]
    assert [store.document(one.id) for one in documents] == documents
    assert store.document("nowhere") is None
    ids = [chunk.id for chunk in reversed(chunks)]
    assert store.chunks([*ids, "nowhere"]) == chunks[::-1]
    vectors = store.sentence_vectors([*ids, "nowhere"])
    assert vectors.keys() == set(ids)
    for chunk in chunks:
        np.testing.assert_array_equal(vectors[chunk.id], EMBEDDER.embed(chunk.sentence_texts()))
    assert store.facets() == {"kind": {"guide": 3, "reference": 1}, "topic": {"borrowing": 2, "building": 1}}


def test_offsets_hold_in_any_text(store: Store) -> None:
    text = "# A\n\n\N{PILE OF POO} naïve \0 ﬁle 日本語, %s '\" :x $1 {}.\n"
    document = Document("odd/né 'x", "O'Neil %", text, "2" * 64, {"it's %s": '"\\'})
    chunk = Chunk("odd#0", document.id, "O'Neil %", ("A",), Span(5, 11), text[5:11], (Span(7, 11),), document.metadata)
    vector = EMBEDDER.embed([chunk.text])
    store.replace(document, [chunk], vector, vector)
    assert store.document(document.id) == document
    assert store.chunks(["odd#0"]) == [chunk]
    assert store.lexical("NAIVE", 1, {"it's %s": ['"\\']})[0][0] == "odd#0"


def test_what_is_gone_neither_hides_nor_weighs(store: Store) -> None:
    index_document(store, EMBEDDER, note("weak", "A zebra and five other animals."))
    before = store.lexical("zebra", 1), store.dense(EMBEDDER.embed(["zebra"])[0], 1)
    for number in range(9):
        index_document(store, EMBEDDER, note("strong", f"zebra zebra zebra {number}."))
    index_document(store, EMBEDDER, note("strong", "Nothing of that kind."))
    assert store.lexical("zebra", 1)[0][0] == "weak#0"
    assert store.remove("strong")
    assert not store.remove("strong")
    assert (store.lexical("zebra", 1), store.dense(EMBEDDER.embed(["zebra"])[0], 1)) == before


def test_lexical_search_scores_by_bm25(store: Store) -> None:
    store.clear()
    texts = {f"n{i}": "lorem " * (i + 1) for i in range(9)} | {"one": "zebra lorem", "two": "zebra zebra quagga"}
    index_toy(store, EMBEDDER, [note(name, f"{text}.") for name, text in texts.items()])
    words = {name: [name, name, name, *text.split()] for name, text in texts.items()}  # title, section, heading, text
    mean = np.mean([len(one) for one in words.values()])

    def bm25(document: str, word: str) -> float:
        holders = sum(word in one for one in words.values())
        weight = np.log((len(words) - holders + 0.5) / (holders + 0.5))
        count = words[document].count(word)
        return float(weight * count * 2.2 / (count + 1.2 * (0.25 + 0.75 * len(words[document]) / mean)))

    assert dict(store.lexical("zebra quagga", ALL)) == pytest.approx(
        {"one#0": bm25("one", "zebra"), "two#0": bm25("two", "zebra") + bm25("two", "quagga")}, rel=1e-4
    )


@pytest.mark.parametrize(
    ("question", "best"),
    [
        ("How do I get a loan renewed?", "guides/loans#2"),
        ("RENEWING", "guides/loans#2"),
        ("lost a book - what does that cost?", "reference/fees#1"),
        ("the quiet roóm", "guides/rooms#0"),
        ("who may borrow?", "guides/loans#0"),
    ],
)
def test_lexical_search_finds_words_in_other_forms(store: Store, question: str, best: str) -> None:
    found = store.lexical(question, 3)
    assert found[0][0] == best
    assert all(score > 0 for _, score in found)
    assert store.lexical("Who is on?", 3)  # question words are searched for if there are no others


@pytest.mark.parametrize("text", ["", "?!", "_", "\0", "\ud800", "- - -", "xyzzy"])
def test_a_question_without_known_words_finds_nothing(store: Store, text: str) -> None:
    assert store.lexical(text, ALL) == []
    assert store.document(text) is None


@pytest.mark.parametrize(
    ("where", "message"),
    [
        ({"colour": ["red"]}, "no document has a field 'colour'; there are: kind, topic"),
        ({"kind": ["guide", "novel"]}, "no document's kind is 'novel'; there are: guide, reference"),
        ({"\ud800": ["' OR 1=1 --"]}, "there are: kind, topic"),
    ],
)
def test_refuses_a_filter_that_nothing_can_pass(store: Store, where: dict[str, list[str]], message: str) -> None:
    with pytest.raises(QuestionError, match=re.escape(message)):
        store.dense(axis(0), 3, where)
    with pytest.raises(QuestionError, match=re.escape(message)):
        store.lexical("book", 3, where)


def test_an_exception_undoes_the_whole_transaction_and_a_part_of_it_by_itself(store: Store) -> None:
    store.set_fingerprint("by hand")
    before = everything(store)

    def half_a_job() -> None:
        with store.transaction():
            store.clear()
            assert everything(store) == ([], {}, None, ([], []))
            store.set_fingerprint("half")
            index_document(store, EMBEDDER, note("new", "It borrows a book."))
            with pytest.raises(ValueError, match="zip"):
                store.replace(toy_documents()[0], [], axis(0)[None], axis(0)[None])
            assert [one.id for one in store.documents()] == ["new"]  # it sees what it has written
            raise InterruptedError

    with pytest.raises(InterruptedError):
        half_a_job()
    assert everything(store) == before
    with pytest.raises(ValueError, match="zip"):
        store.replace(toy_documents()[0], [], axis(0)[None], axis(0)[None])
    assert everything(store) == before
