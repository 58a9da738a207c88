"""Documents, filters and questions of any shape, against a model in memory."""

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from assistant.passages import Document
from assistant.stores.base import Index, Listed, Store, Where
from assistant.words import content_words
from toy import HashEmbedder, index_document, toy_chunks

EMBEDDER = HashEmbedder()
WORDS = ["amber", "basalt", "copper", "flint", "garnet", "jade", "opal", "topaz"]
VALUES = {"kind": ["x", "y", "z"], "colour": ["red", "blue"]}
SYNTAX = ['"', "'", "(", "*", "^", "NEAR(", " AND ", "NOT ", "text:", "-", "!", "&", "|", "<->", "\\", "%", ";", "{"]
ALL = 1000

few = hypothesis_settings(
    max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
stones = st.builds(
    lambda name, words, metadata: Document(name, "Stone", f"# Stone\n\nIt holds {' '.join(words)}.\n", "0", metadata),
    st.sampled_from("abcdefgh"),
    st.lists(st.sampled_from(WORDS), min_size=1, max_size=3),
    st.fixed_dictionaries({}, optional={name: st.sampled_from(values) for name, values in VALUES.items()}),
)
questions = st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).map(" ".join)


@pytest.fixture
def store(index: Index) -> Store:
    return index.store


def passes(document: Document, where: Where) -> bool:
    return all(document.metadata.get(name) in accepted for name, accepted in where.items())


@few
@given(steps=st.lists(stones | st.sampled_from("abcdefgh"), max_size=12), question=questions, data=st.data())
def test_a_store_does_what_a_dictionary_would(
    store: Store, steps: list[Document | str], question: str, data: st.DataObject
) -> None:
    store.clear()
    model: dict[str, Document] = {}
    for step in steps:  # a document is put in, a name removed
        if isinstance(step, str):
            assert store.remove(step) == bool(model.pop(step, None))
        else:
            index_document(store, EMBEDDER, step)
            model[step.id] = step
    facets = {name: [one.metadata[name] for one in model.values() if name in one.metadata] for name in VALUES}
    assert store.documents() == [Listed(id_, "Stone", "0", 1, one.metadata) for id_, one in sorted(model.items())]
    assert store.facets() == {
        name: {value: values.count(value) for value in set(values)} for name, values in facets.items() if values
    }
    names = [name for name in data.draw(st.sets(st.sampled_from(list(VALUES)))) if facets[name]]
    where = {name: data.draw(st.lists(st.sampled_from(facets[name]), min_size=1)) for name in names}
    allowed = [one for one in model.values() if passes(one, where)]

    vector = EMBEDDER.embed([question])[0]
    cosines = {f"{one.id}#0": float(EMBEDDER.embed([toy_chunks(one)[0].text])[0] @ vector) for one in allowed}
    found = store.dense(vector, ALL, where)
    assert dict(found) == pytest.approx(cosines, abs=1e-6)
    assert found == sorted(found, key=lambda hit: (-hit[1], hit[0]))
    assert store.dense(vector, 2, where) == found[:2]

    worded = store.lexical(question, ALL, where)
    assert {id_ for id_, _ in worded} == {
        f"{one.id}#0" for one in allowed if set(question.split()) & set(content_words(one.text))
    }
    assert worded == [hit for hit in store.lexical(question, ALL) if passes(model[hit[0][0]], where)]
    assert store.lexical(question, 2, where) == worded[:2]


@few
@given(parts=st.lists(st.sampled_from(WORDS + SYNTAX) | st.text(max_size=3), max_size=12))
def test_a_lexical_search_knows_words_and_no_syntax(store: Store, parts: list[str]) -> None:
    if len(store.documents()) != len(WORDS):
        store.clear()
        for word in WORDS:
            index_document(store, EMBEDDER, Document(word, "Stone", f"# Stone\n\nIt holds {word}.\n"))
    asked = content_words(" ".join(parts))
    expected = {f"{word}#0" for word in WORDS if word in asked}
    found = {id_ for id_, _ in store.lexical(" ".join(parts), ALL)}
    assert found == expected or (found > expected and {"stone", "it", "holds", "hold"} & set(asked))


def test_a_pasted_file_costs_no_more_than_a_long_question(store: Store) -> None:
    filler = " ".join(f"w{number}" for number in range(200_000))
    assert store.lexical(f"book {filler}", ALL) == store.lexical("book", ALL) != []
    assert store.lexical(f"{filler} book", ALL) == []
