"""Annotations, badge, links: right for their readers, and nothing a repository says gets out of its place."""

from __future__ import annotations

import re
from collections import Counter
from xml.etree import ElementTree as ET

import pytest
from sample_reports import broken, finding, finished, hostile, learner, review, undeclared

from scaffolder.pages.forms import PAGES, page
from scaffolder.pages.html import link
from scaffolder.results.finding import Evidence, State
from scaffolder.results.report import Report

REPORTS = (learner(), finished(), hostile())


@pytest.mark.parametrize("form", PAGES)
def test_is_text_that_utf8_can_hold(form: str) -> None:
    page(form, REPORTS).encode()
    page(form, [Report("empty", ".", "", ())]).encode()


class TestGithub:
    lines = page("github", REPORTS).splitlines()

    def test_each_line_is_one_command(self) -> None:
        assert len(self.lines) == 3 + 4 + 0 + 2  # one for each report and each item that is not done
        for line in self.lines:
            assert re.fullmatch(r"::(notice|warning) (file=[^,:]+,)?(line=\d+,)?title=[^,:]+::.+", line), line
        assert "::Level: Operator, unreviewed. 3 of 3 verified by machine; 1 of 1 written, 0 reviewed." in self.lines[5]
        assert any(line.startswith("::notice file=work/churn-predictor/Dockerfile,line=9,") for line in self.lines)

    def test_warns_of_the_next_level_and_notes_the_rest_and_a_bug_of_ours_is_an_error(self) -> None:
        kinds = Counter(line.split(" ")[0] for line in page("github", [learner(), broken()]).splitlines())
        assert kinds == {"::warning": 2, "::notice": 2 + 2, "::error": 1}

    def test_escapes_what_ends_a_command(self) -> None:
        found = finding("x", "50%: a, b", State.MISSING, Evidence("a: b, 5%\r\nnext", "a,b:c%.md", 1))
        *_, line = page("github", [Report("r", ".", "", (found,))]).splitlines()
        place, message = "file=a%2Cb%3Ac%25.md,line=1", "a,b:c%25.md:1: a: b, 5%25%0Anext"
        assert line == f"::warning {place},title=50%25%3A a%2C b (missing)::{message}"


class TestBadge:
    @pytest.mark.parametrize(
        ("report", "level"),
        [
            (finished(), "Operator, unreviewed"),
            (finished("reviewed", review()), "Operator"),
            (learner(), "none yet"),
            (undeclared(), "not rated"),
            (broken(), "not rated"),
            (Report("r", ".", "", (finding("x", "t", State.DONE),), complete=False), "not rated"),
        ],
        ids=lambda value: getattr(value, "name", value),
    )
    def test_says_the_level_to_everyone(self, report: Report, level: str) -> None:
        image = ET.fromstring(page("badge", [report]))
        text = [element.text for element in image.iter("{http://www.w3.org/2000/svg}text")]
        assert text == ["portfolio level", level]
        assert image.get("role") == "img"
        assert image.get("aria-label") == f"portfolio level: {level}"
        assert f"Level: {level}" in (image[0].text or "")

    def test_needs_nothing_from_elsewhere(self) -> None:
        badge = page("badge", [hostile()])
        elements = {element.tag.partition("}")[2] for element in ET.fromstring(badge).iter()}
        assert elements == {"svg", "title", "clipPath", "rect", "g", "path", "text"}
        drawing = re.sub("<title>.*</title>", "", badge)
        assert re.findall("(?:href|src|url)[=(][^)]*", drawing) == ["url(#r"]


@pytest.mark.parametrize(
    ("path", "base", "address"),
    [
        (".", "", "./docs/a%20b.md"),
        ("srv/x", "", "./srv/x/docs/a%20b.md"),
        ("/srv/my x", "", "file:///srv/my%20x/docs/a%20b.md"),
        ("/x", "https://host/ada/{name}/blob/main/", "https://host/ada/re%2Fpo/blob/main/docs/a%20b.md?plain=1#L7"),
    ],
)
def test_links_to_the_evidence(path: str, base: str, address: str) -> None:
    assert link(Report("re/po", path, "", ()), Evidence("fact", "docs/a b.md", 7), base) == address


def test_a_file_name_is_never_a_script() -> None:
    assert link(Report("r", "", "", ()), Evidence("fact", "javascript:alert(1)")) == "./javascript%3Aalert%281%29"
