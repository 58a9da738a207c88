"""The page at `/` is complete, accessible and escaped, and obeys the security policy."""

import json
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

import toy_model
from html_page import Page, assert_labelled, assert_self_contained, opened
from service.manifest import CategoricalInput, NumericInput
from service.serving.page import render_page

HOSTILE = "<script>alert(1)</script>"


@pytest.fixture
def client(tmp_path: Path) -> TestClient:
    return toy_model.client(toy_model.registry(tmp_path / "registry"))


def log_lines(folder: Path, *lines: object) -> None:
    (folder / "deployments.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines) + '{"cut')


def test_the_form_holds_the_example(client: TestClient) -> None:
    page = opened(client, "/")
    days, carrier = page.fields()
    assert (days["data-name"], days["value"], days["min"], days["max"]) == ("distance", "21", "0", "120")
    assert "required" in days
    assert carrier["data-name"] == "carrier"
    assert [option["value"] for option in page.all("option") if "selected" in option] == ["Albatros"]


def test_it_says_which_version_serves_and_how_it_came_to(client: TestClient, tmp_path: Path) -> None:
    assert "Nothing has been released yet." in client.get("/").text
    line = {"at": "2026-01-31T14:05:59.123+00:00", "who": "ada", "action": "rolled back", "why": "Brier"}
    log_lines(tmp_path, *({**line, "version": str(number)} for number in range(100, 130)), 5, {"action": "routed"})
    text = client.get("/").text
    assert 'Version <span id="version">1</span>' in text
    assert "2026-01-31 14:05, ada" in text
    assert text.index("routed") < text.index("version 129") < text.index("version 113")
    assert "version 110" not in text  # the last 20 lines that can be read


def test_the_timeline_is_there_once_it_is_drawn(client: TestClient, tmp_path: Path) -> None:
    assert not Page(client.get("/").text).all("img")
    assert client.get("/timeline.svg").status_code == 404
    (tmp_path / "figures").mkdir()
    (tmp_path / "figures" / "timeline.svg").write_text("<svg/>")
    (image,) = Page(client.get("/").text).all("img")
    answer = client.get(str(image["src"]))
    assert (answer.text, answer.headers["content-type"]) == ("<svg/>", "image/svg+xml")
    assert image["alt"]


def test_it_is_accessible_and_self_contained(client: TestClient, tmp_path: Path) -> None:
    log_lines(tmp_path, {"action": "promoted", "version": "2", "why": "all checks passed"})
    page = opened(client, "/")
    assert_labelled(page)
    assert_self_contained(page, client)


def test_text_is_escaped(tmp_path: Path) -> None:
    inputs = [
        NumericInput(name="days", description=HOSTILE, example=1),
        CategoricalInput(name="carrier", choices=[HOSTILE, '"><b>'], example=HOSTILE),
    ]
    log_lines(tmp_path, dict.fromkeys(("action", "version", "who", "at", "why"), HOSTILE))
    manifest = toy_model.manifest(task=HOSTILE, candidate=HOSTILE, inputs=inputs)
    text = render_page("1", manifest, "champion", tmp_path)
    assert "<script>alert" not in text
    assert "<b>" not in text
    assert [option["value"] for option in Page(text).all("option")] == [HOSTILE, '"><b>']
