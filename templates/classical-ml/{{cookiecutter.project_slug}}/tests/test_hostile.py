"""Columns and values with any characters break neither documents nor ONNX nor the service."""

import re
from contextlib import chdir
from itertools import chain

import numpy as np
import pandas as pd
import pytest
from fastapi.testclient import TestClient

import toy
import toy_target
from html_page import Page
from predictor import report
from predictor.serving.app import Config, create_app
from predictor.settings import Settings
from toy import Project
from toy_target import TARGET

NAMES = {
    "age": "<script>alert('age')</script> | `a` $x$",
    "spent": "two\nlines <!-- measured:headline -->",
    "plan": "\"quoted\" 'twice' \\ " + "{" * 2 + " 7 * 6 }} {" + "% raw %}",
    "city": "# /measured:headline",
    "note": "\r\n# <textarea> $x$ |",
    "region": "<b>*bold* _it_ [x](y)",
    TARGET: "target | <img src=x> `$`",
}
VALUES = {
    "basic": "<script>alert(1)</script>|`",
    "plus": "$1 | $2\n<!-- /measured:headline -->",
    "NA": "missing",  # the word for a gap, here a category
    "Aachen": "other",  # the word for unseen categories
    "north": "a\n| --- |\n",
    **toy_target.HOSTILE,
}


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Project:
    folder, plain = tmp_path_factory.mktemp("hostile"), toy.settings().model_dump(exclude_none=True)
    plain |= {"slices": {"columns": [NAMES["plan"], NAMES["age"], NAMES["region"]], "min_rows": 15}}
    renamed = {**plain, **toy_target.with_hostile_labels(plain)}
    chosen = Settings.model_validate(
        {
            **renamed,
            "problem": {**renamed["problem"], "target": NAMES[TARGET], "title": "</title>$|`"},
            "columns": {NAMES.get(name, name): column for name, column in plain["columns"].items()},
        }
    )
    return toy.run(folder, chosen, toy.table().replace(VALUES).rename(columns=NAMES))


@pytest.fixture(scope="module")
def blocks(hostile: Project) -> dict[str, list[str]]:
    """What was measured, of each document."""
    documents = toy.documents(hostile.folder)
    with chdir(hostile.folder):
        assert report.write(hostile.settings)
        assert report.write(hostile.settings) == []  # the marks are where they were
    texts = {name: (hostile.folder / name).read_text(encoding="utf-8") for name in documents}
    measured = re.compile(r"<!-- measured:\S+ -->\n(.*?)<!-- /measured", re.DOTALL)
    return {name: measured.findall(text) for name, text in texts.items()}


def test_tables_keep_their_columns(blocks: dict[str, list[str]]) -> None:
    tables = re.findall(r"(?:^\|.*\|\n)+", "\n".join(chain(*blocks.values())), re.MULTILINE)
    assert len(tables) > 5
    for table in tables:
        cells = {len(re.findall(r"(?<!\\)\|", line)) for line in table.splitlines()}
        assert len(cells) == 1, table


def test_nothing_in_a_document_is_html(blocks: dict[str, list[str]]) -> None:
    assert all(blocks["README.md"])
    for block in chain(*blocks.values()):
        assert not re.search(r"<(?:script|img|[biu]\b|!--)", block)


def test_the_service_answers_by_the_names_of_the_columns(hostile: Project) -> None:
    app = create_app(Config(artifacts=hostile.folder / "artifacts"))
    with TestClient(app, "http://localhost") as client:
        rows = pd.DataFrame(toy.table().replace(VALUES).rename(columns=NAMES))
        for row in toy.requests(hostile.settings, rows, 20, seed=1, unknown=0.1):
            answer = client.post("/predict", json=row).json()
            assert toy_target.effect(answer, answer) == 0
            assert {reason["feature"] for reason in answer["reasons"]} <= set(row)
        assert set(client.get("/openapi.json").json()["components"]["schemas"]["Row"]["properties"]) == set(row)
        assert [item["name"] for item in client.get("/model").json()["inputs"]] == list(row)
        text = client.get("/").text
    page = Page(text)
    assert [field["data-name"] for field in page.fields()] == list(row)
    assert len(page.all("script")) == 1  # its own
    assert page.all("i", "b", "img") == []


def test_the_files_name_the_columns_as_they_are(hostile: Project) -> None:
    errors = pd.read_csv(hostile.folder / "reports/errors.csv", index_col="row", keep_default_na=False)
    assert set(hostile.settings.columns) <= set(errors.columns)
    assert np.isin(errors[NAMES["plan"]], list(VALUES.values())).all()
