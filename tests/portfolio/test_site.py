"""`scaffolder portfolio site`: from repositories to a folder, all or nothing."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from folders import SMALL, Elements, finished, half_finished, written
from support import Outcome, on_disk, refused
from test_workflows import LINTERS, lint

from scaffolder.portfolio import publishing

Run = Callable[..., Outcome]
WHO = ("--name", "Mara Lindqvist", "--role", "AI engineer", "--contact", "mara@example.org")


@pytest.fixture
def home() -> Path:
    """A folder with a finished, a half-finished and a small project."""
    home = Path("projects")
    finished(home)
    half_finished(home)
    written(home / "parcels", SMALL, "https://github.com/mara/parcels")
    return home


@pytest.fixture
def parcels() -> Path:
    """A folder with the small project alone, which takes a tenth of the time."""
    return written(Path("projects/parcels"), SMALL, "https://github.com/mara/parcels").parent


def test_a_folder_of_projects_becomes_one_page(scaffolder: Run, home: Path) -> None:
    code, out, err = scaffolder("portfolio", "site", home, *WHO)
    assert code == 0
    assert err == ""
    assert sorted(on_disk(Path("site"))) == ["index.html", "pictures/1.png", "pictures/3.png"]
    page = Elements(Path("site/index.html").read_text("utf-8"))
    for words in (
        *("Mara Lindqvist", "AI engineer", "Churn predictor", "Parcels", "86 of 100 cases", "0.812", "average rate"),
        *("I gave the service our own calls", "Row 4796", "runs as 10001, from python:3.13-slim"),
    ):
        assert words in page.text, words
    assert "TODO" not in page.text
    assert {"https://churn.nordtel.example", "https://github.com/mara/churn"} <= set(page.all("a", "href"))
    assert "https://github.com/mara/parcels/blob/HEAD/src/parcels/app.py#L5" in page.all("a", "href")
    assert "Wrote site/index.html: 3 projects" in out
    assert "left out: your changes, because README.md has no words of yours" in " ".join(out.split())


def test_the_preview_says_of_each_project_what_was_left_out(scaffolder: Run, home: Path) -> None:
    code, out, _ = scaffolder("portfolio", "site", home, *WHO, "--json", "--dry-run")
    assert code == 0
    assert not Path("site").exists()
    said = json.loads(out)
    missing = {each["name"]: [part["what"] for part in each["left_out"]] for each in said["projects"]}
    assert missing["Churn predictor"] == ["sentence of your own"]
    assert {"picture", "result", "live link", "your changes"} <= set(missing["Credit Risk Scorer"])
    assert all(part["remedy"] for each in said["projects"] for part in each["left_out"])


def test_the_owners_file_says_who_it_is_and_replaces_addresses(scaffolder: Run, home: Path) -> None:
    code, out, _ = scaffolder("portfolio", "site", home, "--init", "--name", "Mara Lindqvist")
    assert (code, out.startswith("Wrote portfolio.toml")) == (0, True)
    assert scaffolder("portfolio", "site", home, "--init").code == 2  # there is one already
    assert "needs your role" in scaffolder("portfolio", "site", home).err
    text = Path("portfolio.toml").read_text()
    more = '[projects.churn]\nlive = ""\nrepository = "https://gitlab.com/mara/c"\n'
    Path("portfolio.toml").write_text(text.replace('role = ""', 'role = "Data scientist"') + more)
    assert scaffolder("portfolio", "site", home).code == 0
    page = Path("site/index.html").read_text("utf-8")
    assert "Data scientist" in page
    assert "churn.nordtel.example" not in page
    assert "https://gitlab.com/mara/c/-/blob/HEAD/" in page


def test_a_later_site_takes_the_place_of_an_earlier_one(scaffolder: Run, parcels: Path) -> None:
    assert scaffolder("portfolio", "site", parcels, *WHO).code == 0
    assert "pictures/1.png" in on_disk(Path("site"))
    written(parcels / "parcels", {"README.md": "# Parcels\n\nSays which parcels will come late.\n"})
    assert scaffolder("portfolio", "site", parcels, *WHO).code == 0
    assert sorted(on_disk(Path("site"))) == ["index.html"]
    assert [name for name in os.listdir() if ".scaffolder-" in name] == []


@pytest.mark.parametrize("stranger", ["notes.txt", "pictures/holiday.png", "CNAME"])
def test_what_is_not_part_of_the_site_is_never_lost(scaffolder: Run, parcels: Path, stranger: str) -> None:
    written(Path("site"), {stranger: "mine"})
    assert "holds no earlier site" in scaffolder("portfolio", "site", parcels, *WHO).err
    (Path("site") / stranger).rename("aside")
    Path("site/pictures").mkdir(exist_ok=True)
    (Path("site/pictures")).rmdir()
    assert scaffolder("portfolio", "site", parcels, *WHO).code == 0
    written(Path("site"), {stranger: "mine"})
    refused(scaffolder("portfolio", "site", parcels, *WHO), f"site/{stranger}' is not part of the site")
    assert (Path("site") / stranger).read_text() == "mine"


def test_if_it_cannot_be_put_in_place_the_earlier_one_stays(
    scaffolder: Run, parcels: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert scaffolder("portfolio", "site", parcels, *WHO).code == 0
    Path(publishing.WORKFLOW).unlink()
    before = on_disk(Path("site"))
    rename = os.rename

    def fail(source: str | Path, target: str | Path) -> None:
        if Path(source).name == "new":
            raise OSError(28, "No space left on device")
        rename(source, target)

    monkeypatch.setattr(publishing.os, "rename", fail)
    assert scaffolder("portfolio", "site", parcels / "parcels", *WHO).code == 3
    assert on_disk(Path("site")) == before
    assert not Path(publishing.WORKFLOW).exists()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("nowhere",), "There is no folder 'nowhere'"),
        (("empty",), "is no repository, and no folder in it is one"),
        (("projects", "-o", "no/such/site"), "There is no folder"),
        (("projects", "-o", "projects/parcels/README.md"), "is not a folder"),
        (("projects", "--contact", "call me"), "neither an e-mail address nor a web address"),
        (("projects", "--profile", "projects/parcels/README.md"), "was not written by this command"),
    ],
)
def test_a_wrong_use_is_one_sentence_and_writes_nothing(
    scaffolder: Run, parcels: Path, arguments: tuple[str, ...], says: str
) -> None:
    Path("empty").mkdir()
    before = on_disk(Path())
    refused(scaffolder("portfolio", "site", *arguments, *WHO), says)
    assert on_disk(Path()) == before


def test_a_profile_is_written_from_the_same_facts(scaffolder: Run, parcels: Path) -> None:
    for _ in range(2):
        assert scaffolder("portfolio", "site", parcels, *WHO, "--profile", "README.md").code == 0
    text = Path("README.md").read_text("utf-8")
    assert "# Mara Lindqvist" in text
    assert "### [Parcels](<https://github.com/mara/parcels>)" in text
    assert "ROC AUC 0.812" in text


def test_the_workflow_publishes_the_folder_and_is_sound(scaffolder: Run, parcels: Path) -> None:
    odd = 'our "site" #1'
    assert scaffolder("portfolio", "site", parcels, *WHO, "-o", odd).code == 0
    steps = yaml.safe_load(Path(publishing.WORKFLOW).read_text())["jobs"]["publish"]["steps"]
    assert steps[1]["with"]["path"] == odd
    for linter in ("zizmor", "actionlint", "workflow schema"):
        code, output = lint(LINTERS[linter], Path.cwd())
        assert code == 0, output


def test_a_workflow_that_is_there_is_left_alone(scaffolder: Run, parcels: Path) -> None:
    written(Path(), {publishing.WORKFLOW: "mine\n"})
    assert scaffolder("portfolio", "site", parcels, *WHO).code == 0
    assert Path(publishing.WORKFLOW).read_text() == "mine\n"


def test_the_home_of_the_page_is_no_project(scaffolder: Run, parcels: Path) -> None:
    written(Path(), {"README.md": "# Mara\n", "portfolio.toml": 'name = "Mara"\nrole = "AI engineer"\n'})
    assert "is no repository" in scaffolder("portfolio", "site").err  # its projects lie one folder deeper
    assert scaffolder("portfolio", "site", parcels).code == 0


def test_a_link_to_a_project_elsewhere_is_not_followed(scaffolder: Run, parcels: Path) -> None:
    secret = written(Path("elsewhere/secret"), SMALL)
    (parcels / "link").symlink_to(secret.resolve())
    assert "Wrote site/index.html: 1 project" in scaffolder("portfolio", "site", parcels, *WHO).out
