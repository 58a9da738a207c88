"""The page at `/` is complete, accessible and escaped, and obeys the security policy."""

import json

import pytest
from fastapi.testclient import TestClient

from html_page import Page, assert_labelled, assert_self_contained, opened
from predictor.inputs import CategoricalInput, NumericInput
from predictor.model import Manifest
from predictor.serving.page import render_page


@pytest.fixture
def page(client: TestClient) -> Page:
    return opened(client, "/")


def test_every_input_is_there_with_its_bounds_and_example(page: Page, manifest: Manifest) -> None:
    fields = {field["data-name"]: field for field in page.fields()}
    assert list(fields) == [item.name for item in manifest.inputs]
    for item in manifest.inputs:
        field = fields[item.name]
        assert field["name"] == item.key  # a name such as `elements` would hide a member of the form
        assert ("required" in field) == (not item.nullable)
        if isinstance(item, NumericInput):
            assert float(str(field["value"])) == pytest.approx(item.example, rel=1e-5)
            for side in ("min", "max"):
                bound = getattr(item, side)
                assert (side in field) == (bound is not None)
                assert bound is None or float(str(field[side])) == pytest.approx(bound, rel=1e-5)


def test_every_choice_is_offered_and_the_example_chosen(page: Page, manifest: Manifest) -> None:
    offered = [item for item in manifest.inputs if isinstance(item, CategoricalInput)]
    options = page.all("option")
    assert len(options) == sum(len(item.choices) + item.nullable for item in offered)
    assert sum("selected" in option for option in options) == len(offered)


def test_it_is_accessible_and_self_contained(page: Page, client: TestClient) -> None:
    assert_labelled(page)
    assert_self_contained(page, client)


def test_text_is_escaped_and_made_up_data_are_announced(manifest: Manifest) -> None:
    names = {"title": "<script>alert(1)</script>", "entity": "<b>"}
    hostile = manifest.model_copy(update={**names, "made_up": "simulated"})
    text = render_page(hostile)
    assert "<script>alert" not in text
    assert "<b>" not in text
    assert "Simulated data: the rows that the model learned from are not real." in text
    assert "are not real" not in render_page(manifest)


def test_examples_are_in_the_page_with_names_that_are_true(page: Page, manifest: Manifest) -> None:
    shown = [json.loads(str(button["data-example"])) for button in page.all("button") if "data-example" in button]
    assert shown == manifest.examples
    assert len(shown) == 3


def test_names_and_choices_are_in_the_page_as_they_are(manifest: Manifest) -> None:
    names = ["elements", "__proto__", "a\rb", 'x  "two"\n<&amp;']
    inputs = [
        CategoricalInput(key=f"input_{key}", name=name, nullable=False, choices=names, typical=name, example=name)
        for key, name in enumerate(names)
    ]
    text = render_page(manifest.model_copy(update={"inputs": inputs}))
    page = Page(text)
    assert [field["data-name"] for field in page.all("select")] == names
    assert [option["value"] for option in page.all("option")] == names * len(names)
    assert "\r" not in text  # a browser would make it \n
