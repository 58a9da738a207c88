"""The page at `/` is complete, accessible and escaped, and obeys the security policy."""

import json

import pytest
from fastapi.testclient import TestClient

from html_page import Page, assert_labelled, assert_self_contained, opened
from predictor.inputs import CategoricalInput, NumericInput
from predictor.model import Manifest
from predictor.reporting.metrics import Metric
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


def test_scores_have_the_digits_that_they_have_in_the_documents(manifest: Manifest) -> None:
    metric = Metric(name="roc_auc", label="ROC AUC", value=0.98, ci95=(0.97964, 0.98868), higher_is_better=True)
    text = render_page(manifest.model_copy(update={"metrics": [metric]}))
    assert "<td>0.980</td><td>0.980 to 0.989</td>" in text


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


def test_an_example_is_named_by_its_telling_values(manifest: Manifest) -> None:
    number = {"kind": "numeric", "nullable": True, "typical": 1, "seen": (0, 9), "example": 1}
    choice = {"kind": "categorical", "nullable": True, "typical": "no", "example": "no"}
    inputs = [
        {"name": "age_at_start", "unit": "years", **number},
        {"name": "paid", "unit": "EUR", **number},
        {"name": "owed", "unit": "EUR", **number},
        {"name": "plan", "choices": ["basic", "no"], **choice},
        {"name": "gift", "choices": ["no", "yes"], **choice},
    ]
    named = [one["name"] for one in inputs]
    described = {**manifest.model_dump(), "inputs": [{**one, "key": one["name"]} for one in inputs], "named_by": named}
    examples: list[list[float | str | None]] = [[2, 5.5, 0, "basic", "no"], [1, None, 7, "no", None]]
    described["examples"] = [dict(zip(named, values, strict=True)) for values in examples]
    text = render_page(Manifest.model_validate(described))
    assert ">2 years, paid: 5.5, owed: 0, basic, gift: no</button>" in text
    assert ">age at start: 1, paid not known, owed: 7, plan: no, gift not known</button>" in text


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


@pytest.mark.parametrize(
    ("made", "known", "hint"),
    [
        (NumericInput, {"unit": "EUR"}, "trained on 18 to 1,234,567 EUR"),
        (NumericInput, {"description": "Age.", "unit": "years", "min": 0, "max": 120}, "Age; 0 to 120 years"),
        (NumericInput, {"nullable": True}, "trained on 18 to 1,234,567; may be left empty"),
        (CategoricalInput, {}, ""),
        (CategoricalInput, {"description": "Where they live", "nullable": True}, "Where they live; may be left empty"),
    ],
)
def test_a_hint_says_what_is_known(
    manifest: Manifest, made: type[NumericInput | CategoricalInput], known: dict[str, object], hint: str
) -> None:
    values: dict[str, object] = {"typical": 40, "example": 41.5, "seen": (18, 1_234_567)}
    if made is CategoricalInput:
        values = {"typical": "north", "example": "south", "choices": ["north", "south"]}
    item = made.model_validate(
        {"key": "input_0", "name": "asked", "description": "", "nullable": False, **values, **known}
    )
    page = render_page(manifest.model_copy(update={"inputs": [item]}))
    (field,) = Page(page).fields()
    assert ("input-1-hint" in str(field["aria-describedby"])) == bool(hint)
    assert (f'<p class="hint" id="input-1-hint">{hint}</p>' in page) == bool(hint)
