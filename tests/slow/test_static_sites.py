"""`make site` of each template in a browser, from a plain file server under a subfolder: it asks no other host."""

from __future__ import annotations

import json
import re

import pytest
from browser import Screen, barriers, fits, served, shown
from playwright.sync_api import Browser
from projects import Project

SCREENS = {"laptop": Screen(1280, 800), "tablet": Screen(768, 1024), "phone": Screen(390, 844)}
SAID = [
    "nothing that you type is sent anywhere",
    "Recorded answers: no service runs here",
    "These are recorded answers to the first",
    "Evaluation report",
    "were replayed to it on one machine",
]


def plain(text: str) -> str:
    """Words alone, so that neither markup nor spaces matter."""
    return " ".join(re.findall(r"[^\W_]+", text.lower()))


@pytest.fixture
def site(default: Project) -> Project:
    if not (default.path / "site").exists():
        default.make("site")
    return default


@pytest.mark.parametrize("screen", SCREENS)
def test_it_fits_the_screen_and_is_accessible(chromium: Browser, axe: str, site: Project, screen: str) -> None:
    with served(site.path) as host:
        with shown(chromium, f"{host}/site/", SCREENS[screen]) as page:
            page.wait_for_load_state("networkidle")
            text = page.locator("body").inner_text()
            assert sum(said.lower() in text.lower() for said in SAID) == 1
            assert fits(page)
        if "script-src 'sha256-" not in (site.path / "site/index.html").read_text(encoding="utf-8"):  # it lets axe in
            with shown(chromium, f"{host}/site/", SCREENS[screen]) as page:
                assert barriers(page, axe) == []


def test_a_recorded_answer_opens_its_source_and_another_question_is_refused(
    library: Project, chromium: Browser
) -> None:
    library.make("site")
    lines = map(json.loads, library.read("data/benchmark.jsonl").splitlines())
    right = {line["question"]: line["answers"] for line in lines}
    with served(library.path) as host, shown(chromium, f"{host}/site/") as page:
        page.locator(".examples button").first.wait_for()
        examples = page.locator(".examples button:not(.missed)").all()
        assert len(examples) == 4
        for example in examples:
            example.click()
            page.locator("#answer mark").first.wait_for()
            marked = plain(" ".join(page.locator("#answer mark").all_text_contents()))
            assert [one for one in right[example.inner_text()] if plain(one) in marked]
        missed = page.locator(".examples .missed")
        question = missed.inner_text().partition(": ")[2]
        missed.click()
        page.locator("#answer .confidence").wait_for()
        given = json.loads(library.read("site/recorded.json"))["answers"][question]
        assert given["abstained"] or not [one for one in right[question] if plain(one) in plain(given["text"])]
        page.locator("#answer .cite").first.click()
        page.locator("#source mark").first.wait_for()
        assert page.locator("#upload, #sign-in, #api, #filter").locator("visible=true").count() == 0
        page.locator("#question").fill("How do I bake sourdough bread?")
        page.locator("#question").press("Enter")
        page.get_by_text("none to that question").wait_for()
        page.locator("#answer .examples button").first.click()
        page.locator("#answer .confidence").wait_for()
