"""The pages are complete, accessible and escaped, and obey the security policy."""

import json
from typing import Any

import pytest
from fastapi.testclient import TestClient

import toy_case
from capstone.manifest import CategoricalInput, Input, NumericInput, TextInput
from capstone.reporting.metrics import Metric
from capstone.serving.page import render_page
from html_page import Page, assert_labelled, assert_self_contained, opened

NUMBER: dict[str, Any] = {"name": "x", "typical": 40, "seen": (18, 1_234_567)}
CATEGORY: dict[str, Any] = {"name": "x", "choices": ["a"], "typical": "a"}
HOSTILE = "<script>alert(1)</script>"


@pytest.fixture(params=["/", "/review"])
def page(request: pytest.FixtureRequest, client: TestClient) -> Page:
    return opened(client, request.param)


def test_every_input_has_a_field_with_its_bounds(client: TestClient) -> None:
    page = Page(client.get("/").text)
    weight, city, note = page.fields()
    assert [field["data-name"] for field in (weight, city, note)] == ["weight", "city", "note"]
    assert (weight["min"], weight["max"], "required" in weight) == ("0", "100", False)
    assert ("required" in city, "required" in note, note["maxlength"]) == (True, True, "1000")
    assert [option["value"] for option in page.all("option")] == ["", "Basel", "Bern"]
    assert "name" not in weight  # a name such as `elements` would hide a member of the form


def test_attributes_are_apart_and_without_bounds_absent(client: TestClient) -> None:
    assert ' min="0" max="100">' in client.get("/").text
    bare = NumericInput(**NUMBER, nullable=False)
    text = render_page("page.html", toy_case.manifest().model_copy(update={"inputs": [bare]}))
    assert 'aria-describedby="input-1-hint input-1-error" required>' in text


@pytest.mark.parametrize("name", ["page.html", "review.html"])
def test_a_note_about_limits_is_shown_if_there_is_one(name: str) -> None:
    manifest = toy_case.manifest()
    bare = render_page(name, manifest)
    assert bare.count('class="lead"') == 1
    problem = manifest.settings.problem.model_copy(update={"note": "A <b>demo</b>."})
    settings = manifest.settings.model_copy(update={"problem": problem})
    noted = render_page(name, manifest.model_copy(update={"settings": settings}))
    assert '<p class="lead">A &lt;b&gt;demo&lt;/b&gt;.</p>' in noted


def test_each_example_has_a_button(client: TestClient) -> None:
    text = client.get("/").text
    buttons = [str(button["data-example"]) for button in Page(text).all("button") if "data-example" in button]
    assert list(map(json.loads, buttons)) == [toy_case.CLEAR, toy_case.DOUBTFUL]
    assert "a clear case" in text
    assert "a doubtful case" in text
    one = toy_case.manifest().model_copy(update={"examples": [toy_case.CLEAR]})
    assert "an example" in render_page("page.html", one)


def test_the_page_says_what_stands_behind_it() -> None:
    metric = Metric(name="accuracy", value=0.98, ci95=(0.97964, 0.98868), higher_is_better=True)
    bare = Metric(name="f1", label="F1", value=0.5, higher_is_better=True)
    text = render_page("page.html", toy_case.manifest().model_copy(update={"metrics": [metric, bare]}))
    for words in (">0.980<", "0.980 to 0.989", "not measured", "F1", "heavier than 10 kg", "400 parcels"):
        assert words in text


def test_each_page_is_accessible_and_self_contained(page: Page, client: TestClient) -> None:
    assert_labelled(page)
    assert_self_contained(page, client)
    assert [link for link in page.all("a") if link.get("aria-current") == "page"]


@pytest.mark.parametrize("name", ["page.html", "review.html"])
def test_text_is_escaped(name: str) -> None:
    manifest = toy_case.manifest()
    words = {"title": HOSTILE, "decision": HOSTILE, "case": HOSTILE, "cases": HOSTILE, "options": [HOSTILE, "'\""]}
    problem = manifest.settings.problem.model_copy(update=words)
    hostile = manifest.model_copy(
        update={
            "settings": manifest.settings.model_copy(update={"problem": problem}),
            "rule": HOSTILE,
            "inputs": [CategoricalInput(name=HOSTILE, choices=[HOSTILE], nullable=True, typical=HOSTILE)],
            "examples": [{HOSTILE: HOSTILE}],
        }
    )
    assert "<script>alert" not in render_page(name, hostile)


def test_names_and_choices_are_in_the_page_as_they_are() -> None:
    names = ["elements", "__proto__", "a\rb", 'x  "two"\n<&amp;']
    inputs = [CategoricalInput(name=name, nullable=False, choices=names, typical=name) for name in names]
    text = render_page("page.html", toy_case.manifest().model_copy(update={"inputs": inputs}))
    page = Page(text)
    assert [field["data-name"] for field in page.all("select")] == names
    assert [option["value"] for option in page.all("option")] == ["", *names] * len(names)
    assert "\r" not in text  # a browser would make it \n


@pytest.mark.parametrize(
    ("item", "hint"),
    [
        (NumericInput(**NUMBER, unit="EUR", nullable=False), "trained on 18 to 1,234,567 EUR"),
        (NumericInput(**NUMBER, description="Age.", min=0, max=120, nullable=True), "Age; 0 to 120; may be left empty"),
        (CategoricalInput(**CATEGORY, nullable=False), ""),
        (CategoricalInput(**CATEGORY, description="Where", nullable=True), "Where; may be left empty"),
        (TextInput(name="x", longest=20_000), "at most 20,000 characters"),
    ],
)
def test_a_hint_says_what_is_known(item: Input, hint: str) -> None:
    text = render_page("page.html", toy_case.manifest().model_copy(update={"inputs": [item]}))
    (field,) = Page(text).fields()
    assert ("input-1-hint" in str(field["aria-describedby"])) == bool(hint)
    assert (f'<p class="hint" id="input-1-hint">{hint}</p>' in text) == bool(hint)
