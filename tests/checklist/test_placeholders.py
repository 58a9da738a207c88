"""Whose words a section holds: the owner's, the template's, or nobody's."""

from __future__ import annotations

import random

import pytest

from scaffolder.check.engine.finding import State
from scaffolder.check.readers.markdown import Document
from scaffolder.check.words.placeholders import containment, marked, own_words, shingles, stubs, words, written
from scaffolder.tree import File

STUB = (
    "The service estimates for one customer the probability that they leave, and says whether a retention offer is "
    "worth its price. Customers of a telecom company come with contract, services, charges and household."
)
OWN = (
    "Our call centre phones two hundred customers a week and keeps eleven of them, at nine euros a call. We want to "
    "keep thirty of them with the same people, which the finance department counts as solved."
)
STUBS = frozenset(shingles(STUB))


def _state(body: str, least: int = 20) -> State:
    return written(Document("README.md", f"## Problem\n\n{body}\n").section("problem"), STUBS, least).state


def _changed(text: str, share: float, seed: int = 1) -> str:
    every = text.split()
    chosen = random.Random(seed).sample(range(len(every)), round(len(every) * share))
    return " ".join(f"word{i}" if i in chosen else word for i, word in enumerate(every))


@pytest.mark.parametrize(
    "text",
    [
        *(
            "TODO(problem): who loses what?",
            "Some words. TODO: the rest",
            "TBD",
            "tbd.",
            "n/a",
            "N / A",
            "_None yet_",
            "..TODO..",
        ),
        *("Coming soon!", "to be written", "Lorem ipsum dolor sit", "[More Information Needed]", "<your text here>"),
        *("[describe the problem]", "_Not measured yet: run `make demo`._", "Fill this in"),
    ],
)
def test_what_says_itself_that_it_is_unfinished(text: str) -> None:
    assert marked(text)


@pytest.mark.parametrize(
    "text", ["None of the rows was measured twice.", "The todo list app", OWN, "We fill in missing values", "[docs](a)"]
)
def test_what_is_finished_although_it_looks_like_it(text: str) -> None:
    assert not marked(text)


@pytest.mark.parametrize(
    ("body", "state"),
    [
        (OWN, State.DONE),
        (f"{STUB}\n\n{OWN}", State.DONE),  # beside the template's own words, which may stay
        (STUB, State.PLACEHOLDER),
        (f"{OWN}\n\nTODO(cost): who told you?", State.PLACEHOLDER),
        (f"{OWN}\n\n| a | b |\n|---|---|\n| 1 | TODO(b): what? |", State.PLACEHOLDER),
        ("TBD", State.PLACEHOLDER),
        ("Two words.", State.MISSING),
        ("Many words. " * 40, State.MISSING),  # the same words again are no more words
        (f"<!-- measured:x -->\n{OWN}\n<!-- /measured:x -->", State.MISSING),
        (f"```\n{OWN}\n```", State.MISSING),
        (f"<!-- {OWN} -->", State.MISSING),
        (f"<!-- TODO(problem): hidden -->\n\n{OWN}", State.DONE),
    ],
)
def test_states(body: str, state: State) -> None:
    assert _state(body) is state


def test_there_is_no_section() -> None:
    assert written(None, STUBS).state is State.MISSING


@pytest.mark.parametrize("seed", range(20))
def test_the_template_s_text_with_a_fifth_of_its_words_changed_is_still_the_template_s(seed: int) -> None:
    assert _state(_changed(STUB, 0.2, seed)) is State.PLACEHOLDER


def test_evidence_shows_the_line_and_the_words() -> None:
    verdict = written(Document("README.md", f"## Problem\n\n{OWN}\n\n{STUB}\nTODO(x): y\n").section("problem"), STUBS)
    assert str(verdict.evidence[0]).startswith("README.md:5: unfinished: “The service estimates")
    verdict = written(Document("README.md", f"## Problem\n\n{STUB}\n").section("problem"), STUBS)
    assert str(verdict.evidence[0]).startswith("README.md:3: still the template's words (100%)")
    verdict = written(Document("README.md", f"## Problem\n\n{OWN}\n").section("problem"), STUBS)
    assert str(verdict.evidence[0]) == "README.md:3: 37 words of its own"


def test_words_of_scripts_without_spaces_are_counted() -> None:
    assert len(words("顧客が離れる理由")) == 8
    assert own_words("顧客が離れる理由") == 8
    assert words("Don't re-train") == ["don't", "re", "train"]


def test_containment_is_a_share() -> None:
    assert containment(STUB, STUBS) == 1
    assert containment(OWN, STUBS) == 0
    assert containment("", STUBS) == 0
    assert 0.3 < containment(_changed(STUB, 0.2), STUBS) < 0.8


def test_a_stranger_s_repository_is_compared_with_every_bundled_template() -> None:
    every = stubs(None, ())
    assert containment("TODO(problem): who loses what when a customer leaves, how often does that happen", every) == 1
    assert containment(OWN, every) < 0.1


def test_a_generated_repository_is_compared_with_its_own_template() -> None:
    tree = {"README.md": File(f"# A\n\n{STUB}\n```sh\nsome code of it\n```\n".encode()), "a.py": File(OWN.encode())}
    own = stubs(tree, ())
    assert containment(STUB, own) == 1
    assert containment(OWN, own) == containment("some code of it", own) == 0
