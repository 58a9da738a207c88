"""A benchmark of one's own: what its owner is shown before and after, and what of the former project is kept."""

import re
from pathlib import Path

import pytest

from bench.adoption import adopt
from bench.exits import exit_code
from bench.settings import load_settings
from own_benchmark import FORMER, commit, described, project, questions, texts, use, written

AGREEMENT = "TODO(agreement): who judged cases a second time, and who decided where the two did not agree?"
Output = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return project(tmp_path / "project", monkeypatch)


def test_the_experiment_that_leads_stays_if_the_new_cases_are_for_it(tmp_path: Path, capsys: Output) -> None:
    rows = written(texts())
    use(rows)
    assert load_settings().lead == ["prompts"]
    assert "README.md will begin with the experiment prompts.\n" in capsys.readouterr().out
    Path("settings.toml").write_text(FORMER.replace('["prompts"]', '["rerankers", "prompts"]'), encoding="utf-8")
    use(rows)
    assert load_settings().lead == ["prompts"]
    assert "begin with the experiment prompts; these cases are not for rerankers.\n" in capsys.readouterr().out
    use(written(questions(tmp_path / "docs")), tmp_path / "docs")
    assert load_settings().lead == ["retrievers"]
    assert "begin with the experiment retrievers; these cases are not for prompts.\n" in capsys.readouterr().out


def test_the_next_steps_are_dev_and_then_evaluate(capsys: Output) -> None:
    use(written(texts()))
    assert re.search("make dev.* on the dev cases; then make evaluate.*commit.$", capsys.readouterr().out.strip())


def test_whoever_has_no_git_is_told_what_that_means(capsys: Output) -> None:
    said = "Git does not have this project: what is replaced or removed is lost.\n"
    Path("pyproject.toml").touch()
    assert adopt(written(texts()), documents=None, yes=True) == 0
    assert said in capsys.readouterr().out
    commit()
    assert adopt(written(texts()), documents=None, yes=True) == 0
    assert said not in capsys.readouterr().out


def test_what_stands_out_is_shown_and_nothing_else(tmp_path: Path, capsys: Output) -> None:
    docs = tmp_path / "docs"
    rows = questions(docs)
    use(written(rows), docs)
    assert "Look at this" not in capsys.readouterr().out
    assert "Nothing stood out." in described()
    (docs / ".hidden").mkdir()
    for name in ("a.pdf", "b.MD", ".hidden/c", "empty.md", "other.md"):
        (docs / name).write_text("Nobody asks." if name == "other.md" else " \n", encoding="utf-8")
    (docs / "link.md").symlink_to(docs / "other.md")
    use(written([*rows, rows[1]]), docs)
    notes = [
        "1 row repeats the question of another: they make one case together",
        "documents that no question quotes (2): empty, other",
        "files left out, as neither .md nor .txt, or links (3): a.pdf, b.MD, link.md",
        "documents without any text (1): empty",
    ]
    assert "Look at this:\n  " + "\n  ".join(notes) + "\nWrites" in capsys.readouterr().out
    assert "".join(f"- {note}\n" for note in notes) in described()


def test_a_quotation_may_have_other_spaces_and_line_breaks(tmp_path: Path) -> None:
    docs = tmp_path / "docs"
    rows = questions(docs)
    path = docs / "sub/fruit.md"
    path.write_text(path.read_text(encoding="utf-8").replace(" weighs ", "\n  weighs "), encoding="utf-8")
    quotes = {one.quote for case in use(written(rows), docs) for one in getattr(case, "evidence", ())}
    assert "A cherry of kind 2\n  weighs 31 grams." in quotes


def test_splits_are_read_in_any_case_and_the_encoding_is_named(capsys: Output) -> None:
    rows = texts(split=lambda n: ("Train", "TEST", "dev", "test")[n % 4])
    assert {case.split for case in use(written(rows, "\t", "utf-16"))} == {"train", "dev", "test"}
    assert "'own.csv': CSV in UTF-16\n" in capsys.readouterr().out


@pytest.mark.parametrize(("name", "said"), [("absent.csv", "No such file or directory"), ("data", "Is a directory")])
def test_a_file_that_cannot_be_read_is_one_sentence(capsys: Output, name: str, said: str) -> None:
    assert exit_code(lambda: adopt(Path(name), documents=None, yes=True)) == 2
    assert capsys.readouterr().err == f"Error: {name} cannot be read: {said}; restore it, or correct its path\n"


def test_no_number_of_the_operating_system_is_shown(capsys: Output) -> None:
    assert exit_code(lambda: len(Path("absent").read_bytes())) == 2
    assert capsys.readouterr().err == "Error: No such file or directory: 'absent'\n"


def test_kappa_is_that_of_a_table_worked_by_hand_and_stands_in_the_documents() -> None:
    # of 50 cases 20 are a to both, 15 b to both, 5 a then b, 10 b then a: (0.7 - 0.5) / (1 - 0.5) = 0.4
    both = [("a", "a")] * 20 + [("b", "b")] * 15 + [("a", "b")] * 5 + [("b", "a")] * 10 + [("a", "")] * 40
    page = Path("docs/data.md")
    page.parent.mkdir()
    page.write_text("<!-- data:agreement -->\nNobody looked twice.\n<!-- /data:agreement -->\n", encoding="utf-8")
    use(written(texts(label=lambda n: both[n][0], label_2=lambda n: both[n][1])))
    lines = ", ".join(map(str, range(37, 52)))
    note = f"- Cohen's kappa is 0.400; cases with a second label: 50; lines in which it differs (15): {lines}\n"
    assert note in described()
    quoted = 'TODO(agreement): is this still true? Before the data changed, it said: "Nobody looked twice."'
    block = f"{AGREEMENT}\n\n{quoted}\n<!-- /data:agreement -->\n"
    assert page.read_text(encoding="utf-8") == f"<!-- data:agreement -->\n{note}\n{block}"
    use(written(texts()))  # without second labels: what was computed of others is no answer of the owner's
    assert page.read_text(encoding="utf-8") == f"<!-- data:agreement -->\n{block}"
