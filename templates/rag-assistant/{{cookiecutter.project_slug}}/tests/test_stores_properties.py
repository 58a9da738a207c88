"""Filters and full-text questions of any shape, on each real database, against what the documents say."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from assistant.passages import Document
from assistant.stores.base import Store
from assistant.stores.local_postgres import LocalPostgres
from assistant.stores.postgres import PostgresStore
from assistant.stores.sqlite import SqliteStore
from assistant.stores.words import MOST, QUESTION_WORDS, content_words
from toy import HashEmbedder, index_toy

WORDS = ["amber", "basalt", "copper", "flint", "garnet", "jade", "opal", "topaz"]
VALUES = {"kind": ["x", "y", "z"], "colour": ["red", "blue"]}
SYNTAX = [
    '"',
    "'",
    "(",
    ")",
    "*",
    "^",
    "NEAR(",
    " AND ",
    " OR ",
    "NOT ",
    "text:",
    "-",
    ":",
    "!",
    "&",
    "|",
    "<->",
    "\\",
    "%",
    ";",
]
ALL = 1000

few = hypothesis_settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
wheres = st.dictionaries(st.sampled_from(list(VALUES)), st.just(None)).flatmap(
    lambda names: st.fixed_dictionaries({name: st.lists(st.sampled_from(VALUES[name]), min_size=1) for name in names})
)


def _documents() -> list[Document]:
    chance = random.Random(7)
    return [
        Document(
            f"d{number:02}",
            "Stone",
            f"# Stone\n\nIt holds {' '.join(chance.sample(WORDS, 3))}.\n",
            "0" * 64,
            {name: chance.choice(values) for name, values in VALUES.items()},
        )
        for number in range(40)
    ]


DOCUMENTS = {document.id: document for document in _documents()}


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def stones(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    store: Store
    if request.param == "sqlite":
        store = SqliteStore(tmp_path_factory.mktemp("stones") / "index.db", HashEmbedder.dimensions)
    else:
        server: LocalPostgres = request.getfixturevalue("postgres")
        store = PostgresStore(server.start(), HashEmbedder.dimensions, "stones")
    index_toy(store, HashEmbedder(), list(DOCUMENTS.values()))
    yield store
    store.close()


def passes(chunk: str, where: dict[str, list[str]]) -> bool:
    metadata = DOCUMENTS[chunk.split("#")[0]].metadata
    return all(metadata[name] in accepted for name, accepted in where.items())


@few
@given(where=wheres, k=st.integers(1, 50), words=st.lists(st.sampled_from(WORDS), min_size=1))
def test_a_filter_takes_hits_away_and_changes_nothing_else(
    stones: Store, where: dict[str, list[str]], k: int, words: list[str]
) -> None:
    question = " ".join(words)
    vector = HashEmbedder().embed([question])[0]
    assert stones.dense(vector, k, where) == [hit for hit in stones.dense(vector, ALL) if passes(hit[0], where)][:k]
    every = stones.lexical(question, ALL)
    assert stones.lexical(question, k, where) == [hit for hit in every if passes(hit[0], where)][:k]


@few
@given(parts=st.lists(st.sampled_from(WORDS + SYNTAX) | st.text(max_size=3), max_size=12))
def test_a_lexical_search_knows_words_and_no_syntax(stones: Store, parts: list[str]) -> None:
    text = " ".join(parts)
    asked = set(content_words(text))
    expected = {id_ for id_, document in DOCUMENTS.items() if asked & set(content_words(document.text))}
    found = {id_.removesuffix("#0") for id_, _ in stones.lexical(text, ALL)}
    if asked.isdisjoint({"stone", "it", "holds", "hold"}):
        assert found == expected
    else:
        assert found >= expected


@given(st.text())
def test_content_words_are_in_the_text(text: str) -> None:
    words = content_words(text)
    assert len(words) == len(set(words))
    assert all(word.isalnum() for word in words)
    assert QUESTION_WORDS.isdisjoint(words) or QUESTION_WORDS.issuperset(words)
    assert content_words(" ".join(words)) == words


def test_a_pasted_file_costs_no_more_than_a_long_question(stones: Store) -> None:
    filler = " ".join(f"w{number}" for number in range(200_000))
    assert stones.lexical(f"{' '.join(WORDS)} {filler}", ALL) == stones.lexical(" ".join(WORDS), ALL)
    assert stones.lexical(f"{filler} amber", ALL) == []
    assert len(content_words(filler)) == MOST
