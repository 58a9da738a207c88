"""A portfolio: a project per template with shared answers and an index, all or nothing; a second run adds to it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from support import Outcome, git, on_disk

from scaffolder.errors import OutsideError
from scaffolder.portfolio import creation as portfolio
from scaffolder.project import plan as project
from scaffolder.project import staging
from scaffolder.template import catalog

pytestmark = pytest.mark.slow

Run = Callable[..., Outcome]
ARGUMENTS = ("portfolio", "new", "mine", "--yes", "--set", "author_name=Ada Lovelace")


@pytest.fixture
def two_templates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Two bundled templates: classical-ml and a copy of it."""
    folder = tmp_path / "templates"
    shutil.copytree(catalog.bundled("classical-ml").folder, folder / "classical-ml")
    shutil.copytree(catalog.bundled("classical-ml").folder, folder / "second-one")
    path = folder / "second-one" / "cookiecutter.json"
    path.write_text(path.read_text().replace(" Scorer", " Oracle"))
    monkeypatch.setattr(catalog, "templates_folder", lambda: folder)
    catalog.bundled.cache_clear()
    yield ["classical-ml", "second-one"]
    catalog.bundled.cache_clear()


@pytest.fixture
def slugs(two_templates: list[str]) -> list[str]:
    texts = [catalog.bundled(name).config["_use_cases"]["risk"]["project_name"] for name in two_templates]
    return [text.lower().replace(" ", "-") for text in texts]


def test_every_template_once_with_an_index(scaffolder: Run, slugs: list[str]) -> None:
    code, out, _ = scaffolder(*ARGUMENTS)
    assert code == 0
    home = Path("mine")
    assert sorted(path.name for path in home.iterdir()) == sorted(["README.md", *slugs])
    index = (home / "README.md").read_text()
    assert all(f"[{slug}]({slug}/)" in index and f"`cd {slug} && make demo`" in index for slug in slugs)
    for slug in slugs:
        assert slug in out
        assert "Ada Lovelace" in (home / slug / "LICENSE").read_text()
        assert git(home / slug, "branch", "--format=%(refname:short)").split() == ["main", "scaffold"]


def test_run_again_it_adds_what_is_missing_and_touches_nothing_else(
    scaffolder: Run, slugs: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    names = catalog.names()
    monkeypatch.setattr(catalog, "names", lambda: names[:1])
    assert scaffolder(*ARGUMENTS).code == 0
    home = Path("mine")
    (home / slugs[0]).rename(home / "renamed")
    (home / "renamed" / "mine.txt").write_text("work")
    index = home / "README.md"
    index.write_text("# Ada's work\n\n" + index.read_text().partition("\n\n")[2] + "\nCome in.\n")
    before = on_disk(home / "renamed", without=())
    monkeypatch.setattr(catalog, "names", lambda: names)
    code, out, _ = scaffolder("portfolio", "new", "mine", "--yes", "--json")
    assert code == 0
    assert json.loads(out)["present"] == {"classical-ml": "renamed"}
    assert json.loads(out)["made"][0]["answers"]["author_name"] == "Ada Lovelace"
    assert on_disk(home / "renamed", without=()) == before
    text = index.read_text()
    assert text.startswith("# Ada's work\n")
    assert text.endswith("Come in.\n")
    assert "[renamed](renamed/)" in text
    assert f"[{slugs[1]}]({slugs[1]}/)" in text
    assert sorted(path.name for path in home.iterdir()) == sorted(["README.md", "renamed", slugs[1]])
    done = on_disk(home, without=())
    assert scaffolder("portfolio", "new", "mine", "--yes").code == 0
    assert on_disk(home, without=()) == done


def test_a_page_of_somebody_else_is_left_alone(scaffolder: Run, slugs: list[str]) -> None:
    Path("mine").mkdir()
    Path("mine/README.md").write_text("# Mine\n")
    code, _, err = scaffolder(*ARGUMENTS)
    assert code == 0
    assert "so it was not changed" in err
    assert Path("mine/README.md").read_text() == "# Mine\n"


@pytest.mark.parametrize("there_before", [False, True])
def test_if_one_fails_none_is_made(
    scaffolder: Run, slugs: list[str], monkeypatch: pytest.MonkeyPatch, there_before: bool
) -> None:
    if there_before:
        Path("mine").mkdir()
        Path("mine/own.txt").write_text("own")
    fill = project.fill

    def fail_second(plan: project.Plan, folder: Path) -> object:
        if plan.template.name == "second-one":
            raise OutsideError("The disk is full.")
        return fill(plan, folder)

    monkeypatch.setattr(project, "fill", fail_second)
    assert scaffolder(*ARGUMENTS).code == 3
    assert [str(path) for path in Path("mine").glob("*")] == (["mine/own.txt"] if there_before else [])


def test_if_the_last_step_fails_the_first_is_taken_back(
    scaffolder: Run, slugs: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("mine").mkdir()
    rename = staging.rename

    def fail_second(made: Path, place: Path) -> None:
        if place.name == slugs[1]:
            raise OutsideError("The disk is full.")
        rename(made, place)

    monkeypatch.setattr(portfolio, "rename", fail_second)
    assert scaffolder(*ARGUMENTS).code == 3
    assert not list(Path("mine").iterdir())


def test_a_dry_run_writes_nothing(scaffolder: Run, slugs: list[str]) -> None:
    code, out, _ = scaffolder(*ARGUMENTS, "--dry-run")
    assert code == 0
    assert out.count("Would create") == 2
    assert not Path("mine").exists()


def test_a_taken_name_is_refused_before_anything(scaffolder: Run, slugs: list[str]) -> None:
    (Path("mine") / slugs[1]).mkdir(parents=True)
    code, _, err = scaffolder(*ARGUMENTS)
    assert code == 2
    assert "There is already a folder" in err
    assert [path.name for path in Path("mine").iterdir()] == [slugs[1]]
