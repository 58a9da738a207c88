"""In a repository of a stranger: a text is found in any language, format and place."""

from __future__ import annotations

import json

import pytest
from stranger import PROSE, of, place

from scaffolder.check.readers.markup import as_markdown
from scaffolder.check.readers.vocabulary import meaning, phrases, vocabulary
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
        ]}, indent=1), 15),
        ("MODEL_CARD.md", f"# Card\n\nKnown issues: {PROSE}\n", 3),
        ("MODEL_CARD.md", f"# Card\n\nKnown issues\n\n{PROSE}\n", 3),
        ("MODEL_CARD.md", f"# Card\n\n- **Known issues:** {PROSE}\n", 3),
        ("docs/limitations.md", f"{PROSE}\n", None),
    ],
)  # fmt: skip
def test_a_text_is_found_in_any_format_at_its_own_line(path: str, text: str, line: int | None) -> None:
    found = of("limitations", {path: text})
    assert (found.state, found.evidence[0].path, found.evidence[0].line) == (State.FOUND, path, line)


def test_a_weak_heading_and_the_opening_count_with_a_word_that_tells() -> None:
    said = "Planning by hand is a challenge: nobody knows which orders will be late."
    about = of("problem", {"docs/a.md": f"# A\n\n## About\n\n{said}\n"})
    assert (about.state, about.evidence[0].fact) == (State.FOUND, "under “About”, with the word “challenge”")
    assert place("problem", {"README.md": f"# A\n\n{said}\n\n## Setup\n\nx\n"}) == (State.FOUND, "README.md:3")


def test_a_source_is_found_by_link_or_name() -> None:
    linked = "See [the data](https://www.kaggle.com/datasets/a/b)."
    named = "The dataset is the one of Kaggle's competition."
    told = "Les données des commandes ont été extraites de notre entrepôt."
    for said in (linked, named, told):
        assert place("data-source", {"README.md": f"# A\n\n{said}\n"}) == (State.FOUND, "README.md:3")


@pytest.mark.parametrize(
    ("item", "said"),
    [
        ("limitations", "This tool is not a substitute for a doctor, and nobody has tried it in a clinic."),
        ("limitations", "O modelo não substitui a avaliação de um médico em nenhum caso."),
        ("error-analysis", "On weekdays the model underestimates large orders, since few of them were seen."),
        ("error-analysis", "Of 300 orders, 17 false negatives remain, and most of them are from islands."),
        ("error-analysis", "The recall of the model is still very low for the class of large orders."),
        ("error-analysis", "The worst-performing districts are those with fewer than ten orders a week."),
        ("error-analysis", "Cette classe n'est pas du tout bien gérée par le modèle, qui rejette trop de commandes."),
        ("error-analysis", "A matriz mostra muitos falsos positivos nos pedidos de domingo."),
        ("deployment", "The service is deployed on a small machine in Porto that is started each morning."),
    ],
)
def test_a_sentence_says_it_without_a_heading(item: str, said: str) -> None:
    found = of(item, {"docs/a.md": f"# A\n\n## Notes\n\n{said}\n"})
    assert (found.state, found.evidence[0].path, found.evidence[0].line) == (State.FOUND, "docs/a.md", 5)
    assert found.evidence[0].fact.strip("“”") in said


def test_the_first_sentences_of_the_readme_are_surer_than_a_heading_elsewhere() -> None:
    files = {
        "README.md": f"# A\n\n## Vans\n\n{PROSE} It predicts them.\n",
        "docs/a.md": f"# A\n\n## Motivation\n\n{PROSE}\n",
    }
    assert place("problem", files) == (State.FOUND, "README.md:5")


def test_a_notebook_in_one_line_is_read_and_its_findings_have_no_line() -> None:
    cells = [{"cell_type": "markdown", "source": f"## Limitations\n\n{PROSE}"}]
    assert place("limitations", {"a.ipynb": json.dumps({"cells": cells})}) == (State.FOUND, "a.ipynb")
    assert place("limitations", {"a.ipynb": '{"cells": 1}'})[0] is State.MISSING


def test_a_notebook_with_large_pictures_is_read_to_its_end() -> None:
    drawn = {"cell_type": "code", "source": [], "outputs": [{"data": {"application/json": list(range(40_000))}}]}
    told = {"cell_type": "markdown", "source": ["## Limitations\n", "\n", PROSE]}
    text = json.dumps({"cells": [drawn, told]}, indent=1)
    line = text.split("\n").index('    "## Limitations\\n",') + 1
    assert place("limitations", {"a.ipynb": text}) == (State.FOUND, f"a.ipynb:{line}")


def test_what_stands_below_a_block_of_code_that_nobody_closed_is_read() -> None:
    text = f"# A\n\n```sh\nmake\n\n## Limitations\n\n{PROSE}\n"
    assert place("limitations", {"docs/a.md": text}) == (State.FOUND, "docs/a.md:6")
    assert of("limitations", {"docs/a.md": text + "```\n"}).state is State.MISSING


@pytest.mark.parametrize(
    ("sentence", "is_one"),
    [
        ("Performance decreases on articles whose summaries are conceptual.", True),
        ("The results should be interpreted with caution.", True),
        ("The dataset is too small and outdated.", True),
        ("Our evaluation is limited to one shop.", True),
        ("It was only tested on short reviews.", True),
        ("The model cannot detect sarcasm.", True),
        ("Accounts live in memory and are lost after a restart.", True),
        ("O modelo não generaliza para outras lojas.", True),
        ("현재 사용자 계정은 로컬 DB에 저장되지 않습니다.", True),
        ("Access is limited to public operations.", False),
        ("The accuracy increases with more data.", False),
        ("If it cannot find the file, run make setup.", False),
        ("Results are saved in reports, not in notebooks.", False),
    ],
)
def test_a_sentence_that_limits_what_is_claimed_is_a_limitation(sentence: str, is_one: bool) -> None:
    state = State.FOUND if is_one else State.MISSING
    assert of("limitations", {"docs/a.md": f"# A\n\nIt sorts vans. {sentence}\n"}).state is state


def test_a_word_that_only_looks_like_a_mark_of_something_unfinished_is_none() -> None:
    text = "# A\n\n## Limitações\n\nTodo pedido de fora do Porto é recusado, e os de domingo também.\n"
    assert of("limitations", {"README.md": text}).state is State.WRITTEN


def test_the_vocabulary_has_the_same_languages_for_all_headings_and_no_phrase_twice_in_a_list() -> None:
    for subject, languages in vocabulary()["headings"].items():
        assert set(languages) == {"en", "de", "pt", "es", "fr", "id", "tr", "ru", "zh", "ja", "ko"}, subject
        assert all(len(each) == len(set(each)) for each in languages.values()), subject


def test_a_whole_title_is_surer_than_its_beginning_and_that_than_a_part() -> None:
    wanted = phrases("limitations")
    titles = ("Limitations", "Limitations of the data", "Data and limitations")
    assert [how.part for title in titles if (how := meaning(title, wanted))] == [0, 1, 2]
    assert meaning("limitless", wanted) is None


def test_other_formats_keep_their_lines() -> None:
    text = "A\n=\n\n.. image:: a.png\n   :alt: x\n"
    assert as_markdown("a.rst", text).split("\n")[3] == "![](a.png)"
    assert as_markdown("a.rst", text).count("\n") == text.count("\n")
