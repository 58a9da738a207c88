"""An HTML page, and what holds for every page of a service."""

from html.parser import HTMLParser
from urllib.parse import urlsplit

from fastapi.testclient import TestClient

Attributes = dict[str, str | None]


class Page(HTMLParser):
    """The elements of a page, in order, as (tag, attributes)."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, Attributes]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def all(self, *tags: str) -> list[Attributes]:
        return [attributes for tag, attributes in self.elements if tag in tags]

    def fields(self) -> list[Attributes]:
        return self.all("input", "select", "textarea")


def opened(client: TestClient, path: str) -> Page:
    response = client.get(path)
    assert response.status_code == 200
    assert response.headers["content-type"].startswith("text/html")
    return Page(response.text)


def assert_labelled(page: Page) -> None:
    """Each field has a label, a place for its error, and descriptions that exist; an answer is announced."""
    labels = {label["for"] for label in page.all("label")}
    ids = {attributes.get("id") for _, attributes in page.elements}
    assert page.fields()
    for field in page.fields():
        assert field["id"] in labels
        assert f"{field['id']}-error" in ids
        assert set(str(field["aria-describedby"]).split()) <= ids
    assert any(attributes.get("aria-live") or attributes.get("role") == "status" for _, attributes in page.elements)


def assert_self_contained(page: Page, client: TestClient) -> None:
    """Nothing is inline or from elsewhere, as the security policy demands, and what the page names is there."""
    for tag, attributes in page.elements:
        assert tag != "style"
        assert "style" not in attributes
        assert not [name for name in attributes if name.startswith("on")]
        for name in ("src", "href"):
            address = attributes.get(name)
            if address is not None and address != "data:," and not (tag == "a" and urlsplit(address).netloc):
                assert not urlsplit(address).netloc
                assert client.get(address).status_code == 200
    scripts = page.all("script")
    assert scripts
    assert all("src" in script for script in scripts)
    assert [link for link in page.all("link") if link["rel"] == "stylesheet"]
