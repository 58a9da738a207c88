"""A card shows what its repository holds, and leaves out, with the reason, what it does not."""

from __future__ import annotations

import json
from base64 import b64encode
from pathlib import Path

import pytest
from folders import SMALL, card, finished, half_finished, metrics, opened, picture, read, written
from rendered import stamp

from scaffolder.pages import portfolio
from scaffolder.portfolio.model import Card

DRAWING = """<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)">
<rect width="9" height="4"/><path d="M0 1h3"/><path d="M1 2h3"/><script>alert(1)</script></svg>"""


def left_out(made: Card) -> dict[str, str]:
    return {part.what: part.why for part in made.left_out}


def small(folder: Path, remote: str = "", **changed: str | bytes | None) -> Card:
    """The card of the small repository with some files changed; None takes one away."""
    paths = {"readme": "README.md", "metrics": "reports/metrics.json", "page": "docs/page.png"}
    files = {**SMALL, **{paths[name]: data for name, data in changed.items()}}
    return card(written(folder / "parcels", {path: data for path, data in files.items() if data is not None}, remote))


def test_a_finished_project_shows_everything(tmp_path: Path) -> None:
    made = card(finished(tmp_path))
    assert made.name == "Churn predictor"
    assert made.sentence.startswith("Predicts which telecom customers are about to leave")
    assert made.in_words == (
        "On test rows, the model finds 86 of 100 cases of churn = Yes; of 100 alarms that it raises, 52 are false. "
        "ROC AUC: 0.849 [0.827, 0.870]; the average rate, which needs no model, has 0.500. "
        "At the assumed costs, the model's mistakes cost 10.01 USD for each customer, those of the average rate 18.38."
    )
    assert str(made.result) == "ROC AUC 0.849 (95% interval 0.827 to 0.870); average rate: 0.500"
    assert made.address == "https://github.com/mara/churn"
    assert made.live == "https://churn.nordtel.example"
    assert made.level == "Operator, unreviewed"
    assert "items verified by machine" in made.counts
    assert made.picture
    assert (made.picture.name, made.picture.size) == ("1.png", (320, 200))
    assert made.changes
    assert made.changes.paragraphs == (
        "I gave the service our own calls since 2023, because the published ones have no time of day.",
    )
    assert made.changes.address.startswith("https://github.com/mara/churn/blob/HEAD/README.md?plain=1#L")
    assert made.failure
    assert any("Row 4796" in paragraph for paragraph in made.failure.paragraphs)
    assert left_out(made) == {"sentence of your own": "the first one is the template's"}


def test_a_half_finished_project_shows_no_word_of_its_open_questions(tmp_path: Path) -> None:
    made = card(half_finished(tmp_path))
    missing = {"picture", "result", "live link", "repository link", "level", "your changes", "sentence of your own"}
    assert set(left_out(made)) == missing
    assert made.sentence
    assert "TODO" not in repr(made).replace(repr(made.left_out), "")


def test_the_small_repository_shows_what_it_has(tmp_path: Path) -> None:
    made = small(tmp_path, "https://ada:secret@gitlab.com/ada/parcels.git")
    assert made.sentence == "Says which parcels will come late, so that people can be told."
    assert str(made.result) == "ROC AUC 0.812; average rate: 0.500"
    assert (made.live, made.address) == ("https://parcels.nordtel.example/", "https://gitlab.com/ada/parcels")
    assert set(left_out(made)) == {"result in words", "level", "your changes"}


def readme(text: str) -> dict[str, str | bytes | None]:
    return {"readme": f"# Parcels\n\n{text}\n"}


@pytest.mark.parametrize(
    ("changed", "what", "why"),
    [
        (
            readme("TODO(summary): what does it do, and for whom, in one sentence?"),
            "first sentence",
            "no whole sentence",
        ),
        (readme("By Mara Lindqvist, in the year 2026."), "first sentence", "no whole sentence"),
        (readme("Python, FastAPI, Docker and more"), "first sentence", "no whole sentence"),
        (readme("![p](docs/none.png)"), "picture", "docs/none.png: the file is not there"),
        ({"page": picture()[:60]}, "picture", "does not decode"),
        ({"page": picture("BMP")}, "picture", "no PNG, JPEG, GIF, WebP or SVG"),
        ({"page": None}, "picture", "the file is not there"),
        (readme("It says what is late."), "live link", "no public address"),
        (readme("It sorts the parcels of [the post](https://post.example)."), "live link", "no public address"),
        (readme("## Demo\n\nAt <http://localhost:8000> and http://10.0.0.1/."), "live link", "no public address"),
        ({"metrics": None}, "result", "there is no reports/metrics.json"),
        ({"metrics": "{"}, "result", "cannot be read"),
        ({"metrics": metrics(metrics=[])}, "result", "cannot be read"),
        ({"metrics": metrics(baseline=[])}, "baseline", "no baseline for ROC AUC"),
    ],
)
def test_what_is_not_there_is_left_out_with_the_reason(
    tmp_path: Path, changed: dict[str, str | bytes | None], what: str, why: str
) -> None:
    assert why in left_out(small(tmp_path, **changed))[what]


def test_a_result_that_the_predictions_contradict_is_not_shown(tmp_path: Path) -> None:
    folder = finished(tmp_path)
    report = folder / "reports/metrics.json"
    content = json.loads(report.read_text())
    content["metrics"][0]["value"] = 0.99
    report.write_text(json.dumps(content))
    made = card(folder)
    assert (made.result, made.in_words) == (None, "")
    assert "gives other numbers" in left_out(made)["result"]


def test_a_headline_of_several_paragraphs_is_quoted_whole(tmp_path: Path) -> None:
    """The later ones may say that the model decides nothing."""
    folder = finished(tmp_path)
    page = (folder / "README.md").read_text()
    end = "\n<!-- /measured:headline -->"
    assert end in page
    (folder / "README.md").write_text(page.replace(end, "\n\nAt these costs, it decides nothing." + end))
    stamp(folder)
    assert card(folder).in_words.endswith("18.38. At these costs, it decides nothing.")


def test_a_headline_that_somebody_changed_is_not_quoted(tmp_path: Path) -> None:
    folder = finished(tmp_path)
    page = (folder / "README.md").read_text()
    assert "ROC AUC: **0.849" in page
    (folder / "README.md").write_text(page.replace("ROC AUC: **0.849", "ROC AUC: **0.949"))
    made = card(folder)
    assert made.result
    assert made.in_words == ""
    assert "does not show the numbers" in left_out(made)["result in words"]


def test_the_best_of_several_rules_stands_beside_the_result(tmp_path: Path) -> None:
    rules = [
        {"name": "mae", "value": value, "higher_is_better": False, "model": f"rule <{value}>"}
        for value in (9.5, 7.25, 8.0)
    ]
    value = {"name": "mae", "value": 1204.5, "ci95": [1100.25, 1300.0], "higher_is_better": False}
    made = small(tmp_path, metrics=metrics(metrics=[value], baseline=rules))
    assert str(made.result) == "mae 1,204 (95% interval 1,100 to 1,300); rule <7.25>: 7.250"


@pytest.mark.parametrize(("form", "suffix"), [("JPEG", "jpg"), ("GIF", "gif"), ("WEBP", "webp")])
def test_a_picture_has_the_type_of_its_bytes(tmp_path: Path, form: str, suffix: str) -> None:
    made = small(tmp_path, page=picture(form))  # the file is called page.png
    assert made.picture
    assert made.picture.name == f"1.{suffix}"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_drawing_lies_in_the_page_where_nothing_in_it_runs(tmp_path: Path, encoding: str) -> None:
    """A browser runs and loads nothing of an image; a file of its own could be opened alone."""
    files = {
        "README.md": "# Parcels\n\nIt plans where parcels go.\n\n![The page](docs/page.svg)\n",
        "docs/page.svg": DRAWING.encode(encoding),
    }
    made = portfolio.files(read([written(tmp_path / "parcels", files)]))
    assert list(made) == ["index.html"]
    data = b64encode(DRAWING.encode(encoding)).decode()
    assert f'<img src="data:image/svg+xml;base64,{data}"' in made["index.html"].decode()


def test_a_picture_outside_the_repository_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "secret.png").write_bytes(picture())
    folder = written(tmp_path / "parcels", {**SMALL, "docs/page.png": b""})
    (folder / "docs/page.png").unlink()
    (folder / "docs/page.png").symlink_to(tmp_path / "secret.png")
    assert card(folder).picture is None
    (folder / "README.md").write_text("# Parcels\n\n![x](../secret.png)\n")
    assert card(folder).picture is None


def test_a_git_config_that_includes_other_files_is_read_alone(tmp_path: Path) -> None:
    folder = written(tmp_path / "parcels", SMALL, "https://github.com/ada/parcels")
    (tmp_path / "secret").write_text('[remote "origin"]\n\turl = https://github.com/secret/name\n')
    (folder / ".git/config").write_text(f"[include]\n\tpath = {tmp_path / 'secret'}\n")
    assert opened(folder).address == ""


def test_a_folder_inside_another_repository_has_no_remote_of_its_own(tmp_path: Path) -> None:
    written(tmp_path, {}, "https://github.com/ada/everything.git")
    folder = written(tmp_path / "parcels", SMALL)
    assert opened(folder).address == ""


def test_a_fact_that_does_not_end_is_cut(tmp_path: Path) -> None:
    folder = finished(tmp_path)
    test = folder / "tests/test_aaa.py"
    test.write_text(f"from predictor import data\n\n\ndef test_{'a' * 100_000}():\n    assert data\n")
    assert len(portfolio.files(read([folder]))["index.html"]) < 100_000
