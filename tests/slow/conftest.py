"""Projects after `make demo`, made once and shared by the slow proofs."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from browser import axe_core, browser
from PIL import Image, ImageDraw
from playwright.sync_api import Browser
from projects import Finished, Lend, Make, Project, environment, generate, pythons, run
from selection import TOOL, Answers, Chosen, named, of, of_all, only, third
from sites import Site, copied
from support import combinations

from scaffolder.template import catalog

QUESTION = re.compile(r"TODO\(\w+\):[^|\n]*(?=\n| \|)")
# As long as the answers of the finished churn project in tests/check/data are on average.
ANSWER = (
    "It matters to the two people who plan the week: before, they called whoever had complained last, and one in four "
    "calls came too late. I count it as solved when fewer than ten a month are missed; in June it was thirty-one, at a "
    "price of about 2,000 USD. Ines Ferro keeps the list."
)


# The fixtures that are the default project of a template.
DEFAULTS = {"credit": "classical-ml", "library": "rag-assistant", "bench": "llm-eval", "hotel": "mlops-deploy"}
# The groups that take longest, by the beginnings of their names; they come first, so that all workers end together.
LONGEST = (
    *("mlops-deploy", "test_adoption", "rag-assistant", "test_capstone_adoption", "llm-eval", "classical-ml"),
    *("domain-capstone", "test_runs", "test_benchmark"),
)


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> Iterator[None]:
    """With pytest-xdist (-n 2 --dist loadgroup), one worker takes a group, so that each project is made once."""
    for item in items:
        if is_here(item):
            item.add_marker(pytest.mark.slow)
            item.add_marker(pytest.mark.xdist_group(group(item)))
            item.user_properties.append(("group", group(item)))
    left = left_out([item for item in items if is_here(item)])
    config.hook.pytest_deselected(items=list(left))
    items[:] = [item for item in items if item not in left]
    yield
    if hasattr(config, "workerinput"):
        items.sort(key=turn_of)


def left_out(items: list[pytest.Item]) -> set[pytest.Item]:
    """Proofs that look at another template than the one that is asked for, and the long ones that are not taken."""
    left = {item for item in items if only() not in (None, template_of(item))}
    for name in (*catalog.names(), TOOL):
        long = [item for item in items if template_of(item) == name and item.get_closest_marker("long")]
        left |= set(long) - set(third(long, name))
    return left


def chosen(item: pytest.Item) -> Chosen | None:
    """The project that a proof looks at; None if it makes its own, or none."""
    if "make_finished" not in item.fixturenames:
        return None
    for value in item.callspec.params.values() if hasattr(item, "callspec") else ():
        if value in of_all():
            return value
        if value in catalog.names():
            return of(value)[0]
    (default,) = DEFAULTS.keys() & set(item.fixturenames)
    return of(DEFAULTS[default])[0]


def group(item: pytest.Item) -> str:
    """The project that a proof looks at; of a proof that makes its own, the module."""
    project = chosen(item)
    return named(project) if project else item.path.stem


def template_of(item: pytest.Item) -> str:
    """The template that a proof looks at, by its project or its mark."""
    if project := chosen(item):
        return project[0]
    marker = item.get_closest_marker("template")
    return str(marker.args[0]) if marker else TOOL


def turn_of(item: pytest.Item) -> int:
    """When its group's turn comes."""
    name = group(item) if is_here(item) else ""
    return next((place for place, longest in enumerate(LONGEST) if name.startswith(longest)), len(LONGEST))


def is_here(item: pytest.Item) -> bool:
    return Path(__file__).parent in item.path.parents


@pytest.fixture(scope="session")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("generated")


@pytest.fixture(scope="session")
def make_finished(workshop: Path) -> Iterator[Make]:
    """Makes the project of a template and its answers and runs `make demo`, with each Python in turn."""
    made: dict[str, Finished | AssertionError] = {}
    available = list(pythons().values())

    def make(template: str, answers: Answers) -> Finished | AssertionError:
        place = combinations(template).index(dict(answers))
        turn = place + place // 2  # so that each answer of two questions is tried with each Python
        try:
            project = generate(
                workshop / named((template, answers)), template, available[turn % len(available)], **answers
            )
            project.demo()
            return Finished(project, template, answers)
        except AssertionError as error:  # every proof that needs this project fails with it, without a second attempt
            return error

    def finished(template: str, answers: Answers) -> Finished:
        name = named((template, answers))
        result = made.get(name) or made.setdefault(name, make(template, answers))
        if isinstance(result, AssertionError):
            raise result
        return result

    yield finished
    for one in made.values():
        if isinstance(one, Finished) and one.answers.get("vector_store") == "postgres":
            one.project.make("database", "TO=stop")


@pytest.fixture(scope="session", params=of_all(), ids=named)
def finished(request: pytest.FixtureRequest, make_finished: Make) -> Finished:
    """The default of each template, and another combination of its choices in turn."""
    return make_finished(*request.param)


@pytest.fixture(scope="session", params=of("classical-ml"), ids=named)
def predictor(request: pytest.FixtureRequest, make_finished: Make) -> Finished:
    return make_finished(*request.param)


@pytest.fixture(scope="session", params=of("rag-assistant"), ids=named)
def assistant(request: pytest.FixtureRequest, make_finished: Make) -> Finished:
    return make_finished(*request.param)


@pytest.fixture(scope="session", params=catalog.names())
def default(request: pytest.FixtureRequest, make_finished: Make) -> Project:
    """The default project of each template, finished."""
    return make_finished(*of(request.param)[0]).project


def default_of(template: str) -> Callable[[Make], Project]:
    """A fixture: the default project of a template, finished."""

    @pytest.fixture(scope="session")
    def project(make_finished: Make) -> Project:
        return make_finished(*of(template)[0]).project

    return project


credit, library, bench, hotel = map(default_of, DEFAULTS.values())


@pytest.fixture
def site(hotel: Project, tmp_path: Path) -> Iterator[Site]:
    """A copy of it, in which a proof may start what it likes."""
    with copied(hotel, tmp_path / "site") as found:
        yield found


@pytest.fixture(scope="session")
def filled(finished: Finished, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A copy with a screenshot and all questions answered; its blocks are written again, so that the picture is shown."""
    path = tmp_path_factory.mktemp("filled") / finished.project.path.name
    shutil.copytree(finished.project.path, path, ignore=shutil.ignore_patterns(".venv", "__pycache__"))
    screenshot(path / "docs/screenshot.png")
    (package,) = (each.name for each in (path / "src").iterdir() if (each / "__main__.py").exists())
    python = finished.project.path / ".venv/bin/python"
    run(python, "-m", package, "report", cwd=path, env={**environment(), "PYTHONPATH": str(path / "src")})
    for page in (*path.glob("*.md"), *path.glob("docs/*.md"), path / "data/DATASET.md"):
        text = page.read_text("utf-8")
        if page.name == "README.md" and 'docs/screenshot.png"' not in text:  # nothing shows the picture yet
            text = text.replace("## Licence", "![The page](docs/screenshot.png)\n\n## Licence")
        text = QUESTION.sub(ANSWER, text)
        page.write_text(re.sub(r"Your Name|your-github-name", "ferro", text), "utf-8")
    return Project(path, str(python))


@pytest.fixture
def lend() -> Iterator[Lend]:
    """Gives the project in a folder the environment of another one, whose lock is the same: a copy would take long."""
    links: list[Path] = []
    lenders: dict[Path, str] = {}

    def to(path: Path, lender: Project) -> Project:
        links.append(path / ".venv")
        links[-1].symlink_to(lender.path / ".venv")
        (names,) = lender.path.glob(".venv/lib/*/site-packages/src.pth")  # where Python looks for the project's package
        lenders.setdefault(names, names.read_text(encoding="utf-8"))
        names.write_text(str(path / "src"), encoding="utf-8")
        (path / ".git/info").mkdir(exist_ok=True)
        (path / ".git/info/exclude").write_text(".venv\n")  # .gitignore has the folder, not a link
        return Project(path, lender.python)

    yield to
    for link in links:
        link.unlink(missing_ok=True)
    for names, before in lenders.items():
        names.write_text(before, encoding="utf-8")


def screenshot(file: Path) -> None:
    image = Image.new("RGB", (1600, 1000), "white")
    ImageDraw.Draw(image).rectangle((100, 100, 900, 500), fill="navy")
    image.save(file)


@pytest.fixture(scope="session")
def axe() -> str:
    return axe_core()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as started:
        yield started
