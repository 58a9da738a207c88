"""rag-assistant about its owner's documents: from its first commit, or from a later one; nothing of ours is left."""

from __future__ import annotations

import json
import re
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import ROOT, Outcome, git, in_memory, on_disk, rendered

from scaffolder.adopt import kinds
from scaffolder.adopt.kind import Options
from scaffolder.adopt.texts import folder, quotations
from scaffolder.project import plan
from scaffolder.template import catalog
from scaffolder.template.answers import chosen, complete

Run = Callable[..., Outcome]
TEMPLATE = ROOT / "templates/rag-assistant/{{cookiecutter.project_slug}}"
MARKED = re.compile(r"^(?:<!-- |# )(data|measured):([\w-]+)(?: -->)?\n(.*?)^(?:<!-- |# )/\1:\2(?: -->)?\n", re.M | re.S)
OURS = ("Python language", "finally clause", "PSF", "pydoc", "docs.python.org", "349", "277", "library reference")
ABOUT = {
    "title": "The tea papers",
    "source": "The kitchen, 2020",
    "licence": "Ours",
    "readers": "Cooks.",
    "harm": "Guests",
}


@pytest.fixture
def papers(tmp_path: Path) -> Path:
    (tmp_path / "papers/deep").mkdir(parents=True)
    (tmp_path / "papers/deep/tea.md").write_text("---\nauthor: Ann\n---\n# Tea\n\nAt four, on weekdays.\n")
    (tmp_path / "papers/milk.txt").write_text("Milk is dear.\n")
    (tmp_path / "questions.csv").write_text("question,answer\nWhen is tea?,at four\nIs milk dear?,dear\nWhy?,\n")
    return tmp_path / "papers"


def own(papers: Path, *, asked: bool = True, about: dict[str, str] | None = None) -> dict[str, str]:
    """The text files of a project with these documents."""
    template = catalog.bundled("rag-assistant")
    options = Options(questions=papers.parent / "questions.csv" if asked else None, about=about or {})
    data = kinds.adopt(template, papers, options).data
    tree = plan.rendered(template, complete(template, chosen({}), data=data))
    return {path: data.decode("utf-8", "replace") for path, (data, _) in in_memory(tree).items()}


def shipped() -> dict[str, str]:
    return {
        path: data.decode("utf-8", "replace") for path, (data, _) in rendered(catalog.bundled("rag-assistant")).items()
    }


def blocks(text: str) -> dict[str, str]:
    return {name: content for kind, name, content in MARKED.findall(text) if kind == "data"}


def pages(files: dict[str, str]) -> dict[str, str]:
    return {path: text for path, text in files.items() if path.endswith((".md", "scaffolder.toml", ".yml", "Makefile"))}


@pytest.mark.parametrize(("asked", "about"), [(True, ABOUT), (False, {})])
def test_nothing_of_the_shipped_documents_is_left(papers: Path, asked: bool, about: dict[str, str]) -> None:
    files = own(papers, asked=asked, about=about)
    declared = tomllib.loads(shipped()["scaffolder.toml"])["data"]
    named = "|".join(re.escape(word) for word in (*OURS, *declared["words"]))
    words = re.compile(rf"(?<!\w)(?:{named})(?!\w)", re.IGNORECASE)
    found = {path: each[0] for path in sorted(files) if (each := words.search(files[path])) and path[-5:] != ".lock"}
    assert found == {"pyproject.toml": "docstring", "src/assistant/embedding/tokenizer.json": "277"}
    assert words.search("\n".join(shipped().values()))
    data = {path for path in files if path.startswith("data/")}
    assert data == {
        *("data/DATASET.md", "data/SHA256SUMS", "data/benchmark.jsonl"),
        *("data/corpus/deep/tea.md", "data/corpus/milk.txt"),
    }
    assert tomllib.loads(files["scaffolder.toml"])["data"] == {}


def test_outside_the_data_blocks_the_pages_are_the_same(papers: Path) -> None:
    mine, ours = own(papers), shipped()
    pages_of_data = {"data/DATASET.md", "scaffolder.toml"}
    found = [path for path in pages(mine) if not path.startswith("data/corpus/") and path not in pages_of_data]
    assert len(found) > 10
    for path in found:
        assert MARKED.sub("", mine[path]) == MARKED.sub("", ours[path]), path
        assert blocks(mine[path]).keys() == blocks(ours[path]).keys()


def test_the_owners_words_stand_in_the_texts_and_what_is_not_known_is_asked(papers: Path) -> None:
    told, asked = own(papers, about=ABOUT), own(papers, asked=False)
    settings = [tomllib.loads(files["settings.toml"]) for files in (told, asked)]
    assert [one["corpus"]["title"] for one in settings] == ["The tea papers", "Document assistant"]
    assert [one["corpus"]["example"] for one in settings] == ["When is tea?", "Tea"]
    assert all("gates" not in one for one in settings)
    assert "Who looks for answers in these documents, and how they do it today: Cooks.\n" in told["README.md"]
    assert "TODO(problem): who looks for answers in these documents" in asked["README.md"]
    assert "Licence or permission: Ours.\n" in told["data/DATASET.md"]
    assert "TODO(licence): " in asked["data/DATASET.md"]
    assert "# Dataset: The tea papers\n" in told["data/DATASET.md"]
    assert told["README.md"].startswith("# The tea papers\n")
    assert asked["README.md"].startswith("# Document assistant\n")
    assert own(papers, about={"title": "T" * 61})["README.md"].startswith("# Document assistant\n")
    assert "The benchmark began with 3 questions, 1 of them without an answer" in told["docs/data.md"]
    assert "The benchmark began with" not in asked["docs/data.md"]
    for files in (told, asked):
        assert ".." not in re.sub(r"\.\./|\.\.\.", "", blocks(files["README.md"])["problem"])


def test_rows_that_are_left_out_are_counted_in_the_project(papers: Path) -> None:
    (papers.parent / "questions.csv").write_text("question,answer\nWhen is tea?,at nine\n")
    files = own(papers)
    assert files["data/benchmark.jsonl"] == ""
    assert "Of the list of questions, 1 row was left out: no words of the documents" in files["data/DATASET.md"]


def test_adopt_brings_the_documents_into_a_project(papers: Path, scaffolder: Run, tmp_path: Path) -> None:
    data = ("--data", papers, "--questions", papers.parent / "questions.csv")
    assert scaffolder("new", "rag-assistant", "tea", "--yes", "--git", "-o", tmp_path / "late").code == 0
    assert scaffolder("new", "rag-assistant", "tea", "--yes", "--git", "-o", tmp_path / "early", *data).code == 0
    late, early = tmp_path / "late/tea", tmp_path / "early/tea"
    (late / "docs/screenshot.png").write_bytes(b"a picture")
    (late / "data/corpus/mine.md").write_text("Put there by hand.")
    git(late, "add", "--all")
    git(late, "commit", "--quiet", "-m", "Work")
    code, out, err = scaffolder("adopt", late, *data, "--yes")
    assert (code, err) == (0, "")
    assert "Questions: 3 of 3 rows, 1 of them unanswerable; 1 to choose settings on (dev), 2 to measure on" in out
    assert on_disk(late, (".git", ".scaffolder.json")) == on_disk(early, (".git", ".scaffolder.json"))
    assert git(late, "status", "--porcelain") == ""
    record: dict[str, Any] = json.loads((late / ".scaffolder.json").read_text())
    assert record["data"]["files"] == [
        *("data/SHA256SUMS", "data/benchmark.jsonl", "data/corpus/deep/tea.md", "data/corpus/milk.txt"),
    ]
    assert "Nothing to do" in scaffolder("adopt", late, *data, "--yes").out
    assert "Nothing to do" in scaffolder("update", late, "--yes").out


@pytest.fixture(scope="module")
def project() -> Any:
    """The template's own modules, as a project has them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(TEMPLATE / "src"))
        patch.setattr(sys, "dont_write_bytecode", True)  # the template's folder holds what is rendered, and no more
        from assistant.evaluation import evidence  # type: ignore[import-not-found]
        from assistant.ingestion import readers  # type: ignore[import-not-found]
        from assistant.passages import Document  # type: ignore[import-not-found]

        yield evidence, readers, Document


@given(
    name=st.text(max_size=12) | st.sampled_from(["a b/c d.md", "é/É.txt", "-.md", "a/../b.md", "x" * 201, "a//b.md"])
)
def test_the_project_calls_each_document_as_the_list_of_questions_does(project: Any, name: str) -> None:
    _, readers, _ = project
    try:
        identity = readers.document_id(name)
    except ValueError:
        identity = ""
    hidden = any(part[:1] in {"", "."} for part in name.split("/"))  # such files are left out before
    try:
        ours = folder.searched_id(name)
    except folder.FileError:
        ours = ""
    uploaded = name.startswith(f"{folder.UPLOADS}/")
    assert hidden or uploaded or ours == identity
    assert set(readers.READERS) == set(folder.SEARCHED.suffixes)


@given(text=st.text("ab ten.*_[](x)-\n三É", max_size=60), words=st.text("ab ten.*_三É", min_size=1, max_size=8))
def test_the_project_finds_words_where_they_are_counted(project: Any, text: str, words: str) -> None:
    evidence, _, document = project
    try:
        places = evidence.locate("q1", evidence.Evidence(quote=words), {"d": document("d", "D", text)})
    except evidence.EvidenceError:
        places = ()
    assert quotations.count(words, {"d": text}).get("d", 0) == len(places)
