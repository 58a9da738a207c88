"""The page of rag-assistant in a browser: a question, its quotation, the cited source, documents, small screens."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from browser import SCREENS, Screen, barriers, fits, opened
from playwright.sync_api import Browser, Page
from projects import Project
from service import serving


@pytest.fixture(scope="module")
def copied(library: Project, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A copy, in which documents may be added."""
    path = tmp_path_factory.mktemp("page") / "copy"
    shutil.copytree(library.path, path, symlinks=True, ignore=shutil.ignore_patterns(".git", "__pycache__"))
    return Project(path, library.python)


@pytest.fixture(scope="module")
def address(copied: Project) -> Iterator[str]:
    with serving(copied, copied.path, "ASSISTANT_PORT", {}) as found:
        yield found


def asked(page: Page, question: str) -> None:
    page.locator("#question").fill(question)
    page.locator("#question").press("Enter")
    page.locator("#answer .confidence").wait_for()


@pytest.mark.parametrize("screen", SCREENS)
def test_an_answer_its_source_and_its_accessibility(chromium: Browser, axe: str, address: str, screen: str) -> None:
    with opened(chromium, address, SCREENS[screen]) as page:
        failed: list[str] = []
        page.on("console", lambda message: failed.append(message.text))
        page.locator(".examples button").first.click()
        page.locator("#answer .confidence").wait_for()
        assert page.locator("#answer mark").count() >= 1
        assert barriers(page, axe) == []
        page.locator("#answer .cite").first.click()
        page.locator("#source mark").first.wait_for()
        assert fits(page)
        assert barriers(page, axe) == []
        assert failed == []


def test_a_question_that_nothing_answers_is_refused_in_words(chromium: Browser, address: str) -> None:
    with opened(chromium, address) as page:
        asked(page, "How do I bake sourdough bread in an office?")
        assert "I found no passage that answers this question." in page.locator("#answer").inner_text()


def test_a_table_is_shown_as_one(chromium: Browser, address: str, tmp_path: Path) -> None:
    file = tmp_path / "tariff.md"
    file.write_text("# Tariff of the ferry\n\n| Passenger | Price |\n| --- | --- |\n| Walrus | nine crowns |\n")
    with opened(chromium, address, Screen(390, 844)) as page:
        page.locator("input[type=file]").set_input_files(file)
        page.locator("#uploaded").get_by_text("added").wait_for()
        asked(page, "What is the price of the ferry for a walrus?")
        assert page.locator("#answer table td").all_inner_texts() == ["Walrus", "nine crowns"]
        assert fits(page)


FILLER = "\n".join(f"This is remark {number} on the daily work of a harbour.\n" for number in range(60))
CODE = "\n".join(f"print({number})" for number in range(9))
CITED = {
    "paragraph": ("The zeppelin of Lindau lands on the roof at dawn.", "When does the zeppelin of Lindau land?"),
    "list": ("- The gondola needs a licence.\n- The submarine needs a helmet.", "What does the submarine need?"),
    "table": ("| Vessel | Colour |\n| --- | --- |\n| Catamaran | turquoise |", "Which colour has the catamaran?"),
    "code": (f"```\n{CODE}\n\nhovercraft = 'eels'\n```", "What is in the hovercraft?"),
}
# Whether the screen shows the middle of the mark's first line, and the paragraph, table or code around it is not cut.
SEEN = """mark => {
  const { left, top, width, height } = mark.getClientRects()[0];
  const block = mark.closest("#source .prose > *");
  return height > 0 && block.clientHeight >= block.scrollHeight && mark.contains(document.elementFromPoint(left + width / 2, top + height / 2));
}"""


@pytest.mark.parametrize("screen", ["laptop", "phone"])
@pytest.mark.parametrize("kind", CITED)
def test_the_cited_place_is_seen(chromium: Browser, address: str, tmp_path: Path, screen: str, kind: str) -> None:
    passage, question = CITED[kind]
    file = tmp_path / f"{kind}.md"
    file.write_text(f"# Harbour\n\n{FILLER}\n## Rules\n\n{passage}\n\n## More\n\n{FILLER}")
    with opened(chromium, address, SCREENS[screen]) as page:
        page.locator("input[type=file]").set_input_files(file)
        page.locator("#uploaded").get_by_text("added").wait_for()
        asked(page, question)
        page.locator("#answer .cite").first.click()
        assert page.locator("#source mark").first.evaluate(SEEN)
