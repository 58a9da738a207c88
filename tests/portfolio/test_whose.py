"""What is whose: a project as it was made shows nothing of its owner's; own code, data and words are told apart."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from folders import SMALL, Elements, card, opened, read, written
from support import Outcome, git, refused

from scaffolder.cli.app import run
from scaffolder.pages import portfolio, profile

Run = Callable[..., Outcome]
WHO = ("--name", "Mara", "--role", "AI engineer")
OWN = {
    "src/predictor/moving.py": """
import pandas as pd


def forecast_moves(frame: pd.DataFrame) -> list[float]:
    months = frame["tenure"].clip(1, 72)
    return list(12 / months)


def shown() -> None:
    print(forecast_moves(pd.DataFrame({"tenure": [3]})))
""",
    "tests/test_moving.py": """
import pandas as pd
from predictor.moving import forecast_moves


def test_new_customers_move_more_often():
    assert forecast_moves(pd.DataFrame({"tenure": [3]}))
""",
}
WORDS = "I added a forecast of house moves, since movers leave 37.25% more often than all the others."


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project as its template makes it."""
    folder = tmp_path_factory.mktemp("made")
    assert run(["new", "classical-ml", "untouched", "-o", str(folder), "--yes", "--git"]) == 0
    return folder / "untouched"


@pytest.fixture
def own(made: Path, tmp_path: Path) -> Path:
    """The project with a module, a test and a paragraph of its owner's, all committed."""
    folder = shutil.copytree(made, tmp_path / "own", symlinks=True)
    written(folder, OWN)
    readme = (folder / "README.md").read_text()
    question = next(line for line in readme.split("\n") if line.startswith("TODO(changed)"))
    (folder / "README.md").write_text(readme.replace(question, WORDS))
    commit(folder)
    return folder


def commit(folder: Path) -> None:
    git(folder, "add", "--all")
    git(folder, "-c", "user.name=M", "-c", "user.email=m@e.example", "commit", "--quiet", "-m", "Mine")


def test_a_project_as_it_was_made_shows_no_skill_of_its_owner(made: Path) -> None:
    site = read([made])
    assert site.cards[0].whose == "Made from the template classical-ml; nothing in it is mine yet."
    assert site.cards[0].sentence.startswith("Estimates the probability")
    assert site.skills
    assert {skill.template for skill in site.skills} == {"classical-ml"}
    page = Elements(portfolio.files(site)["index.html"].decode())
    assert "Shown by work of mine" not in page.text
    assert len(page.all("details", "open")) == 0
    assert "that the template classical-ml shows, not work of mine" in page.text
    assert "as their owner wrote them" not in page.text
    assert "where work of mine shows them" not in profile.page(site)


def test_own_code_comes_first_and_is_counted(own: Path) -> None:
    site = read([own])
    assert site.cards[0].whose.startswith("Made from the template classical-ml; 10 lines, 1 test and 18 words are mine")
    mine = {skill.name: skill.shown[0].place for skill in site.skills if not skill.template}
    assert set(mine) == {"Regression models", "Data analysis", "Python", "Tests"}
    assert mine["Tests"].startswith("tests/test_moving.py:")
    assert mine["Regression models"] == "src/predictor/moving.py:5"
    assert [skill.template for skill in site.skills] == sorted(skill.template for skill in site.skills)
    assert "| Regression models |" in profile.page(site)


def test_a_change_that_is_not_committed_is_nobodys(made: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(made, tmp_path / "open", symlinks=True)
    written(folder, OWN)
    assert {skill.template for skill in read([folder]).skills} == {"classical-ml"}


def test_without_a_history_nobody_can_tell(made: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(made, tmp_path / "copied", symlinks=True)
    shutil.rmtree(folder / ".git")
    site = read([folder])
    assert "cannot be told here" in site.cards[0].whose
    assert {skill.template for skill in site.skills} == {"classical-ml"}


def test_what_no_template_made_is_its_owners(tmp_path: Path) -> None:
    site = read([written(tmp_path / "parcels", SMALL)])
    assert site.cards[0].whose == ""
    assert {skill.template for skill in site.skills} == {""}


def test_the_experiment_of_the_template_is_no_failure_of_the_owners(own: Path) -> None:
    decision = own / "docs/decisions/0001-longer-search.md"
    decision.write_text(decision.read_text().replace("# 1. ", "# 1. What failed: ", 1))
    commit(own)
    assert card(own).failure is None


def test_copies_to_practise_on_and_unfinished_starters_are_left_out(scaffolder: Run, own: Path) -> None:
    shutil.copytree(own, own.parent / "own-drill-7", symlinks=True)
    stub = 'def late() -> bool:\n    raise NotImplementedError("exercise core: docs/exercises.md")\n'
    written(own.parent / "begun", {**SMALL, "scaffolder.toml": "contract = 1\n", "src/parcels/late.py": stub})
    out = " ".join(scaffolder("portfolio", "site", own.parent, *WHO).out.split())
    assert "Wrote site/index.html: 1 project, 4 skills shown by work of yours" in out
    assert "left out: own-drill-7, because it is a copy to practise on" in out
    assert "left out: begun, because its exercises are not all written" in out
    assert "own-drill-7" not in Path("site/index.html").read_text()
    Path("ad.txt").write_text("pandas\n")
    assert "own-drill-7 was left out, because it is a copy" in scaffolder("match", "ad.txt", own.parent).err
    refused(scaffolder("portfolio", "site", own.parent / "own-drill-7", *WHO), "There is no project to show")


def test_an_empty_card_is_never_shown(scaffolder: Run, tmp_path: Path) -> None:
    bare = written(
        tmp_path / "projects/bare", {"pyproject.toml": '[project]\nname = "bare"\n', "code.py": "print(1)\n"}
    )
    refused(scaffolder("portfolio", "site", bare, *WHO), "nothing in 'bare' says what it is")
    small = written(tmp_path / "projects/parcels", SMALL)
    out = " ".join(scaffolder("portfolio", "site", bare, small, *WHO).out.split())
    assert "1 project," in out
    assert "left out: bare, because nothing in it says what it is" in out
    assert "bare" not in Path("site/index.html").read_text()


def test_a_project_about_drills_is_no_copy(tmp_path: Path) -> None:
    assert [opened(written(tmp_path / name, SMALL)).unready for name in ("fire-drill-app", "drill-7")] == ["", ""]


def test_a_card_without_a_sentence_shows_the_summary(tmp_path: Path) -> None:
    project = '[project]\nname = "parcels"\ndescription = "Says which parcels come late."\n'
    files = {**SMALL, "README.md": "# Parcels\n\nTODO(summary): what is it?\n", "pyproject.toml": project}
    assert card(written(tmp_path / "parcels", files)).sentence == "Says which parcels come late."


def test_match_says_what_is_whose(scaffolder: Run, own: Path) -> None:
    Path("ad.txt").write_text("Forecasting, CI/CD and Java\n")
    out = " ".join(scaffolder("match", "ad.txt", own).out.split())
    assert "Work of yours shows 1 of them. The others: 1 only in what a template brought, 1 not shown." in out
    head, _, rest = out.partition("Only a template shows it")
    assert "Forecasting" in head
    assert "(in the code, from the template classical-ml)" in rest


def test_a_pipe_in_the_place_of_a_file_is_refused(tmp_path: Path) -> None:
    for name in ("portfolio.toml", "home/README.md", "home/p/.scaffolder.json"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        os.mkfifo(tmp_path / name)
    for arguments in (("portfolio", "site", "home", *WHO), ("portfolio", "new", "home", "--yes", "--dry-run")):
        done = subprocess.run(
            [sys.executable, "-m", "scaffolder", *arguments], cwd=tmp_path, capture_output=True, text=True, timeout=60
        )
        assert (done.returncode, done.stderr.count("\n")) == (2, 1), done.stderr
