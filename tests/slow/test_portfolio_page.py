"""The page of a portfolio: in a browser, looked at by axe-core, on a laptop, a phone and paper; and from finished projects."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from browser import SCREENS, Screen, barriers, fits, opened, served, shown
from folders import Elements, finished, half_finished, metrics, picture, written
from playwright.sync_api import Browser
from projects import Finished, Project, scaffolder
from rendered import answered, fresh
from support import combinations
from test_page import site

from scaffolder.pages import portfolio
from scaffolder.portfolio import project as projects
from scaffolder.portfolio.evidence import proofs
from scaffolder.portfolio.model import Picture
from scaffolder.portfolio.results import printed
from scaffolder.portfolio.vocabulary import terms

PHONE, PAPER = SCREENS["phone"], Screen(680, 960)
OWNER = """name = "Mara Lindqvist"
role = "AI engineer, in Oslo or remote"
about = "I was an analyst for six years. Now I build the systems that I used to ask for."
contact = ["mara@example.org", "https://github.com/mara"]
address = "https://mara.github.io/work"
"""
WORDS = "The two people who plan the week asked for it: before, one in four calls came too late."
CHANGED = "\n## What I changed and why\n\nThe threshold follows what a missed call costs us: 18 euros.\n\n## Data"


def generated(folder: Path, template: str) -> None:
    """A project of a template with all its questions answered, a picture, and a small report."""
    files = answered(fresh(template), WORDS)
    readme = files["README.md"].decode().replace("\n## Data", CHANGED, 1)
    more = {
        "README.md": readme.replace("\n## Demo\n", "\n## Demo\n\n![The page](docs/screenshot.png)\n", 1),
        "docs/screenshot.png": picture(size=(1600, 1000)),
        "reports/metrics.json": metrics(),
    }
    written(folder / template, {**files, **more}, f"https://github.com/mara/{template}.git")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of five projects, two of them as their owners hand them in, and a half-finished one."""
    folder = tmp_path_factory.mktemp("portfolio")
    finished(folder / "work")
    finished(folder / "work", "assistant")
    for template in ("llm-eval", "mlops-deploy", "domain-capstone"):
        generated(folder / "work", template)
    half_finished(folder / "work")
    (folder / "portfolio.toml").write_text(OWNER)
    scaffolder("portfolio", "site", "work", cwd=folder)
    return folder / "site"


@pytest.mark.parametrize("screen", SCREENS)
def test_the_page_is_accessible_on_each_screen(chromium: Browser, axe: str, home: Path, screen: str) -> None:
    with shown(chromium, (home / "index.html").as_uri(), SCREENS[screen]) as page:
        assert page.locator("article").count() == 6
        widths = page.locator("article img").evaluate_all("(pictures) => pictures.map((each) => each.naturalWidth)")
        assert len(widths) == 5
        assert min(widths) > 0
        assert fits(page)
    with opened(chromium, (home / "index.html").as_uri(), SCREENS[screen]) as page:
        assert barriers(page, axe, set()) == []


def test_the_page_is_the_same_in_a_subfolder_of_a_server_and_without_scripts(chromium: Browser, home: Path) -> None:
    with served(home.parent) as base:
        with shown(chromium, f"{base}/site/index.html", PHONE) as page:
            text = page.locator("main").inner_text()
        context = chromium.new_context(
            java_script_enabled=False, viewport={"width": 390, "height": 844}, is_mobile=True
        )
        try:
            page = context.new_page()
            page.goto(f"{base}/site/")
            assert page.locator("main").inner_text() == text
        finally:
            context.close()
    assert "86 of 100 cases" in text
    assert "TODO" not in text


def test_on_paper_the_links_say_where_they_lead(chromium: Browser, home: Path) -> None:
    with shown(chromium, (home / "index.html").as_uri(), PAPER._replace(dark=True)) as page:
        page.emulate_media(media="print", color_scheme="dark")
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
        after = page.locator(".links a").evaluate_all(
            "(links) => links.map((link) => getComputedStyle(link, '::after').content)"
        )
        assert {'": https://churn.nordtel.example"', '": https://github.com/mara/churn"'} <= set(after)
        assert fits(page)
        cut = page.locator("article").evaluate_all(
            "(cards) => cards.filter((card) => getComputedStyle(card).breakInside !== 'avoid').length"
        )
        assert cut == 0
        assert len(page.pdf()) > 10_000


def test_nothing_in_a_drawing_runs_or_loads(chromium: Browser, tmp_path: Path) -> None:
    inside = "<script>top.document.title = 'pwned'</script><image href='http://a.example/b.png' width='9' height='9'/>"
    drawing = f"<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'>{inside}</svg>"
    plain = site("x")
    card = replace(plain.cards[0], picture=Picture("1.svg", "x", None, drawing.encode()))
    written(tmp_path, portfolio.files(replace(plain, cards=(card,))))
    with shown(chromium, (tmp_path / "index.html").as_uri(), PHONE) as page:
        assert page.locator("img").evaluate("(picture) => picture.naturalWidth") == 9
        assert page.title() == "x: portfolio"


def test_a_finished_project_shows_what_it_measured(finished: Finished, filled: Project, tmp_path: Path) -> None:
    """The picture, the first number with its rule, and, with default answers, each term that its template shows."""
    read = projects.opened(filled.path)
    scaffolder("portfolio", "site", filled.path, "--name", "Mara", "--role", "AI engineer", cwd=tmp_path)
    page = Elements((tmp_path / "site/index.html").read_text("utf-8"))
    assert page.all("img", "src")
    assert read.metrics
    first = read.metrics.score(read.metrics.headline[0])
    assert first
    assert printed(first.value) in page.text
    assert "TODO" not in page.text
    answers = {f"{finished.template} {key}={value}" for key, value in finished.answers.items()}
    if dict(finished.answers) == combinations(finished.template)[0]:
        answers |= {finished.template, "any"}
    said = [term for term in terms() if answers & set(term.shown_by)]
    assert len(said) > 20 or "any" not in answers
    assert [term.name for term in said if not proofs(read, term)] == []
