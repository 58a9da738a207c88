"""The HTML page: what it says, and that a repository cannot say more than text in it."""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest
from sample_reports import SAMPLES, broken, finished, hostile, learner, review, undeclared

from scaffolder.cli.app import run
from scaffolder.pages import html
from scaffolder.results.report import Report

_VOID = {"meta", "br", "img"}


class Page(HTMLParser):
    """A page's elements, attributes and text; fails on markup that does not close."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""
        self.headings: list[str] = []
        self.feed(source)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += attrs
        if tag not in _VOID:
            self.open.append(tag)
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert tag in _VOID or self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open[-1:] != ["style"]:
            self.text += data

    def values(self, name: str) -> list[str]:
        return [value or "" for key, value in self.attributes if key == name]


def test_shows_the_ladder_and_what_stands_between() -> None:
    text = " ".join(Page(html.page([learner()])).text.split())
    assert "Level: none yet. 2 items to go for Builder. 3 of 5 verified by machine; 1 of 3 written, 1 reviewed." in text
    assert "What stands between this repository and Builder Error analysis Screenshot or live demo" in text
    assert "2 of 5 to go" in text
    assert "README.md:12 61 words of the owner's" in text
    assert "ignored by the owner: the model runs once a month as a batch" in text
    assert "To do Run scaffolder check --online, or show a screenshot" in text
    assert "data/raw.csv is larger than 5 MB and was not read." in text


def test_shows_what_is_reached() -> None:
    page = html.page([finished()])
    assert (page.count("Reached"), page.count("Reached, unreviewed")) == (3, 1)
    assert "unreviewed" not in html.page([finished("reviewed", review())])
    assert page.count('aria-current="step"') == 1
    assert "What stands between" not in page


def test_shows_each_review_with_its_reviewer_score_and_standing() -> None:
    text = " ".join(Page(html.page([learner()])).text.split())
    assert "3 of 3 Grace Hopper <grace@example.org> 2026-11-20 · current The cost and the target are there" in text
    assert "1 of 3 Alan Turing <alan@example.org> 2026-11-20 · stale: the text has changed since Which" in text
    assert "3 of 3 Ada Lovelace <ada@example.org> 2026-11-20 · self: the reviewer is an author" in text


@pytest.mark.parametrize(("report", "reason"), [(undeclared(), "there is no scaffolder.toml"), (broken(), "a bug in")])
def test_says_why_there_is_no_level(report: Report, reason: str) -> None:
    text = " ".join(Page(html.page([report])).text.split())
    assert f"Level: not rated ({reason}" in text.replace("some items could not be checked, because of ", "")
    assert "Reached" not in text


def test_every_sample_makes_a_sound_page() -> None:
    Page(html.page(SAMPLES))


def test_marks_the_essential() -> None:
    assert html.page([learner()]).count('aria-label="Essential:"') == 4


def test_shows_several_repositories_with_a_way_to_each() -> None:
    page = Page(html.page([learner(), finished()]))
    assert page.tags >= {"table", "article"}
    assert {"#r1", "#r2"} <= set(page.values("href"))
    ids = page.values("id")
    assert len(ids) == len(set(ids))
    assert {link[1:] for link in page.values("href") if link.startswith("#")} <= set(ids)


def test_headings_go_down_one_step_at_a_time() -> None:
    for reports in ([learner()], [learner(), finished()]):
        levels = [int(heading[1]) for heading in Page(html.page(reports)).headings]
        assert levels[0] == 1
        assert all(after - before <= 1 for before, after in pairwise(levels))


def test_links_to_lines_below_a_base() -> None:
    page = html.page([learner()], "https://github.com/ada/{name}/blob/main")
    assert 'href="https://github.com/ada/churn-predictor/blob/main/Dockerfile?plain=1#L9"' in page


def test_the_command_takes_the_base_and_refuses_what_is_none(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "README.md").write_text("# Mine\n\n## Problem\n\nTODO(problem): whose?\n")
    assert run(["check", str(tmp_path), "--format", "html", "--links", "https://host/{name}/x"]) == 0
    assert f'href="https://host/{tmp_path.name}/x/README.md?plain=1#L5"' in capfd.readouterr().out
    assert run(["check", str(tmp_path), "--format", "html", "--links", "javascript:alert(1)//"]) == 2
    assert run(["check", str(tmp_path), "--links", "https://host"]) == 2


def test_what_a_repository_says_is_only_text() -> None:
    page = Page(html.page([hostile()]))
    assert page.tags.isdisjoint({"script", "img", "iframe", "object", "link", "base", "form"})
    assert not [key for key, _ in page.attributes if key.startswith("on") or key in {"src", "style"}]
    links = page.values("href")
    assert links
    assert [link for link in links if not link.startswith(("#", "./"))] == []
    assert "<script>document.title='pwned'</script>" in page.text
    assert "{{7*7}}" in page.text.replace("{{{{", "{{").replace("}}}}", "}}")
    assert "\u202e" not in page.text  # which would turn the rest of the line round


def test_may_run_and_load_nothing() -> None:
    source = html.page([learner()])
    (policy,) = re.findall('Content-Security-Policy" content="([^"]*)"', source)
    (style,) = re.findall("<style>(.*)</style>", source, re.DOTALL)
    digest = b64encode(sha256(style.encode()).digest()).decode()
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    assert "url(" not in style
    assert "@import" not in style
