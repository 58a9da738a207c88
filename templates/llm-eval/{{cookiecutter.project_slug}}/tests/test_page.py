"""The page: everything is on it, it needs nothing from elsewhere, and no text of a benchmark can become code."""

import re
from contextlib import chdir
from html import escape
from html.parser import HTMLParser

import pytest

from bench import figures
from bench.evaluation.comparison import sentence
from bench.page import MOST_EXAMPLES, STATIC, digest, markdown, render_page
from boards import HOSTILE, example, report

EXAMPLES = [
    example("fine", "", 1, 1, "easy"),
    example("won", "", 1, 0),
    example("lost", HOSTILE, 0, 1),
    example("hard", "missed", 0.5, 0.5),
]


class Tags(HTMLParser):
    """Collects the start tags of a page."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found = [*getattr(self, "found", []), (tag, {name: value or "" for name, value in attrs})]


def tags(page: str) -> list[tuple[str, dict[str, str]]]:
    """Every start tag of a page with its attributes."""
    parser = Tags()
    parser.feed(page)
    return parser.found


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[bool, str]:
    """The file, and the page of the service."""
    with chdir(tmp_path_factory.mktemp("page")):
        figures.draw(report(price=0.5))
        pages = {inline: render_page(report(price=0.5), EXAMPLES, HOSTILE, inline=inline) for inline in (True, False)}
        assert pages[True] == render_page(report(price=0.5), EXAMPLES, HOSTILE, inline=True)
    return pages


@pytest.mark.parametrize("inline", [True, False])
def test_hostile_text_is_only_text(pages: dict[bool, str], inline: bool) -> None:
    found = tags(pages[inline])
    assert HOSTILE not in pages[inline]
    assert [tag for tag, _ in found].count("script") == 1
    assert not any(name.startswith("on") or name == "style" for _, attributes in found for name in attributes)
    loaded = [attributes for tag, attributes in found if "https://github.com/" not in str(attributes.get("href"))]
    links = [str(value) for attributes in loaded for name, value in attributes.items() if name in {"src", "href"}]
    assert links
    assert all(re.match(r"#|data:|/(static|figures)/[\w.-]+$", link) for link in links)
    assert len([tag for tag, _ in found if tag == "img"]) == 4


def test_passages_are_shown_as_rendered_markdown_that_can_do_nothing() -> None:
    text = "# Try\n\nRun `x` and *stop*.\n\n```sh\nmake\n```\n\n| a | b |\n| :- | -: |\n| 1 | 2 |\n"
    hostile = "\n[here](javascript:alert) [there](https://example.org) ![p](q.png)\n\n<img src=x onerror=y>"
    shown = markdown(text + hostile)
    assert "<strong>Try</strong>" in shown
    assert "<code>x</code> and <em>stop</em>" in shown
    assert "make\n</code></pre>" in shown
    assert {tag for tag, _ in tags(shown)} == {"a", "code", "em", "p", "pre", "strong"} | {
        "table", "thead", "tbody", "tr", "th", "td",
    }  # fmt: skip
    assert [attributes for _, attributes in tags(shown) if attributes] == [{"class": "language-sh"}]


def test_the_served_page_has_no_inline_script_or_style(pages: dict[bool, str]) -> None:
    found = tags(pages[False])
    assert "style" not in {tag for tag, _ in found}
    assert [attributes["src"] for tag, attributes in found if tag == "script"] == ["/static/page.js"]
    assert all((STATIC / name).is_file() for name in ("page.js", "page.css", "style.css"))


def test_on_a_narrow_screen_the_caption_of_a_wide_table_is_not_cut(pages: dict[bool, str]) -> None:
    rules = re.findall(r"^caption \{(.*?)\}", pages[True], re.MULTILINE)
    assert "white-space: normal" in rules[-1]
    assert "max-width: calc(100vw" in rules[-1]


def test_the_file_allows_only_its_own_script_and_style(pages: dict[bool, str]) -> None:
    policy = next(str(one["content"]) for tag, one in tags(pages[True]) if tag == "meta" and "http-equiv" in one)
    for kind in ("script", "style"):
        content = pages[True].split(f"<{kind}>")[1].split(f"</{kind}>")[0]
        assert f"{kind}-src '{digest(content)}'" in policy


def test_every_system_comparison_and_example_is_there(pages: dict[bool, str]) -> None:
    boards = report().boards
    shown = pages[False].replace("&#34;", "&quot;").replace("&#39;", "&#x27;")
    rows = re.findall(r'<th scope="row" data-value="([^"]*)"', shown)
    assert set(rows) >= {escape(one.system) for board in boards for one in board.entries}
    assert all(escape(sentence(one, board.label)) in shown for board in boards for one in board.shown())
    assert max(len(board.shown()) - len(board.comparisons) for board in boards) == 1  # a runner-up
    assert "25 comparisons of 16 systems in 2 experiments" in shown
    assert shown.index('id="board-1-title">Search') < shown.index('id="board-2-title">')
    cells = [one for tag, one in tags(shown) if tag == "td"]
    assert cells
    assert all("data-value" in one for one in cells)
    assert {"text", "number"} == {one["data-sort"] for tag, one in tags(shown) if tag == "th" and "data-sort" in one}
    cases = [one for tag, one in tags(shown) if tag == "article"]
    assert [case["data-who"] for case in cases] == ["baseline", "neither", "both", "candidate"]


def test_a_page_without_errors_and_with_many_examples() -> None:
    right = report().model_copy(update={"errors": {}})
    page = render_page(right, [example(str(place), "", 1, 1) for place in range(500)], "T", inline=False)
    assert page.count("<article") == MOST_EXAMPLES
    assert "of 500 cases" in page
    assert "No case has an error." in page
