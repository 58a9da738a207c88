"""The page at `/`: whole with and without JavaScript, escaped, and at home under the security policy."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from assistant.answering.base import REFUSAL
from assistant.errors import Unavailable
from assistant.passages import Document
from assistant.serving.examples import examples
from assistant.serving.page import curl_body
from assistant.settings import Settings
from assistant.stores.base import Store
from sample_service import Scripted, make_app
from toy import HashEmbedder, index_document
from toy_benchmark import write_benchmark

Attributes = dict[str, str | None]
BOOK = "How long is a book lent?"
HTMX = {"hx-request": "true"}
HOSTILE = "<script>alert(1)</script>"


class Page(HTMLParser):
    """The elements of a page, in order, as (tag, attributes), and its words."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, Attributes]] = []
        self.words = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words += data

    def all(self, *tags: str) -> list[Attributes]:
        return [attributes for tag, attributes in self.elements if tag in tags]

    def with_class(self, name: str) -> list[Attributes]:
        return [one for _, one in self.elements if name in (one.get("class") or "").split()]


@pytest.fixture
def answerer() -> Scripted:
    return Scripted()


@pytest.fixture
def client(settings: Settings, store: Store, answerer: Scripted, tmp_path: Path) -> Iterator[TestClient]:
    with TestClient(make_app(settings, store, answerer, tmp_path), raise_server_exceptions=False) as running:
        yield running


def get(client: TestClient, path: str, *, status: int = 200, **params: Any) -> Page:
    response = client.get(path, params=params or None)
    assert response.status_code == status, response.text
    assert response.headers["content-type"].startswith("text/html")
    return Page(response.text)


PAGES: dict[str, tuple[str, dict[str, Any]]] = {
    "home": ("/", {}),
    "answer": ("/", {"q": BOOK, "cite": 1}),
    "refusal": ("/", {"q": "What is the weather like?"}),
    "bad question": ("/", {"q": "?", "status": 422}),
    "source": ("/source/guides/rooms", {"start": 3, "end": 9}),
}


@pytest.mark.parametrize("name", PAGES)
def test_nothing_is_inline_or_from_elsewhere(name: str, client: TestClient) -> None:
    path, params = PAGES[name]
    page = get(client, path, **params)
    for tag, attributes in page.elements:
        assert tag != "style"
        assert "style" not in attributes
        assert not [one for one in attributes if one.startswith(("on", "hx-on"))]
        for link in ("src", "href", "action", "hx-get", "hx-post"):
            address = attributes.get(link)
            assert address is None or address == "data:," or address.startswith(("/", "#"))
    linked = [*page.all("script"), *(one for one in page.all("link") if one["rel"] == "stylesheet")]
    assert len(linked) == 5
    for one in linked:
        assert client.get(str(one.get("src") or one["href"])).status_code == 200


@pytest.mark.parametrize("name", PAGES)
def test_fields_have_labels_and_ids_are_unique(name: str, client: TestClient) -> None:
    path, params = PAGES[name]
    page = get(client, path, **params)
    ids = [one["id"] for _, one in page.elements if "id" in one]
    assert len(ids) == len(set(ids))
    labelled = {one.get("for") for one in page.all("label")}
    for field in page.all("input", "textarea", "select"):
        assert field.get("type") in ("hidden", "checkbox") or field["id"] in labelled
    (live,) = [one for _, one in page.elements if "aria-live" in one]
    assert live["id"] == "answer"


def test_an_answer_comes_with_the_page_and_its_numbers_open_the_source(client: TestClient, store: Store) -> None:
    page = get(client, "/", q=BOOK)
    assert page.all("input")[0]["value"] == BOOK
    cite = next(one for one in page.with_class("cite") if one.get("href"))
    source = get(client, str(cite["href"]))
    (mark,) = source.all("mark")
    assert mark["id"] == "passage"
    quoted = client.post("/ask", json={"question": BOOK}).json()["citations"][0]["quote"]
    assert quoted in source.words


def test_the_source_can_come_with_the_answer(client: TestClient) -> None:
    page = get(client, "/", q=BOOK, cite=1)
    assert len(page.all("mark")) == 1
    assert page.with_class("reply")
    assert get(client, "/", q=BOOK, cite=7).with_class("waiting")


def test_a_refusal_shows_the_nearest_passages(client: TestClient) -> None:
    page = get(client, "/", q="What is the weather like?")
    assert REFUSAL in page.words
    assert page.with_class("refusal")
    assert {"class": "retrieved", "open": None} in page.all("details")


def test_filters_are_offered_and_stay_chosen(client: TestClient) -> None:
    page = get(client, "/", q=BOOK, where=["kind:guide"])
    boxes = {one["value"]: "checked" in one for one in page.all("input") if one.get("type") == "checkbox"}
    assert boxes["kind:guide"]
    assert not boxes["kind:reference"]
    assert "Fees" not in page.words.split("What was retrieved")[1].split("Did this help")[0]
    assert "poem" in get(client, "/", status=422, q=BOOK, where=["kind:poem"]).words
    assert "field:value" in get(client, "/", status=422, q=BOOK, where=["kind"]).words


def fragments(text: str) -> list[str]:
    """The data of unnamed events."""
    assert "event:" not in text
    return ["\n".join(re.findall("^data: ?(.*)$", event, re.MULTILINE)) for event in text.strip().split("\n\n")]


def test_for_htmx_the_answer_grows_and_is_replaced_by_the_whole(client: TestClient) -> None:
    response = client.get("/answer", params={"q": BOOK, "where": ["kind:guide"]}, headers=HTMX)
    assert response.headers["content-type"].startswith("text/event-stream")
    assert response.headers["hx-replace-url"] == "/?q=How+long+is+a+book+lent%3F&where=kind%3Aguide"
    first, *drafts, last = fragments(response.text)
    assert 'aria-busy="true"' in first
    assert drafts
    assert all('hx-target="#draft"' in draft for draft in drafts)
    assert Page(last).with_class("sources")


def test_for_htmx_an_answer_that_breaks_off_says_so(client: TestClient, answerer: Scripted) -> None:
    def stop() -> None:
        raise Unavailable("the model broke off")

    answerer.middle = stop
    last = fragments(client.get("/answer", params={"q": BOOK}, headers=HTMX).text)[-1]
    assert "The model broke off." in last
    assert 'role="alert"' in last


@pytest.mark.parametrize(("q", "status"), [("?", 422), ("", 422), ("x" * 2000, 422)])
def test_for_htmx_a_refusal_is_html(client: TestClient, q: str, status: int) -> None:
    response = client.get("/answer", params={"q": q}, headers=HTMX)
    assert response.status_code == status
    assert Page(response.text).with_class("failure")


def test_for_htmx_a_source_is_a_part_and_not_a_page(client: TestClient) -> None:
    text = client.get("/source/guides/rooms", params={"start": 3, "end": 9}, headers=HTMX).text
    assert "<html" not in text
    assert "<mark" in text
    assert "autofocus" in text


@pytest.mark.parametrize("span", [{"start": 10**6, "end": 10**7}, {"start": 9, "end": 3}, {"start": 5}, {}])
def test_an_odd_span_opens_the_document_all_the_same(client: TestClient, span: dict[str, int]) -> None:
    assert get(client, "/source/guides/rooms", **span).with_class("sheet")


@pytest.mark.parametrize("span", [{"start": -1}, {"start": "x"}, {"end": 10**12}])
def test_what_is_no_span_is_refused(client: TestClient, span: dict[str, Any]) -> None:
    assert client.get("/source/guides/rooms", params=span).status_code == 422


@pytest.mark.parametrize("headers", [HTMX, {}], ids=["htmx", "plain"])
def test_a_thumb_is_noted(client: TestClient, headers: dict[str, str]) -> None:
    answer = client.post("/ask", json={"question": BOOK}).json()["id"]
    given = {"answer": answer, "helpful": "no", "note": "too short"}
    assert "that is noted" in client.post("/thumbs", data=given, headers=headers).text
    given["answer"] = "0" * 24
    assert "no longer in the log" in client.post("/thumbs", data=given, headers=headers).text
    assert 'verdict="unhelpful"} 1.0' in client.get("/metrics").text


@pytest.mark.parametrize("headers", [HTMX, {}], ids=["htmx", "plain"])
def test_a_document_can_be_added_on_the_page(client: TestClient, headers: dict[str, str]) -> None:
    text = client.post("/upload", files={"file": ("note.md", b"# A note\n\nText.")}, headers=headers).text
    assert "A note: added, 1 passage." in text
    assert "uploads/note" in text
    refused = client.post("/upload", files={"file": ("x.pdf", b"no")}, headers=headers).text
    assert "Not added" in refused
    assert "x.pdf is not a PDF" in refused


def test_whatever_a_stranger_wrote_is_text(client: TestClient, store: Store) -> None:
    text = f"# {HOSTILE}\n\n{HOSTILE} is read. <img src=x onerror=alert(1)>\n"
    facts = {"kind": HOSTILE, "topic": '"><b>', "source": "javascript:alert(1)"}
    index_document(store, HashEmbedder(), Document("uploads/evil", HOSTILE, text, "0" * 64, facts))
    pages = [
        client.get("/", params={"q": f"{HOSTILE} book", "where": [f"kind:{HOSTILE}"], "cite": 1}).text,
        client.get("/source/uploads/evil").text,
        client.get("/answer", params={"q": f"{HOSTILE} read"}, headers=HTMX).text,
        client.get("/answer", params={"q": HOSTILE, "where": HOSTILE}, headers=HTMX).text,
    ]
    for page in pages:
        assert "&lt;script&gt;" in page
        assert "<script>alert" not in page
        assert "<img" not in page
        assert 'href="javascript:' not in page


def test_examples_are_the_benchmarks_if_it_is_about_these_documents(
    settings: Settings, corpus_folder: Path, store: Store, tmp_path: Path
) -> None:
    changed = write_benchmark(corpus_folder.parent, settings)
    assert examples(changed.evaluation, {"guides/loans"}) == ["How long is a film lent?"]
    assert examples(changed.evaluation, {"guides/rooms"}) == []
    assert examples(settings.evaluation, {"guides/loans"}) == []
    page = Page(TestClient(make_app(changed, store, Scripted(), tmp_path)).get("/").text)
    assert [one["href"] for one in page.all("a") if "/answer" in str(one.get("hx-get"))] == [
        "/?q=What%20does%20each%20late%20day%20cost%3F"
    ]


def test_the_command_for_the_terminal_survives_an_apostrophe() -> None:
    assert "'" not in curl_body("What's a book?")
