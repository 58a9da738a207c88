"""No word of the owner's is lost when the data change: it comes back in a question, beside the template's text."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scaffolder.project import merge
from scaffolder.project.newdata import NewData
from scaffolder.tree import File, Tree, make_tree

DATA = NewData(("settings.toml", "data/*"), ("reports/*.json",))
RISKS = """# Risks

<!-- data:hazards -->
| hazard | likelihood |
| --- | --- |
| TODO(hazard): what could go wrong{what}? | TODO(likelihood): how likely? |
<!-- /data:hazards -->
"""
README = """# Leavers

<!-- data:problem -->
{what}

TODO(problem): who loses what?
<!-- /data:problem -->
<!-- measured:headline -->
_Not measured yet._
<!-- /measured:headline -->
My own words.
"""
DATASET = """# Dataset

{what}

## Source

TODO(source): who collected these data?

TODO(licence): under which licence may you use them?

## Columns

| Column | Kind |
| :--- | :--- |
| `height` | numeric |
"""
CONTRACT = '# data:unit\nunit = "{what}"\n# /data:unit\nwords = ["x"]\n'


def render(what: str) -> Tree:
    texts = {
        "README.md": README,
        "docs/risks.md": RISKS,
        "data/DATASET.md": DATASET,
        "scaffolder.toml": CONTRACT,
        "settings.toml": 'target = "{what}"\n',
    }
    return make_tree((path, File(text.replace("{what}", what).encode())) for path, text in texts.items())


def after(base: Tree, ours: Tree, theirs: Tree) -> dict[str, str]:
    """The texts when `theirs` has come in; nothing is ever in conflict."""
    found = merge.merge(base, DATA.forgotten(base, ours, theirs), theirs)
    assert found.conflicts == ()
    return {path: file.data.decode() for path, file in DATA.asked_again(base, ours, found.tree).items()}


def changed(tree: Tree, path: str, old: str, new: str) -> Tree:
    text = tree[path].data.decode()
    assert old in text
    return {**tree, path: File(text.replace(old, new).encode())}


def test_what_nobody_has_written_is_replaced_without_a_question() -> None:
    base, theirs = render("telecom"), render("parcels")
    measured = changed(base, "README.md", "_Not measured yet._", "85 of 100")
    made = {**measured, "reports/metrics.json": File(b"{}"), "notes.txt": File(b"mine")}
    texts = after(base, made, theirs)
    assert texts == {path: file.data.decode() for path, file in theirs.items()} | {"notes.txt": "mine"}


def test_a_data_file_that_the_template_did_not_write_gives_way_to_one_of_its_name() -> None:
    base, theirs = render("telecom"), {**render("parcels"), "data/rows.csv.gz": File(b"\x1f\x8bparcels")}
    mine = {"data/rows.csv.gz": File(b"\x1f\x8bmine"), "data/notes.csv": File(b"mine")}
    found = merge.merge(base, DATA.forgotten(base, {**base, **mine}, theirs), theirs)
    assert found.conflicts == ()
    assert found.tree == {**theirs, "data/notes.csv": File(b"mine")}


def test_answers_come_back_as_questions_that_quote_them() -> None:
    base = render("telecom")
    ours = changed(base, "README.md", "TODO(problem): who loses what?", "We lose\n300 a month.")
    readme = after(base, ours, render("parcels"))["README.md"]
    asked = 'TODO(problem): is this still true? Before the data changed, it said: "We lose 300 a month."'
    assert f"parcels\n\nTODO(problem): who loses what?\n\n{asked}\n<!-- /data:problem -->" in readme
    assert "My own words." in readme


@pytest.mark.parametrize(("more", "asked"), [("", 0), (" We do.", 1), (" We do. Do we?", 1)])
def test_a_question_of_another_version_is_no_answer(more: str, asked: int) -> None:
    base = render("telecom")
    ours = changed(base, "README.md", "TODO(problem): who loses what?", f"TODO(problem): who pays?{more}")
    assert after(base, ours, render("parcels"))["README.md"].count("is this still true?") == asked


def test_answers_beside_open_questions_come_back_too() -> None:
    base = render("telecom")
    ours = changed(base, "docs/risks.md", "TODO(hazard): what could go wrongtelecom?", "nobody comes")
    ours = changed(ours, "docs/risks.md", "how likely?", "how likely? Hardly ever.")
    risks = after(base, ours, render("parcels"))["docs/risks.md"]
    assert 'Before the data changed, it said: "| nobody comes | Hardly ever. |"' in risks


def test_in_toml_a_question_is_a_comment() -> None:
    base = render("telecom")
    contract = after(base, changed(base, "scaffolder.toml", 'unit = "telecom"', 'unit = "shop"'), render("parcels"))
    assert contract["scaffolder.toml"].startswith('# data:unit\nunit = "parcels"\n\n# TODO(unit): is this still true?')


def test_the_owners_lines_of_the_description_come_back() -> None:
    base = render("telecom")
    ours = changed(base, "data/DATASET.md", "TODO(source): who collected these data?", "Ann did, in 2020.")
    ours = changed(ours, "data/DATASET.md", "| `height` |", "| `height` (cm) |")
    text = after(base, ours, render("parcels"))["data/DATASET.md"]
    quoted = re.findall(r'it said: "(.*)"', text)
    assert quoted == ["## Source Ann did, in 2020.", "| `height` (cm) | numeric |"]
    assert "TODO(source): who collected these data?" in text


@pytest.mark.parametrize("path", ["docs/risks.md", "data/DATASET.md", "README.md"])
@given(answers=st.lists(st.tuples(st.integers(0, 40), st.sampled_from(["cell", "behind", "below", "apart"]))))
def test_no_word_of_the_owners_is_lost(path: str, answers: list[tuple[int, str]]) -> None:
    first, second, third = render("telecom"), render("parcels"), render("books")
    text, words = answered(first[path].data.decode(), answers)
    once = after(first, {**first, path: File(text.encode())}, second)
    assert [word for word in words if word not in once[path]] == []
    again = after(second, {name: File(each.encode()) for name, each in once.items()}, third)
    assert questions(again[path]) == [line.replace("parcels", "books") for line in questions(once[path])]


def answered(text: str, answers: list[tuple[int, str]]) -> tuple[str, list[str]]:
    """The text with a word of one's own at each place, and the words that are in it."""
    lines, words = text.splitlines(), []
    for number, (place, how) in enumerate(answers):
        line, word = lines[place % len(lines)], f"word{number}x"
        if not line.startswith(("<!--", "_Not measured yet._")):  # what is measured is not theirs
            cell = re.sub(r"TODO\([^|]*", f"{word} ", line, count=1)
            apart = {"behind": " ", "below": "\n", "apart": "\n\n"}
            lines[place % len(lines)] = cell if how == "cell" else f"{line}{apart[how]}{word}"
            words.append(word)
    whole = "\n".join(lines) + "\n"
    return whole, [word for word in words if word in whole]  # a later one may have replaced it


def questions(text: str) -> list[str]:
    return [line for line in text.splitlines() if "TODO(" in line]
