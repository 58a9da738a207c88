"""What two students share nearly word for word is found; independent texts and the template's words are not."""

from __future__ import annotations

import json
import random
import re
import tracemalloc
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from collected_class import hand_in, make
from cost import at_most
from hypothesis import given, settings
from hypothesis import strategies as st
from support import Outcome

from scaffolder.check.template_words import shingles
from scaffolder.cli.cohort.similar import _wrapped
from scaffolder.cohort.report.similar import (
    COMMON,
    LEAST_RUNS,
    LEAST_SHARE,
    MOST_SHOWN,
    Pair,
    Section,
    Similar,
    similar,
)
from scaffolder.template import catalog
from scaffolder.template.answers import chosen, complete
from scaffolder.template.render import render

Run = Callable[..., Outcome]
INDEPENDENT = (  # answers to one question: who has the problem, what it costs, which number would show it solved
    "Nordtel loses about 1,400 customers a quarter. Each one costs 195 USD of margin, and the six people in retention can "
    "call 900 a week. If at least 60% of those who would leave are among the 900, the calls pay for themselves.",
    "My aunt runs a gym with 800 members in Graz. In January thirty of them stop paying, and she notices only in March. "
    "She would like a list on the first of each month, short enough to telephone through in one evening.",
    "The retention team of a telephone company calls customers at random. A call costs 4 USD, a lost customer 380. The "
    "model is worth its cost if half of the calls reach somebody who was about to leave; today it is one in nine.",
    "Customers who leave are expensive for every provider, because winning a new one costs five times as much as keeping "
    "an old one. We measure success by recall at the threshold that sends 20% of the customers to the call centre.",
    "Whoever cancels an internet contract costs us 31 euros a month. Support sees the complaints but nobody joins them "
    "with the bills. I want to see 70% of the leavers a month before they leave, with at most 500 letters.",
    "Each spring the streaming service of our university's radio loses a fifth of its listeners. They pay nothing, so the "
    "cost is the grant, which depends on 2,000 accounts. The number to watch is how many of the called stay until June.",
)
SMALL_WORDS = "the of and to in a is that for it with as on was at by we this are be".split()


def section(student: str, *paragraphs: str, item: str = "problem", project: str = "churn") -> Section:
    return Section(student, project, item, paragraphs)


def found(*sections: Section, students: int = 30) -> Similar:
    return similar(sections, dict.fromkeys({each.project for each in sections}, students))


def reworded(text: str, share: float, seed: int) -> str:
    """`text` with this share of its words replaced."""
    chance = random.Random(seed)
    said = text.split()
    for at in chance.sample(range(len(said)), round(share * len(said))):
        said[at] = f"other{at}"
    return " ".join(said)


def essay(seed: int, length: int = 120) -> str:
    """Words as frequent as in a language: a few small ones make up half of it."""
    chance = random.Random(seed)
    return " ".join(
        chance.choice(SMALL_WORDS) if chance.random() < 0.5 else f"w{int(1.2 ** chance.uniform(10, 50))}"
        for _ in range(length)
    )


def test_independent_answers_to_one_question_are_not_alike() -> None:
    assert found(*(section(f"s{number}", text) for number, text in enumerate(INDEPENDENT))) == Similar((), ())


@pytest.mark.parametrize("text", INDEPENDENT)
def test_a_copy_is_found_and_a_reworded_one_too(text: str) -> None:
    others = [section(f"s{number}", other) for number, other in enumerate(INDEPENDENT) if other != text]
    copies = [section("ada", text), section("zed", reworded(text, 0.1, 1))]
    (pair,) = found(*others, *copies).pairs
    assert (pair.students, pair.project, pair.item) == (("ada", "zed"), "churn", "problem")
    assert LEAST_SHARE <= pair.share < 1
    assert found(section("ada", text), section("zed", text.upper().replace(" ", "\n"))).pairs[0].share == 1.0
    assert found(section("ada", text), section("zed", reworded(text, 0.5, 1))).pairs == ()


def test_a_passage_inside_a_longer_text_is_found_and_shown_alone() -> None:
    copied = INDEPENDENT[0]
    long = (INDEPENDENT[1], f"As I see it: {copied} So far the plan.", INDEPENDENT[2])
    (pair,) = found(section("zed", *long), section("ada", copied)).pairs
    assert pair.students == ("ada", "zed")
    assert pair.texts == (copied.rstrip("."), copied.rstrip("."))


def test_short_phrases_are_no_passage() -> None:
    assert (
        found(section("ada", "See the data page for more."), section("zed", "See the data page for more.")).pairs == ()
    )


def test_only_the_same_item_of_the_same_project_is_compared_and_nobody_with_themselves() -> None:
    text = INDEPENDENT[0]
    assert found(
        section("ada", text), section("ada", text, item="limitations"), section("zed", text, project="rag")
    ) == Similar((), ())


def test_what_a_third_of_the_class_has_is_a_common_source() -> None:
    source, own = INDEPENDENT[0], INDEPENDENT[1:]
    users = [section(f"s{number}", source, own[number]) for number in range(5)]
    shown = found(*users, students=12)
    assert shown.pairs == ()
    (common,) = shown.common
    assert common.students == ("s0", "s1", "s2", "s3", "s4")
    assert common.text == source.rstrip(".")
    assert len(found(*users, students=15).pairs) == 10  # no more than a third
    copy = section("zed", source, own[3])
    (pair,) = found(*users, copy, students=12).pairs  # the source does not hide a copy of the rest
    assert (pair.students, pair.texts[0]) == (("s3", "zed"), own[3].rstrip("."))


def test_in_a_small_class_two_are_never_a_common_source() -> None:
    text = INDEPENDENT[0]
    assert len(found(section("ada", text), section("zed", text), students=2).pairs) == 1
    assert len(found(*(section(f"s{number}", text) for number in range(COMMON)), students=3).common) == 1


def test_items_that_share_a_section_are_shown_once() -> None:
    text = INDEPENDENT[0]
    both = [section(who, text, item=item) for who in ("ada", "zed") for item in ("model-card", "intended-use")]
    assert len(found(*both).pairs) == 1


def test_passages_are_bounded() -> None:
    text = " ".join(f"word{number}" for number in range(1_500))
    (pair,) = found(section("ada", text), section("zed", text)).pairs
    assert [len(text) for text in pair.texts] == [MOST_SHOWN, MOST_SHOWN]


WORDS = st.sampled_from("a b c d e f g h i j k l m n o p q r s t u v w x y z".split())
TEXTS = st.lists(st.lists(WORDS, min_size=1, max_size=40).map(" ".join), min_size=1, max_size=3)


@pytest.mark.slow
@settings(max_examples=150)
@given(st.lists(TEXTS, min_size=2, max_size=7), st.integers(0, 40))
def test_finds_what_comparing_each_with_each_would_find(texts: Sequence[Sequence[str]], students: int) -> None:
    sections = [section(f"s{number}", *paragraphs) for number, paragraphs in enumerate(texts)]
    runs = [set().union(*map(shingles, each.paragraphs)) for each in sections]
    most = max(students // 3, COMMON - 1)
    own = [{run for run in each if sum(run in other for other in runs) <= most} for each in runs]
    expected = {}
    for one in range(len(own)):
        for other in range(one):
            shared, shorter = len(own[one] & own[other]), min(len(own[one]), len(own[other]))
            if shared >= LEAST_RUNS and shared >= LEAST_SHARE * shorter:
                expected[f"s{other}", f"s{one}"] = round(shared / shorter, 2)
    pairs = found(*sections, students=students).pairs
    assert {pair.students: pair.share for pair in pairs} == expected
    assert [pair.share for pair in pairs] == sorted((pair.share for pair in pairs), reverse=True)
    assert all(text for pair in pairs for text in pair.texts)


@pytest.mark.slow
def test_a_large_class_takes_little_time_and_memory() -> None:
    copies = {(4, 17): 0.05, (40, 99): 0.15}
    sections = []
    for group in range(5):  # of 28 in a class of 200 with two projects
        texts = [essay(1_000 * group + number) for number in range(200)]
        for (one, other), share in copies.items():
            texts[other] = reworded(texts[one], share, group)
        sections += [Section(f"s{number}", "churn", f"item-{group}", (text,)) for number, text in enumerate(texts)]
    tracemalloc.start()
    with at_most(1_000):
        shown = similar(sections, {"churn": 200})
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert {pair.students for pair in shown.pairs} == {("s17", "s4"), ("s40", "s99")}
    assert len(shown.pairs) == 10
    assert peak < 60_000_000


def test_a_ring_of_copies_is_cut_and_counted() -> None:
    shown = found(*(section(f"s{number}", INDEPENDENT[0]) for number in range(40)), students=200)
    assert (len(shown.pairs), shown.left_out) == (500, 40 * 39 // 2 - 500)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Projects of a real template, each question answered in the student's own words; two have one problem."""
    made = make(tmp_path_factory.mktemp("class") / "class")
    template = catalog.bundled("classical-ml")
    tree = render(template, complete(template, chosen({"author_name": "Mara", "github_owner": "mara"})))
    files = {path: file.data for path, file in tree.items() if path.endswith((".md", ".toml"))}
    for number, student in enumerate(("ada", "ben", "cem", "dee")):
        answers = (essay(100 * number + question, 30) for question in range(1_000))
        words = {path: answered(data, student, answers) for path, data in files.items()}
        hand_in(made, student, words.pop("README.md").decode(), files=words)
    return made


def answered(data: bytes, student: str, answers: object) -> bytes:
    def answer(question: re.Match[str]) -> str:
        same = question[1] == "problem" and student in ("ben", "dee")
        return INDEPENDENT[0] if same else next(answers)  # type: ignore[call-overload]

    return re.sub(r"TODO\((\w+)\):[^|\n]*(?=\n| \|)", answer, data.decode()).encode()


def test_shows_copies_side_by_side_and_no_words_of_the_template(scaffolder: Run, folder: Path) -> None:
    code, out, err = scaffolder("cohort", "review", folder, "--similar")
    assert (code, err) == (0, "")
    assert out.startswith("Something to look at, not a verdict: quotations, sources that both used and work in pairs")
    assert "churn, problem: ben and dee share 100% of the shorter text\n" in out
    assert re.search(
        r"^  Nordtel loses about 1,400 customers a.* \| Nordtel loses about 1,400 customers a", out, re.MULTILINE
    )
    assert out.count(" share ") == 1
    assert "common source" not in out


def test_the_lines_of_code_stay_lines() -> None:
    code = "def hits(rows):\n    return [row for row in rows if row]\n\nprint('\x1b')"
    shown = list(_wrapped(code, 46))
    assert shown == ["def hits(rows):", "    return [row for row in rows if row]", "", "print('\\x1b')"]


def test_for_programs_and_of_one_student(scaffolder: Run, folder: Path) -> None:
    content = json.loads(scaffolder("cohort", "review", folder, "--similar", "--json", "--student", "dee").out)
    (pair,) = content["pairs"]
    assert Pair(**{**pair, "students": tuple(pair["students"]), "texts": tuple(pair["texts"])}).share == 1
    assert content["note"].startswith("Something to look at, not a verdict")
    out = scaffolder("cohort", "review", folder, "--similar", "--student", "ada").out
    assert out == "No student shares 40% or more of a section with ada.\n"


def test_a_section_with_an_open_question_is_compared_too(scaffolder: Run, tmp_path: Path) -> None:
    made = make(tmp_path / "open")
    texts = {
        "ada": INDEPENDENT[0],
        "ben": f"{INDEPENDENT[0]}\nTODO(others): which two solutions did you read, and why?",
    }
    for student, text in texts.items():
        hand_in(
            made, student, f"# A\n\n## Problem\n\n{text}\n\nTODO(more): what do all of you have to say here today?\n"
        )
    out = scaffolder("cohort", "review", made, "--similar").out
    assert "ada and ben share 100%" in out
    assert "TODO" not in out


def test_the_words_of_a_template_of_ones_own_are_no_common_source(scaffolder: Run, tmp_path: Path) -> None:
    """What was handed out is on the branch `scaffold`."""
    from scaffolder.cohort.course import home
    from scaffolder.project import store

    made = make(tmp_path / "own")
    text = "# A\n\n## Problem\n\n{0}\n\n{1}\n\nTODO(others): which two solutions did you read?\n"
    for number, student in enumerate(("ada", "ben", "cem")):
        path = home.repository(made, student, "churn")
        render = hand_in(made, student, text.format(INDEPENDENT[0], "TODO(problem): who has it?"))
        store.move(store.opened(path), store.SCAFFOLD, None, render.commit)
        answer = INDEPENDENT[1 + number // 2]
        hand_in(made, student, text.format(INDEPENDENT[0], answer), at="2999-01-01T00:00:00Z")
    out = scaffolder("cohort", "review", made, "--similar").out
    assert "common source" not in out
    assert out.count(" share 100%") == 1
    assert "ada and ben share 100%" in out
    assert "Nordtel" not in out


def test_what_was_not_compared_is_said(scaffolder: Run, tmp_path: Path) -> None:
    made = make(tmp_path / "short")
    for student, text in (("ada", INDEPENDENT[0]), ("ben", "Ten words are not enough."), ("cem", INDEPENDENT[1])):
        hand_in(made, student, f"# A\n\n## Problem\n\n{text}\n")
    (made / "repositories" / "cem" / "churn.git" / "HEAD").unlink()
    code, out, _ = scaffolder("cohort", "review", made, "--similar")
    assert (code, out) == (
        3,
        "Of what was compared, no two students share 40% or more of a section.\n\n"
        "Not compared: 1 section of fewer than twelve words of their own, 1 project that cannot be read.\n",
    )


def test_a_text_cannot_drive_the_terminal_and_a_broken_repository_is_said(scaffolder: Run, tmp_path: Path) -> None:
    made = make(tmp_path / "other")
    for student in ("ada", "ben"):
        hand_in(made, student, f"# A\n\n## Problem\n\n{INDEPENDENT[0]} \x1b[31m red \x9b \u202e and so on it goes.\n")
    (tmp_path / "other" / "repositories" / "cem").mkdir()
    from scaffolder.cohort import ledger

    with ledger.opened(made) as book:
        book.record(collected=[ledger.Collected("cem", "churn", "1" * 40, "2026-11-21T00:00:00Z")])
    code, out, err = scaffolder("cohort", "review", made, "--similar")
    assert code == 3
    assert "cem/churn: " in err
    assert "ada and ben share 100%" in out
    assert not set(out) & set("\x1b\x9b\u202e")
