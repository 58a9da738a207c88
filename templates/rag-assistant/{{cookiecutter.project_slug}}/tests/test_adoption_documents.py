"""No word of the owner's is lost when the data change: it comes back in a question, beside the neutral text."""

import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.adoption.documents import NOT_YET
from telecom import HAZARDS, README, files, put, write


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return write(tmp_path / "project", monkeypatch)


def test_answers_come_back_as_questions_that_quote_them(project: Path) -> None:
    question = 'TODO(trouble): is this still true? Before the data changed, it said: "We lose 300 a month."'
    for day in range(2):  # a second adoption keeps what was not answered
        put(day)
        readme = (project / "README.md").read_text(encoding="utf-8")
        block = f"<!-- data:problem -->\nTODO(trouble): what is wrong today?\n\n{question}\n<!-- /data:problem -->"
        measured = "<!-- measured:headline -->\n_Not measured yet: run `make demo`._\n<!-- /measured:headline -->"
        assert readme == f"# Leavers\n\n{block}\n{measured}\nMy own words.\n"
    assert 'unit = "row"\n' in (project / "scaffolder.toml").read_text(encoding="utf-8")


def replace(path: Path, changes: dict[str, str]) -> None:
    text = path.read_text(encoding="utf-8")
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")


def test_answers_beside_open_questions_come_back_too(project: Path) -> None:
    readme, risks = project / "README.md", project / "docs/risks.md"
    replace(risks, {"TODO(hazard): what could go wrong?": "nobody comes", "how likely?": "how likely? Hardly ever."})
    replace(readme, {"who loses what?": "who loses what? Telephone shops."})
    put()
    asked = 'TODO(hazard): is this still true? Before the data changed, it said: "| nobody comes | Hardly ever. |"'
    end = "\n<!-- /data:hazards -->\n"
    assert risks.read_text(encoding="utf-8") == f"# Risks\n\n{HAZARDS}".replace(end, f"\n\n{asked}{end}")
    assert 'it said: "Telephone shops."' in readme.read_text(encoding="utf-8")


def asked_about_dataset() -> list[str]:
    """What the questions that begin so quote."""
    lines = Path("data/DATASET.md").read_text(encoding="utf-8").splitlines()
    return [line.partition(': "')[2] for line in lines if line.startswith("TODO(dataset): is this still true?")]


def test_the_owners_lines_of_the_description_come_back(project: Path) -> None:
    put()
    assert asked_about_dataset() == []
    path = project / "data/DATASET.md"
    source, licence = "TODO(source): who collected these data?", "TODO(licence): under which licence may you use them?"
    replace(path, {source: "Ann did, in 2020.", licence: f"{licence} CC0.", "| `height` |": "| `height` (cm) |"})
    path.write_text(f"{path.read_text(encoding='utf-8')}\n## Cleaning\n\nI left out\ntwo rows.\n", encoding="utf-8")
    for day in range(1, 4):
        put(day)
        found = asked_about_dataset()
        assert len(found) == 4
        assert found[:2] == ['## Source Ann did, in 2020."', 'CC0."']
        assert found[2] == '| `height` (cm) | numeric | 0 to 0 |"'
        assert found[3] == '## Cleaning I left out two rows."'
        text = path.read_text(encoding="utf-8")
        assert source in text
        assert licence in text
        assert text.count("| `height` | numeric") == 1


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(answers=st.lists(st.tuples(st.integers(0, 40), st.sampled_from(["cell", "behind", "below", "apart"]))))
def test_no_word_of_the_owners_is_lost(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch, answers: list[tuple[int, str]]
) -> None:
    folder = tmp_path_factory.mktemp("answers")
    write(folder / "project", monkeypatch)
    put()
    pages = [Path("docs/risks.md"), Path("data/DATASET.md")]
    words = {path: answer(path, answers) for path in pages}
    put(1)
    texts = {path: path.read_text(encoding="utf-8") for path in pages}
    assert [word for path in pages for word in words[path] if word not in texts[path].split("<!-- make adopt")[0]] == []
    put()
    assert {path: questions(path.read_text(encoding="utf-8")) for path in pages} == {
        path: questions(text) for path, text in texts.items()
    }


def answer(path: Path, answers: list[tuple[int, str]]) -> list[str]:
    """Write a word of one's own at each place, and return the words."""
    lines, words = path.read_text(encoding="utf-8").splitlines(), []
    for number, (place, how) in enumerate(answers):
        line, word = lines[place % len(lines)], f"word{number}x"
        if not line.startswith("<!--"):
            cell = re.sub(r"TODO\([^|]*", f"{word} ", line, count=1)
            apart = {"behind": " ", "below": "\n", "apart": "\n\n"}
            changed = cell if how == "cell" else f"{line}{apart[how]}{word}"
            lines[place % len(lines)] = changed
            words += [word] if word in changed else []
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    text = path.read_text(encoding="utf-8")
    return [word for word in words if word in text]  # a later one may have replaced it


def questions(text: str) -> list[str]:
    return [line for line in text.splitlines() if "TODO(" in line]


def test_the_first_data_leave_the_answers_as_they_are(project: Path) -> None:
    for name in ("settings.toml", "data/shipped.md", "data/DATASET.md"):
        Path(name).unlink()
    put()
    assert (project / "README.md").read_text(encoding="utf-8") == README.replace("85 of 100", NOT_YET)


def test_the_same_data_leave_the_answers_as_they_are(project: Path) -> None:
    put()
    replace(project / "data/DATASET.md", {"TODO(licence)": "CC0"})
    before = files(project)
    put()
    assert files(project) == before
