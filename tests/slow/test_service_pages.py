"""The pages of generated services in a browser: on a phone, on a laptop, and in the picture that README.md shows."""

from __future__ import annotations

import json
import struct
import sys
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from browser import SCREENS, barriers, fits, opened
from playwright.sync_api import Browser, Route
from projects import Make, Project, run
from selection import Chosen, named, of, templates
from service import serving
from support import tool

from scaffolder.project.machine import PICTURE
from scaffolder.template import catalog

IN_VIEW = """selector => {
  const { top, bottom, height } = document.querySelector(selector).getBoundingClientRect();
  return height > 0 && top >= 0 && bottom <= innerHeight;
}"""
ONE_LINE = """element => {
  const text = document.createRange();
  text.selectNodeContents(element.firstChild);
  return text.getClientRects().length === 1;
}"""
ANY_NAME: dict[str, float | str] = {"elements": 14.96014, "dataset": 2359, "__proto__": 1234567.8, "a\rb": "x  two"}
RENDERED = """
import json, sys
from predictor.inputs import CategoricalInput, NumericInput
from predictor.model import read_manifest
from predictor.serving.page import render_page

inputs = []
for name, value in json.loads(sys.argv[1]).items():
    known = {"key": f"input_{len(inputs)}", "name": name, "nullable": False, "typical": value, "example": value}
    if isinstance(value, str):
        inputs.append(CategoricalInput(choices=["x", value, "x\\r"], **known))
    else:
        inputs.append(NumericInput(seen=(0, 1), **known))
print(render_page(read_manifest().model_copy(update={"inputs": inputs})))
"""


@pytest.fixture(scope="module", params=of("classical-ml"), ids=named)
def project(request: pytest.FixtureRequest, make_finished: Make) -> Project:
    chosen: Chosen = request.param
    return make_finished(*chosen).project


@pytest.fixture(scope="module")
def address(project: Project) -> Iterator[str]:
    with serving(project, project.path, "PREDICTOR_PORT", {}) as found:
        yield found


@pytest.mark.parametrize("screen", SCREENS)
def test_the_answer_is_in_view_and_the_page_accessible(chromium: Browser, axe: str, address: str, screen: str) -> None:
    with opened(chromium, address, SCREENS[screen]) as page:
        failed: list[str] = []
        page.on("console", lambda message: failed.append(message.text))
        if screen != "phone on its side":
            assert page.evaluate(IN_VIEW, "#predict")
        page.locator("#predict").click()
        page.locator("#verdict").wait_for()
        assert [part for part in ("#score", "#verdict") if not page.evaluate(IN_VIEW, part)] == []
        if screen.startswith("phone") and screen != "phone on its side":
            assert page.evaluate("result.getBoundingClientRect().height < 0.4 * innerHeight"), "the form is behind it"
        page.locator("#why").evaluate("element => element.open = true")
        assert page.locator("#reasons li").count() + page.locator("#no-reasons:visible").count() > 0
        assert fits(page)
        assert barriers(page, axe) == []
        examples = page.locator("[data-example]")
        for place in range(examples.count()):
            with page.expect_response("**/predict") as answered:
                examples.nth(place).click()
            assert answered.value.ok
            given = json.loads(str(examples.nth(place).get_attribute("data-example")))
            assert answered.value.request.post_data_json == {
                name: value for name, value in given.items() if value is not None
            }
        assert examples.count() == 3
        assert failed == []


def test_a_refused_value_is_explained_at_its_field(chromium: Browser, address: str) -> None:
    with opened(chromium, address, SCREENS["phone"]) as page:
        field = page.locator("input[type=number][required]").first
        field.fill("")
        page.locator("#predict").click()
        assert field.get_attribute("aria-invalid") == "true"
        assert page.evaluate("document.activeElement.name") == field.get_attribute("name")
        assert page.locator(f"#{field.get_attribute('id')}-error").is_visible()
        page.get_by_role("button", name="Reset").click()
        page.locator("#predict").click()
        page.locator("#verdict").wait_for()


def test_a_column_may_have_any_name_and_its_values_are_shown_as_in_the_form(credit: Project, chromium: Browser) -> None:
    html = run(credit.path / ".venv/bin/python", "-c", RENDERED, json.dumps(ANY_NAME), cwd=credit.path)
    reasons = [
        {"feature": name, "value": value, "typical": value, "effect": 0.0037} for name, value in ANY_NAME.items()
    ]
    answer = {"probability": 0.5, "threshold": 0.5, "decision": True, "warnings": [], "reasons": reasons}
    refusal = {"detail": [{"type": "value_error", "loc": ["body", "a\rb"], "msg": "is wrong"}]}
    answers, asked = iter([(200, answer), (422, refusal)]), []

    def respond(route: Route) -> None:
        path = urlsplit(route.request.url).path
        if path == "/predict":
            asked.append(route.request.post_data_json)
            status, told = next(answers)
            route.fulfill(status=status, json=told)
        elif path == "/":
            route.fulfill(body=html, content_type="text/html")
        else:
            route.fulfill(path=credit.path / f"src/predictor/serving{path}")

    with opened(chromium, "about:blank") as page:
        page.route("**/*", respond)
        page.goto("http://localhost/")
        page.locator("#predict").click()
        page.locator("#verdict").wait_for()
        shown = page.locator(".reason-text").all_text_contents()
        effects = [effect.evaluate(ONE_LINE) for effect in page.locator(".effect").all()]
        page.locator("select").select_option(index=2)
        page.locator("#predict").click()
        page.get_by_text("is wrong").wait_for()
    assert asked == [ANY_NAME, {**ANY_NAME, "a\rb": "x\r"}]
    assert [text.split("typical: ")[1] for text in shown] == ["14.96014", "2359", "1234568", "x  two"]
    assert effects == [True] * len(ANY_NAME)


@pytest.fixture(scope="module", params=["served", "file"])
def report(request: pytest.FixtureRequest, bench: Project) -> Iterator[str]:
    """The address of the benchmark's report."""
    if request.param == "file":
        yield (bench.path / "reports/report.html").as_uri()
        return
    with serving(bench, bench.path, "BENCH_PORT", {}) as found:
        yield found


@pytest.mark.parametrize("screen", SCREENS)
def test_a_report_fits_each_screen_and_is_accessible(chromium: Browser, axe: str, report: str, screen: str) -> None:
    with opened(chromium, report, SCREENS[screen]) as page:
        assert fits(page)
        assert page.evaluate("[...document.images].every((image) => image.complete && image.naturalWidth)")
        if not report.startswith("file:"):  # whose policy lets no other script in
            assert barriers(page, axe) == []


def test_a_report_is_sorted_and_searched(chromium: Browser, report: str) -> None:
    with opened(chromium, report, SCREENS["laptop"]) as page:  # a phone shows rows as cards, without the buttons
        failed: list[str] = []
        page.on("console", lambda message: failed.append(message.text))
        column = page.locator("#board-1 tbody td:nth-child(2)")
        for rising in (False, True):
            page.locator("#board-1 thead th:nth-child(2) button").click()
            values = column.evaluate_all("cells => cells.map((cell) => Number(cell.dataset.value))")
            assert values == sorted(values, reverse=not rising)
        page.locator("#kind").select_option(index=1)
        kinds = page.locator("article.case:visible").evaluate_all("cases => cases.map((one) => `=${one.dataset.kind}`)")
        assert set(kinds) == {page.locator("#kind").input_value()}
        page.locator("#search").fill("no case has these words")
        page.get_by_text("No example fits.").wait_for()
        assert page.locator("article.case:visible").count() == 0
        assert failed == []


@pytest.mark.parametrize("screen", SCREENS)
def test_the_figures_of_a_drill_are_whole_on_each_screen(hotel: Project, chromium: Browser, screen: str) -> None:
    with opened(chromium, (hotel.path / "reports/report.html").as_uri(), SCREENS[screen]) as page:
        assert page.evaluate(
            "[...document.images].map((image) => image.getBoundingClientRect().right <= innerWidth)"
        ) == ([True] * 4)
        assert page.locator("h2").first.inner_text().startswith("Version 3 was rolled back on ")


@pytest.mark.parametrize("template", templates())
def test_make_screenshot_writes_a_small_picture(make_finished: Make, template: str) -> None:
    project = make_finished(*of(template)[0]).project
    file = project.path / PICTURE
    shipped, readme = file.read_bytes(), project.read("README.md")
    assert "Playwright is not installed." in project.make("screenshot", code=2)
    project.make("screenshot", f"SHOOT={sys.executable}")
    picture, later = file.read_bytes(), project.read("README.md")
    file.write_bytes(shipped)
    project.make("report")  # other proofs look at this project as its demo left it
    assert struct.unpack(">II", picture[16:24]) == (1600, 1000)
    assert 20_000 < len(picture) < 300_000
    assert later == readme.replace(", as the template ships it", "") != readme == project.read("README.md")


@pytest.mark.parametrize("template", [pytest.param(name, marks=pytest.mark.template(name)) for name in catalog.names()])
def test_the_picture_that_a_template_ships_is_of_the_page_as_it_is(template: str) -> None:
    """It fails after a change of the page until `make pictures` has taken the picture again."""
    pictures = tool("pictures")
    assert pictures.description(template).encode() in pictures.file_of(template).read_bytes()
