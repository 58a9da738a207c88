"""In a repository of a stranger: a text is found in any language, format and place."""

from __future__ import annotations

import json

import pytest
from stranger import PROSE, of, place

from scaffolder.check.readers.headings import meaning, phrases, subjects
from scaffolder.check.readers.markup import as_markdown
from scaffolder.results.finding import State

HEADINGS = {
    "problem": (
        *("Problemstellung", "Problema de negócio", "Planteamiento", "Problématique", "The business problem"),
        *("Rumusan masalah", "Problem Tanımı", "Постановка задачи", "项目背景", "課題", "프로젝트 배경"),
    ),
    "data-source": (
        *(
            "Daten",
            "Dados",
            "Conjunto de datos",
            "Jeu de données",
            "📊 Dataset description",
            "Sumber data",
            "Veri Seti",
        ),
    ),
    "limitations": (
        *("Grenzen", "Limitações", "Limitaciones", "Limites", "4. Known issues", "Limits of the model"),
        *("Keterbatasan", "Sınırlamalar", "Известные проблемы", "5. 当前局限", "制限事項", "현재 한계"),
    ),
    "error-analysis": (
        *("Fehleranalyse", "Análise de erros", "Análisis de errores", "Analyse des erreurs", "Failure cases"),
        *("Analisis kesalahan", "Hata analizi"),
    ),
    "deployment": (
        *("Bereitstellung", "Implantação", "Despliegue", "Déploiement", "🚀 Deploying it", "Penerapan", "Dağıtım"),
    ),
}


@pytest.mark.parametrize(("item", "heading"), [(item, each) for item, found in HEADINGS.items() for each in found])
def test_a_heading_is_known_in_many_languages_and_in_any_document(item: str, heading: str) -> None:
    text = f"\n## {heading}\n\n{PROSE}\n"
    assert of(item, {"README.md": f"# Vans\n{text}"}).state is State.WRITTEN
    assert place(item, {"docs/more/notes.md": f"# Notes\n{text}"}) == (State.FOUND, "docs/more/notes.md:3")


@pytest.mark.parametrize(
    ("path", "text", "line"),
    [
        ("docs/notes.rst", f"Notes\n=====\n\nKnown issues\n~~~~~~~~~~~~\n\n{PROSE}\n", 4),
        ("docs/notes.adoc", f"= Notes\n\n== Known issues\n\n{PROSE}\n", 3),
        ("notebooks/a.ipynb", json.dumps({"cells": [
            {"cell_type": "code", "metadata": {}, "source": ["# Limitations\n", "x = 1"]},
            {"cell_type": "markdown", "metadata": {}, "source": ["## Limitations\n", "\n", PROSE]},
        ]}, indent=1), None),
        ("MODEL_CARD.md", f"# Card\n\nKnown issues: {PROSE}\n", 3),
        ("MODEL_CARD.md", f"# Card\n\nKnown issues\n\n{PROSE}\n", 3),
        ("MODEL_CARD.md", f"# Card\n\n- **Known issues:** {PROSE}\n", 3),
        ("docs/limitations.md", f"{PROSE}\n", None),
    ],
)  # fmt: skip
def test_a_text_is_found_in_any_format_at_its_own_line(path: str, text: str, line: int | None) -> None:
    found = of("limitations", {path: text})
    assert (found.state, found.evidence[0].path, found.evidence[0].line) == (State.FOUND, path, line)


def test_a_source_is_found_by_its_link() -> None:
    linked = "See [the data](https://www.kaggle.com/datasets/a/b)."
    assert place("data-source", {"README.md": f"# A\n\n{linked}\n"}) == (State.FOUND, "README.md:3")


@pytest.mark.parametrize("path", ["README.md", "NOTES.md"])
def test_a_goal_counts_at_the_top_of_the_repository_alone(path: str) -> None:
    text = f"# A\n\n## Objetivo\n\n{PROSE}\n"
    assert place("problem", {path: text}) == (State.FOUND, f"{path}:3")
    assert of("problem", {"docs/a.md": text}).state is State.MISSING


def test_a_notebook_in_one_line_is_read_and_its_findings_have_no_line() -> None:
    cells = [{"cell_type": "markdown", "source": f"## Limitations\n\n{PROSE}"}]
    assert place("limitations", {"a.ipynb": json.dumps({"cells": cells})}) == (State.FOUND, "a.ipynb")
    assert place("limitations", {"a.ipynb": '{"cells": 1}'})[0] is State.MISSING


def test_a_notebook_with_large_pictures_is_read_to_its_end() -> None:
    drawn = {"cell_type": "code", "source": [], "outputs": [{"data": {"application/json": list(range(40_000))}}]}
    told = {"cell_type": "markdown", "source": ["## Limitations\n", "\n", PROSE]}
    text = json.dumps({"cells": [drawn, told]}, indent=1)
    assert place("limitations", {"a.ipynb": text}) == (State.FOUND, "a.ipynb")


def test_what_stands_below_a_block_of_code_that_nobody_closed_is_read() -> None:
    text = f"# A\n\n```sh\nmake\n\n## Limitations\n\n{PROSE}\n"
    assert place("limitations", {"docs/a.md": text}) == (State.FOUND, "docs/a.md:6")
    assert of("limitations", {"docs/a.md": text + "```\n"}).state is State.MISSING


def test_a_word_that_only_looks_like_a_mark_of_something_unfinished_is_none() -> None:
    text = "# A\n\n## Limitações\n\nTodo pedido de fora do Porto é recusado, e os de domingo também.\n"
    assert of("limitations", {"README.md": text}).state is State.WRITTEN


def test_the_vocabulary_has_the_same_languages_for_all_headings_and_no_phrase_twice_in_a_list() -> None:
    for subject, languages in subjects().items():
        assert set(languages) == {"en", "de", "pt", "es", "fr", "id", "tr", "ru", "zh", "ja", "ko"}, subject
        assert all(len(said) == len(set(said)) for said in (text.split(", ") for text in languages.values())), subject


def test_a_whole_title_is_surer_than_its_beginning_and_that_than_a_part() -> None:
    wanted = phrases("limitations")
    titles = ("Limitations", "Limitations of the data", "Data and limitations")
    assert [how.part for title in titles if (how := meaning(title, wanted))] == [0, 1, 2]
    assert meaning("limitless", wanted) is None


def test_other_formats_keep_their_lines() -> None:
    text = "A\n=\n\n.. image:: a.png\n   :alt: x\n"
    assert as_markdown("a.rst", text).split("\n")[3] == "![](a.png)"
    assert as_markdown("a.rst", text).count("\n") == text.count("\n")
