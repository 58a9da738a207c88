"""The page of a whole course in a browser, looked at by axe-core, and used: sorted, filtered, opened, printed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import browser
import cohort_data
import pytest
from browser import Screen, barriers, fits, opened
from playwright.sync_api import Browser, Page

from scaffolder.pages import cohort as pages

SCREENS = {name: browser.SCREENS[name] for name in ("laptop", "laptop dark", "phone", "phone dark")}
LAPTOP, PHONE = SCREENS["laptop"], SCREENS["phone"]
CLASSES = {"five": (5, 0, False), "forty": (40, 4, False), "hostile": (8, 2, True)}


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The page of each class, and of one of 200."""
    folder = tmp_path_factory.mktemp("pages")
    found = {}
    for name, (count, groups, hostile) in {**CLASSES, "large": (200, 8, False)}.items():
        standing = cohort_data.made(folder / name, count, groups=groups, hostile=hostile)
        found[name] = folder / f"{name}.html"
        found[name].write_text(pages.page(standing), encoding="utf-8")
    return found


@contextmanager
def shown(chromium: Browser, file: Path, screen: Screen = LAPTOP) -> Iterator[Page]:
    with opened(chromium, file.as_uri(), screen) as page:
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
        yield page
        assert errors == []


BROKEN = r"""() => {
  const found = [], texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let text; (text = texts.nextNode()); ) {
    if (!text.parentElement.checkVisibility() || text.parentElement.closest("script, style, .turned")) continue;
    for (const word of text.data.matchAll(/\p{L}{2,20}/gu)) {
      const range = document.createRange();
      range.setStart(text, word.index);
      range.setEnd(text, word.index + word[0].length);
      const lines = new Set([...range.getClientRects()].map((box) => Math.round(box.top)));
      if (lines.size > 1) found.push(`${word[0]} in ${text.parentElement.outerHTML.slice(0, 150)} ${text.parentElement.closest("table")?.className}`);
      if (lines.size) words += 1;
    }
  }
  return [words, found];
}""".replace("() => {", "() => { let words = 0;", 1)
"""How many words of letters a page shows, and which of them stand on more than one line."""


def names(page: Page, grid: int = 0) -> list[str]:
    rows = page.locator(".grid").nth(grid).locator("tbody tr:not(.band):visible th a")
    return [text.strip() for text in rows.all_inner_texts()]


@pytest.mark.parametrize(
    ("name", "screen"), [*(("five", screen) for screen in SCREENS), ("hostile", "laptop"), ("hostile", "phone dark")]
)
def test_the_page_is_accessible_closed_and_opened(
    chromium: Browser, axe: str, files: dict[str, Path], name: str, screen: str
) -> None:
    with shown(chromium, files[name], SCREENS[screen]) as page:
        for step in (
            "",
            "document.querySelectorAll('details').forEach((each) => (each.open = true))",
            "location.hash = '#s2'",
        ):
            page.evaluate(step or "0")
            assert barriers(page, axe) == [], step
            assert fits(page), step


@pytest.mark.parametrize("name", ["five", "forty"])
def test_no_word_is_broken_on_a_phone(chromium: Browser, files: dict[str, Path], name: str, tmp_path: Path) -> None:
    """Also if both rounds of checks were on one day, so that the time stands above a narrow column."""
    same_day = tmp_path / "page.html"
    text = files[name].read_text("utf-8")
    earlier = re.search(r'class="number">Now<th scope="col" class="number">([^<]+)<', text)
    assert earlier
    same_day.write_text(text.replace(earlier[1].strip(), "21 Nov, 07:59:34"), encoding="utf-8")
    for file in (files[name], same_day):
        with shown(chromium, file, PHONE) as page:
            words, broken = page.evaluate(BROKEN)
            assert (words > 200, broken) == (True, [])


def test_nothing_of_a_ledger_runs(chromium: Browser, files: dict[str, Path]) -> None:
    with shown(chromium, files["hostile"]) as page:
        assert page.title() == "Machine learning 2026: who stands where"
        assert page.locator("script").count() == 1
        assert page.locator("img").count() == 0


def test_the_policy_would_stop_what_escaping_missed(chromium: Browser, files: dict[str, Path], tmp_path: Path) -> None:
    attack = "<script>document.title='pwned'</script><body><img src=x onerror=\"document.title='pwned'\">"
    file = tmp_path / "page.html"
    file.write_text(files["five"].read_text("utf-8").replace("<body>", attack), encoding="utf-8")
    with opened(chromium, file.as_uri()) as page:
        assert page.locator("script").count() == 2
        assert page.title() == "Machine learning 2026: who stands where"


@pytest.mark.parametrize("screen", [LAPTOP, PHONE])
def test_a_large_class_opens_at_once_and_scrolls_in_its_box(
    chromium: Browser, files: dict[str, Path], screen: Screen
) -> None:
    with shown(chromium, files["large"], screen) as page:
        load = page.evaluate("performance.timing.loadEventEnd - performance.timing.navigationStart")
        assert load < 3_000  # three times what it may take
        assert page.evaluate("document.documentElement.scrollHeight") < (4_000 if screen is LAPTOP else 6_500)
        assert fits(page)
        page.evaluate("document.querySelector('#p0 .scroll').scrollIntoView()")
        box = page.locator("#p0 .scroll")
        assert box.evaluate("(box) => box.scrollHeight > 3 * box.clientHeight")
        box.evaluate("(box) => box.scrollTo(300, 1500)")
        places = box.evaluate(
            """(box) => {
              const edge = box.getBoundingClientRect(), place = (each) => each.getBoundingClientRect();
              return [place(box.querySelector("thead th.turned")).bottom - edge.top, place(box.querySelector("tbody tr:not(.band) th")).left - edge.left]
            }"""
        )
        assert 60 < places[0] < 280  # the names of the items stay on top
        assert 0 <= places[1] < 4  # and the students' at the left


def test_the_grid_is_sorted_by_a_column_and_back(chromium: Browser, files: dict[str, Path]) -> None:
    with shown(chromium, files["forty"]) as page:
        page.uncheck("[name=grouped]")
        before = names(page)
        done = page.locator("#p0").get_by_role("button", name="Done")
        done.click()
        assert page.locator("#p0 th[aria-sort]").get_attribute("aria-sort") == "ascending"
        scores = page.locator("#p0 tbody tr:not(.band) td:nth-child(3)").all_inner_texts()
        numbers = [int(text.strip("% ") or -1) for text in scores]
        assert numbers == sorted(numbers)
        done.press("Enter")
        assert page.locator("#p0 tbody tr:not(.band) td:nth-child(3)").first.inner_text().strip() == f"{max(numbers)}%"
        done.click()
        assert names(page) == before
        page.locator("#p0").get_by_role("button", name="Privacy").click()
        assert page.locator("#p0 tbody tr:not(.band) td:last-child").count() == 40


def test_groups_stay_together_unless_they_are_not_wanted(chromium: Browser, files: dict[str, Path]) -> None:
    with shown(chromium, files["forty"]) as page:
        bands = page.locator("#p0 .band:visible")
        assert bands.count() == 4
        page.locator("#p0").get_by_role("button", name="Done").click()
        assert bands.count() == 4
        assert page.locator("#p0 tbody").nth(1).locator("tr:not(.band)").count() == 10
        page.uncheck("[name=grouped]")
        assert bands.count() == 0
        page.check("[name=grouped]")
        assert page.locator("#p0 tbody").nth(1).locator("tr:not(.band)").count() == 10


def test_students_are_found_and_chosen_by_what_is_wrong(chromium: Browser, files: dict[str, Path]) -> None:
    with shown(chromium, files["forty"]) as page:
        page.fill("[name=find]", "s017")
        assert len(names(page)) == len(names(page, 1)) == 1
        assert page.locator(".tools output").inner_text() == "1 of 40 students"
        page.fill("[name=find]", "group 2")
        assert len(names(page)) == 10
        page.fill("[name=find]", "")
        page.select_option("[name=show]", "not_moved")
        assert len(names(page)) == page.locator("#p0 tr.not_moved").count() < 40
        page.select_option("[name=show]", "")
        assert len(names(page)) == 40


def test_a_student_opens_from_the_grid_and_closes_to_where_it_was(chromium: Browser, files: dict[str, Path]) -> None:
    with shown(chromium, files["forty"]) as page:
        link = page.locator("#p1 tbody tr:not(.band) th a").nth(3)
        link.focus()
        page.keyboard.press("Enter")
        student = page.locator(".student:visible")
        assert student.count() == 1
        assert student.locator("h2").inner_text() == link.inner_text()
        page.keyboard.press("Escape")
        assert student.count() == 0
        assert page.evaluate("document.activeElement.id") == link.get_attribute("id")
        page.locator("#p0 tbody tr:not(.band)").nth(2).locator("td").last.click()
        assert student.locator(".shown").get_attribute("data-i") == "rollback"
        first = student.locator(".found a").first
        first.click()
        assert first.locator("xpath=..").locator(".remedy").is_visible()
        student.get_by_role("link", name="Close").click()
        assert student.count() == 0


def test_without_its_script_the_page_says_all_the_same(chromium: Browser, files: dict[str, Path]) -> None:
    context = chromium.new_context(java_script_enabled=False, viewport={"width": 1280, "height": 800})
    try:
        page = context.new_page()
        page.goto(files["forty"].as_uri())
        assert page.locator(".tools").is_hidden()
        assert page.locator("#p0 tbody tr:not(.band)").count() == 40
        page.locator("#p0 tbody th a").first.click()
        assert page.locator(".student:visible").count() == 1
        page.locator(".student:visible .found a").first.click()
        assert page.locator(".student:visible").count() == 0
        assert page.locator(".asked > div:target").is_visible()
    finally:
        context.close()


def test_the_printed_page_has_every_row(chromium: Browser, files: dict[str, Path]) -> None:
    with shown(chromium, files["forty"]) as page:
        page.emulate_media(media="print")
        assert page.locator("#p0 .scroll").evaluate("(box) => box.scrollHeight <= box.clientHeight + 1")
        assert page.locator(".tools").is_hidden()
        assert len(page.pdf()) > 10_000
        page.set_viewport_size({"width": 978, "height": 740})  # Letter, landscape, with Chromium's margins
        assert page.locator("#p0 .grid").evaluate(
            "(grid) => grid.scrollWidth <= document.body.clientWidth + 4"
        )  # a turned title stands out
        assert page.locator("#p0 .grid th.corner").evaluate("(student) => student.clientWidth > 80")
        page.evaluate("location.hash = '#s1'")
        assert page.locator("#p0").is_hidden()
        assert page.locator(".student:visible").count() == 1
