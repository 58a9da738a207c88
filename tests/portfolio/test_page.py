"""The page and the profile: whatever the texts say, they stay texts; what is empty is not there."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from folders import SMALL, Elements, metrics, read, written
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from scaffolder.pages import portfolio, profile
from scaffolder.portfolio.model import Card, Failure, LeftOut, Link, Person, Picture, Result, Shown, Site, Skill, Text
from scaffolder.portfolio.owner import Owner

ATTACKS = (
    "</title><script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "{{ 7 * 7 }}{% include '/etc/passwd' %}",
    "</style><style>*{display:none}</style>",
    "\u202egnp.exe\u202c\x1b[31m\ud800",
    "[x](javascript:alert(1)) ![y](https://tracker.example/p.png) <https://evil.example> @ada https://evil.example",
    "`<b>` | cell | **x** # head\n# heading\n---",
)
TAGS = set(
    "html head meta title style link body header h1 p span a ul li main section h2 article div h3 h4 dl dt dd strong img "
    "table thead tbody tr th td code footer details summary".split()
)
texts = st.sampled_from(ATTACKS) | st.text(max_size=80).filter(str.strip)


def site(text: str) -> Site:
    """A site in which every text of a stranger is `text`."""
    said = Text((text,), text, "https://github.com/a/b")
    card = Card(
        name=text,
        sentence=text,
        address="https://github.com/a/b",
        live="https://a.example/",
        level=text,
        counts=text,
        whose=text,
        in_words=text,
        result=Result(text, text, text, text, text),
        picture=Picture("1.png", text, (2, 1), b"png"),
        changes=said,
        failure=said,
        left_out=(LeftOut(text, text, text),),
    )
    person = Person(text, text, text, (Link(text, "mailto:a@b.example"),), "https://a.example")
    skills = (Skill(text, (Shown(text, text, text, "https://github.com/a/b"), Shown(text, text, text))),)
    skills += (Skill(text, (Shown(text, text, text),), text or "t"),)
    return Site(person, (card,), skills, Failure(text, said))


@given(texts)
def test_no_text_becomes_markup(text: str) -> None:
    page = Elements(portfolio.files(site(text))["index.html"].decode())
    assert {tag for tag, _ in page.found} <= TAGS
    assert not [name for _, attributes in page.found for name in attributes if name.startswith("on") or name == "style"]
    assert set(page.all("a", "href")) == {"https://github.com/a/b", "https://a.example/", "mailto:a@b.example"}
    assert page.all("img", "src") == ["pictures/1.png"]
    assert page.all("meta", "http-equiv") == ["Content-Security-Policy"]


@given(texts)
def test_no_text_becomes_markdown(text: str) -> None:
    shown = Elements(MarkdownIt("gfm-like", {"html": True}).disable("linkify").render(profile.page(site(text))))
    tags = {tag for tag, _ in shown.found}
    assert tags <= set("h1 h2 h3 p strong a table thead tbody tr th td details summary".split())
    assert set(shown.all("a", "href")) <= {
        "https://github.com/a/b",
        "https://a.example/",
        "mailto:a@b.example",
        "https://a.example",
    }


@pytest.mark.parametrize("attack", ATTACKS, ids=range(len(ATTACKS)))
def test_a_hostile_repository_is_only_quoted(tmp_path: Path, attack: str) -> None:
    text = attack.encode(errors="replace").decode()
    rule = {"name": "mae", "label": text, "value": 2, "higher_is_better": False}
    report = metrics(metrics=[rule], baseline=[{**rule, "model": text}])
    words = f"{text} and four words more, said in one sentence."
    page = f"# {text}\n\n{words}\n\n![{text}](docs/page.png)\n\n## What I changed and why\n\n{words}\n"
    code = f"import torch\n\n\ndef test_a():\n    assert torch.f({text!r})\n"
    files = {**SMALL, "README.md": page, "reports/metrics.json": report, "tests/test_a.py": code, "a.py": code}
    folder = written(tmp_path / "it", files, "https://github.com/a/b")
    made = read([folder], Owner(text[:80], text[:120], text))
    shown = Elements(portfolio.files(made)["index.html"].decode())
    assert {tag for tag, _ in shown.found} <= TAGS
    assert not [
        name for _, attributes in shown.found for name in attributes if name.startswith("on") or name == "style"
    ]
    named = {link.removesuffix(">") for link in attack.split() if link.startswith("https://")}
    assert {link for link in shown.all("a", "href") if not link.startswith("https://github.com/a/b")} <= named
    assert "torch" in shown.text


def test_the_page_loads_nothing_and_says_so() -> None:
    text = portfolio.files(site("x"))["index.html"].decode()
    assert "default-src 'none'; img-src 'self' data:; style-src 'sha256-" in text
    assert "url(" not in text
    assert "@import" not in text
    assert "<script" not in text


EMPTY: dict[str, object] = {
    **dict.fromkeys(("sentence", "address", "live", "level", "in_words"), ""),
    **dict.fromkeys(("result", "picture", "changes"), None),
}
MARKS = {
    "sentence": 'class="sentence"',
    "address": ">Code<",
    "live": ">Try it<",
    "level": 'class="level"',
    "in_words": 'class="words"',
    "result": 'class="result"',
    "picture": "<img",
    "changes": "What I changed and why",
}


@pytest.mark.parametrize("fact", EMPTY)
def test_what_a_card_lacks_is_not_on_the_page(fact: str) -> None:
    whole = site("words")
    without = replace(whole, cards=(replace(whole.cards[0], **{fact: EMPTY[fact]}),))
    assert MARKS[fact] in portfolio.files(whole)["index.html"].decode()
    assert MARKS[fact] not in portfolio.files(without)["index.html"].decode()


def test_an_empty_site_is_a_name_and_a_role() -> None:
    page = Elements(portfolio.files(Site(Person("Ada", "AI engineer"), (Card("churn"),), ()))["index.html"].decode())
    body = page.text.partition("}\n}\n")[2] or page.text
    assert re.findall(r"Ada|AI engineer|churn|Evidence|wrong|Levels", body)[-3:] == ["Ada", "AI engineer", "churn"]
    assert page.all("a", "href") == []


def test_a_link_to_the_page_shows_a_picture_if_its_address_is_known() -> None:
    known = portfolio.files(site("x"))["index.html"].decode()
    assert '<meta property="og:image" content="https://a.example/pictures/1.png">' in known
    unknown = replace(site("x"), person=Person("Ada", "AI engineer"))
    assert "og:image" not in portfolio.files(unknown)["index.html"].decode()
